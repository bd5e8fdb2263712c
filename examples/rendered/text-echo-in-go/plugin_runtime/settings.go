package pluginruntime

import (
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	longestShown = 40 // characters of a wrong value
	secondsOfDay = 24 * 3600
	anyAddress   = "0.0.0.0"
)

var logLevels = []string{"DEBUG", "INFO", "WARNING", "ERROR"}

// settings holds the PLUGIN_* environment variables, each with its default from the manifest.
//
// Nothing else of the environment is honoured: the host injects its own, PORT included.
type settings struct {
	port           int64
	host           string
	concurrency    int64
	timeoutMs      int64
	memoryBytes    int64
	maxBodyBytes   int64
	maxOutputBytes int64
	maxHeaderBytes int64
	maxJSONDepth   int64
	maxConnections int64
	idleSeconds    int64
	requestSeconds int64
	answerSeconds  int64
	stuckSeconds   int64
	drainSeconds   int64
	startSeconds   int64
	strictInputs   int64
	logLevel       string
	env            string
	secretEnv      string
}

// loadSettings reads every setting; the error names every variable that is wrong.
func loadSettings(m *manifest) (settings, error) {
	limit := memoryLimit(m)
	timeout := int64(30000)
	if m.API.Timeout != nil {
		timeout = int64(*m.API.Timeout)
	}
	var s settings
	var problems []string
	for _, one := range []struct {
		variable                  string
		target                    *int64
		standard, lowest, highest int64
	}{
		{"PLUGIN_PORT", &s.port, int64(m.Container.Port), 0, 65535},
		{"PLUGIN_CONCURRENCY", &s.concurrency, defaultConcurrency(m), 1, 1024},
		{"PLUGIN_TIMEOUT_MS", &s.timeoutMs, timeout, 100, secondsOfDay * 1000},
		{"PLUGIN_MEMORY_BYTES", &s.memoryBytes, limit, 16 * mebibyte, 1 << 40},
		{"PLUGIN_MAX_BODY_BYTES", &s.maxBodyBytes, bounded(16*mebibyte, limit), 1024, 1 << 30},
		{"PLUGIN_MAX_OUTPUT_BYTES", &s.maxOutputBytes, bounded(64*mebibyte, limit), 1024, 1 << 30},
		{"PLUGIN_MAX_HEADER_BYTES", &s.maxHeaderBytes, 64 * 1024, 1024, mebibyte},
		{"PLUGIN_MAX_JSON_DEPTH", &s.maxJSONDepth, 100, 4, 500},
		{"PLUGIN_MAX_CONNECTIONS", &s.maxConnections, 512, 8, 65536},
		{"PLUGIN_IDLE_SECONDS", &s.idleSeconds, 60, 1, 3600},
		{"PLUGIN_REQUEST_SECONDS", &s.requestSeconds, 30, 1, 3600},
		{"PLUGIN_ANSWER_SECONDS", &s.answerSeconds, 30, 1, 3600},
		{"PLUGIN_STUCK_SECONDS", &s.stuckSeconds, 60, 1, secondsOfDay},
		{"PLUGIN_DRAIN_SECONDS", &s.drainSeconds, 9, 0, 3600},
		{"PLUGIN_START_SECONDS", &s.startSeconds, 30, 1, secondsOfDay},
		{"PLUGIN_STRICT_INPUTS", &s.strictInputs, 0, 0, 1},
	} {
		*one.target = one.standard
		given := os.Getenv(one.variable)
		if given == "" { // Compose and Kubernetes set a variable without a value to the empty text
			continue
		}
		number, err := strconv.ParseInt(strings.Trim(given, " \t\r\n"), 10, 64)
		if err != nil || number < one.lowest || number > one.highest {
			problems = append(problems, fmt.Sprintf("%s: use a whole number from %d to %d, such as %d",
				wrongSetting(one.variable, given), one.lowest, one.highest, one.standard))
		}
		*one.target = number
	}
	s.host = textSetting("PLUGIN_HOST", anyAddress)
	s.env = textSetting("PLUGIN_ENV", "production")
	s.secretEnv = textSetting("PLUGIN_SECRET_ENV", "auto")
	level := textSetting("PLUGIN_LOG_LEVEL", "INFO")
	// Not ToUpper, which makes an I of a dotless i too.
	if at := slices.IndexFunc(logLevels, func(one string) bool { return strings.EqualFold(one, level) }); at >= 0 {
		s.logLevel = logLevels[at]
	} else {
		problems = append(problems, wrongSetting("PLUGIN_LOG_LEVEL", level)+": use one of "+strings.Join(logLevels, ", "))
	}
	if problems != nil {
		return s, errors.New(strings.Join(problems, "; "))
	}
	return s, nil
}

// wrongSetting shows a variable and its wrong value, or how long that is.
func wrongSetting(variable, given string) string {
	if count := utf8.RuneCountInString(given); count > longestShown {
		return fmt.Sprintf("%s is a text of %d characters", variable, count)
	}
	return fmt.Sprintf("%s='%s'", variable, given)
}

func textSetting(variable, standard string) string {
	if given := os.Getenv(variable); given != "" {
		return given
	}
	return standard
}

// defaultConcurrency is 16 executions at once for each CPU of the manifest, at least 4, at most 256.
func defaultConcurrency(m *manifest) int64 {
	cpu, err := strconv.ParseFloat(m.Container.CPU, 64)
	if err != nil || math.IsNaN(cpu) || math.IsInf(cpu, 0) {
		cpu = 1
	}
	return int64(max(4, min(256, math.Ceil(16*cpu))))
}

// bounded is the size of a body or an answer, less where the memory could not hold it.
func bounded(most, limit int64) int64 {
	return max(mebibyte, min(most, shareOf(limit, processBytes)/4))
}

// isReadable tells whether logs are for people, not for machines; known before the settings are checked.
func isReadable() bool { return os.Getenv("PLUGIN_ENV") == "development" }

// secretNames lists the variables that are secret; none for those that are named like secrets.
func secretNames() (names []string) {
	given, found := os.LookupEnv("PLUGIN_SECRET_ENV")
	if !found || given == "auto" {
		return nil
	}
	for name := range strings.SplitSeq(given, ",") {
		if name = strings.TrimSpace(name); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// deadline is the time after which an execution is answered 504, so that the caller still gets the
// answer: a tenth below the caller's own limit, at most one second.
func (s *settings) deadline() time.Duration {
	limit := time.Duration(s.timeoutMs) * time.Millisecond
	return limit - min(time.Second, limit/10)
}

func seconds(number int64) time.Duration { return time.Duration(number) * time.Second }
