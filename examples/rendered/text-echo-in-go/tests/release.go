package main

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"time"
)

const (
	changelog  = "CHANGELOG.md"
	unreleased = "## Unreleased\n"
)

// Every place of the version but the changelog, as it is written there.
var places = []struct {
	file  string
	lines []string
}{
	{"manifest.json", []string{`"version": "{version}"`, `"image": "{image}"`}},
	{"Dockerfile", []string{"ARG PLUGIN_VERSION={version}\n"}},
	{"compose.yaml", []string{`image: "{image}"`, `PLUGIN_VERSION: "{version}"`}},
	{"kubernetes.yaml", []string{`image: "{image}"`, `app.kubernetes.io/version: "{version}"`}},
}

func git(words ...string) (string, error) {
	var output, problem bytes.Buffer
	command := exec.Command("git", words...)
	command.Stdout, command.Stderr = &output, &problem
	if err := command.Run(); err != nil {
		reason := strings.TrimSpace(problem.String() + output.String())
		return "", fmt.Errorf("git %s failed: %s", words[0], cmp.Or(reason, err.Error()))
	}
	return strings.TrimRight(output.String(), "\n"), nil
}

// release moves the version everywhere, commits and tags. Nothing is pushed. After an error nothing
// has changed.
func release(version string) error {
	if err := makeRelease(version); err != nil {
		return fmt.Errorf("Not released. %w", err)
	}
	return nil
}

func makeRelease(version string) error {
	if !regexp.MustCompile(`^(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}$`).MatchString(version) {
		return fmt.Errorf("VERSION is '%s'; it must be MAJOR.MINOR.PATCH: VERSION=1.2.0", version)
	}
	changes, err := git("status", "--porcelain", "--", ".")
	if err != nil {
		return err
	}
	if changes != "" {
		return fmt.Errorf("Commit or stash what has changed first:\n%s", changes)
	}
	plugin, err := readManifest()
	if err != nil {
		return err
	}
	prefix, err := tagPrefix(plugin)
	if err != nil {
		return err
	}
	if err := checkOrder(version, plugin.Version, prefix); err != nil {
		return err
	}
	if _, err := checkStep(prefix, version); err != nil {
		return err
	}
	after, err := moved(plugin, version)
	if err != nil {
		return err
	}
	if err := commit(after, version); err != nil {
		return err
	}
	if _, err := git("tag", "--annotate", prefix+version, "--message", plugin.ID+" "+version); err != nil {
		return err
	}
	fmt.Printf("Released %s as %s%s. To publish it: git push --follow-tags\n", version, prefix, version)
	return nil
}

// tagPrefix is what comes before the version in a tag: the plugin's id too in a repository with others.
func tagPrefix(plugin manifest) (string, error) {
	inside, err := git("rev-parse", "--show-prefix")
	if inside != "" {
		return plugin.ID + "/v", err
	}
	return "v", err
}

// checkOrder refuses a version that is not higher, unless it is the first release of the current one.
func checkOrder(version, current, prefix string) error {
	tagged, err := git("tag", "--list", prefix+version)
	if err != nil {
		return err
	}
	if tagged != "" {
		return fmt.Errorf("%s is released already: there is a tag %s%s", version, prefix, version)
	}
	if compareVersions(version, current) >= 0 {
		return nil
	}
	released, err := git("tag", "--list", prefix+current)
	if err != nil {
		return err
	}
	example, rule := current, "that one, which is not released yet, or higher"
	if released != "" {
		example, rule = lowestVersion(current, "patch"), "higher"
	}
	return fmt.Errorf("VERSION is %s, lower than %s in manifest.json; it must be %s: make release VERSION=%s",
		version, current, rule, example)
}

// moved returns the new text of each file with a version.
func moved(plugin manifest, version string) (map[string]string, error) {
	image := plugin.Container.Image
	next := image[:strings.LastIndex(image, ":")+1] + version
	after := map[string]string{}
	for _, place := range places {
		content := text(place.file)
		if content == "" {
			continue
		}
		for _, line := range place.lines {
			old := strings.NewReplacer("{version}", plugin.Version, "{image}", image).Replace(line)
			if !strings.Contains(content, old) {
				return nil, fmt.Errorf("%s does not have %s; see make test", place.file, strings.TrimSpace(old))
			}
			content = strings.Replace(content, old, strings.NewReplacer("{version}", version, "{image}", next).Replace(line), 1)
		}
		after[place.file] = content
	}
	before, rest, found := strings.Cut(text(changelog), unreleased)
	entries, _, _ := strings.Cut(rest, "\n## ")
	if !found || strings.TrimSpace(entries) == "" {
		return nil, fmt.Errorf("Write what has changed under `%s` in %s first", strings.TrimSpace(unreleased), changelog)
	}
	after[changelog] = fmt.Sprintf("%s%s\n## %s - %s\n%s", before, unreleased, version, time.Now().UTC().Format(time.DateOnly), rest)
	return after, nil
}

// commit writes the files and commits them; after an error they are as they were.
func commit(after map[string]string, version string) (err error) {
	words := []string{"commit", "--quiet", "--allow-empty", "--message", "Release " + version, "--"}
	before := map[string]string{}
	defer func() {
		for name, content := range before {
			if err != nil {
				_ = os.WriteFile(name, []byte(content), 0o644)
			}
		}
	}()
	for name, content := range after {
		before[name] = text(name)
		words = append(words, name)
		if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
			return err
		}
	}
	_, err = git(words...)
	return err
}
