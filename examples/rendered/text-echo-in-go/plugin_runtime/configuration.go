package pluginruntime

import (
	"encoding/json/jsontext"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

const whereToSet = "set it in .env (make run, make up, compose.yaml), in the Secret of kubernetes.yaml, or in the environment of the host"

// adoptConfiguration takes a setting from the manifest where the environment has none, or an empty
// one, as the host does with container.environment.
func (m *manifest) adoptConfiguration() {
	values := map[string]jsontext.Value{}
	for _, item := range m.Configuration {
		if item.Value != nil && item.Value.Kind() != 'n' && plain(item.Value) != "" {
			values[item.Key] = item.Value
		}
	}
	for key, value := range m.Container.Environment {
		values[key] = value
	}
	for name, value := range values {
		if os.Getenv(name) == "" {
			_ = os.Setenv(name, plain(value)) // a name that no environment can have is told by the manifest's check
		}
	}
}

// wrongConfiguration names each required setting that is missing, and each whose value has the
// wrong type. No value is in the text: a secret may be in the wrong variable.
func (m *manifest) wrongConfiguration() (problems []string) {
	for _, item := range m.Configuration {
		value := os.Getenv(item.Key)
		switch {
		case value == "" && item.Required:
			about := strings.Join(strings.Fields(item.Description), " ")
			if about != "" {
				about = " (" + about + ")"
			}
			problems = append(problems, item.Key+" is required"+about+": "+whereToSet)
		case value == "":
		case item.Type == "number" && !isFinite(value):
			problems = append(problems, item.Key+" must be a number, such as 0.5")
		case item.Type == "boolean" && !slices.Contains([]string{"true", "false", "1", "0"}, strings.ToLower(value)):
			problems = append(problems, item.Key+" must be one of true, false, 1, 0")
		}
	}
	return problems
}

func isFinite(text string) bool {
	number, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	return err == nil && !math.IsInf(number, 0) && !math.IsNaN(number)
}

// dropDebugging starts the program anew without what the host's environment says of debugging Go,
// which Go has obeyed before main: asyncpreemptoff=1 lets one loop stop everything, gctrace=1 prints
// between the lines of the log, and GOTRACEBACK=none hides where a crash was.
func dropDebugging() {
	isFound := false
	for _, name := range []string{"GODEBUG", "GOTRACEBACK"} {
		if _, found := os.LookupEnv(name); found && os.Unsetenv(name) == nil {
			isFound = true
		}
	}
	if isFound {
		_ = syscall.Exec("/proc/self/exe", os.Args, os.Environ())
	}
}

// adoptEnvironment makes the host's environment, which it injects, work in this container.
//
// Programs of the image are found whatever the host's PATH is. HOME is often /root there, which the
// user of the image may not even list, and libraries keep caches in it.
func adoptEnvironment() {
	folders := append(filepath.SplitList(os.Getenv("PATH")),
		"/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
	var all []string
	for _, folder := range folders {
		if folder != "" && !slices.Contains(all, folder) {
			all = append(all, folder)
		}
	}
	_ = os.Setenv("PATH", strings.Join(all, string(filepath.ListSeparator)))
	const writableAndListable = 2 | 1
	if syscall.Access(os.Getenv("HOME"), writableAndListable) != nil {
		_ = os.Setenv("HOME", os.TempDir())
	}
}
