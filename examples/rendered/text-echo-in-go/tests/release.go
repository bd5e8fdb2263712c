package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

const (
	changelog  = "CHANGELOG.md"
	imageFile  = "host-image/Dockerfile"
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
	return printed("git", words...)
}

// printed returns what a program prints; the error has what it said.
func printed(program string, words ...string) (string, error) {
	var told, problem bytes.Buffer
	command := exec.Command(program, words...)
	command.Stdout, command.Stderr = &told, &problem
	if err := command.Run(); err != nil {
		reason := strings.TrimSpace(problem.String() + told.String())
		return "", fmt.Errorf("%s %s failed: %s", program, words[0], cmp.Or(reason, err.Error()))
	}
	return strings.TrimRight(told.String(), "\n"), nil
}

// release moves the version everywhere, commits and tags. No commit or tag is pushed. After an error
// nothing has changed. With an image, that is built and pushed first, and its digest goes into
// host-image/Dockerfile: a host can build that one line in place of the plugin.
func release(version string, withImage bool) error {
	if err := makeRelease(version, withImage); err != nil {
		return fmt.Errorf("Not released. %w", err)
	}
	return nil
}

func makeRelease(version string, withImage bool) error {
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
	if text(imageFile) != "" && !withImage {
		return fmt.Errorf("%s has the image of the previous version: add PUSH=image, or remove the file (git rm %s) and commit",
			imageFile, imageFile)
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
	if err := commit(after, version, withImage); err != nil {
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
		return fmt.Errorf("%s is already released: there is a tag %s%s", version, prefix, version)
	}
	if compareVersions(version, current) >= 0 {
		return nil
	}
	released, err := git("tag", "--list", prefix+current)
	if err != nil {
		return err
	}
	example, rule := current, "that version, which is not released yet, or higher"
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

// commit writes the files and commits them, with that of the pushed image; after an error they are as
// they were.
func commit(after map[string]string, version string, withImage bool) (err error) {
	words := []string{"commit", "--quiet", "--allow-empty", "--message", "Release " + version, "--"}
	before := map[string]string{}
	defer func() {
		if err != nil {
			restore(before)
		}
	}()
	write := func(name, content string) error {
		before[name] = text(name)
		words = append(words, name)
		return os.WriteFile(name, []byte(content), 0o644)
	}
	for name, content := range after {
		if err := write(name, content); err != nil {
			return err
		}
	}
	if withImage {
		line, err := pushedImage()
		if err != nil {
			return err
		}
		if err := os.MkdirAll(filepath.Dir(imageFile), 0o755); err != nil {
			return err
		}
		if err := write(imageFile, line); err != nil {
			return err
		}
		if _, err := git("add", "--", imageFile); err != nil {
			return err
		}
	}
	_, err = git(words...)
	return err
}

// restore writes what files held, and removes what was not there.
func restore(before map[string]string) {
	for name, content := range before {
		if content != "" {
			_ = os.WriteFile(name, []byte(content), 0o644)
		} else if os.Remove(name) == nil {
			_ = os.Remove(filepath.Dir(name)) // which fails if something else is in it
		}
	}
	if staged, _ := git("ls-files", "--", imageFile); staged != "" {
		_, _ = git("reset", "--quiet", "--", imageFile)
	}
}

// pushedImage builds and pushes the image; it returns the Dockerfile with its digest.
func pushedImage() (string, error) {
	plugin, err := readManifest()
	if err != nil {
		return "", err
	}
	image := plugin.Container.Image
	var inspected string
	for _, words := range [][]string{
		{"build", "--quiet", "--tag", image, "--build-arg", "PLUGIN_ID=" + plugin.ID,
			"--build-arg", "PLUGIN_VERSION=" + plugin.Version, "."},
		{"push", "--quiet", image},
		{"image", "inspect", image},
	} {
		if inspected, err = printed("docker", words...); err != nil {
			return "", err
		}
	}
	var found []struct{ RepoDigests []string }
	if err := json.Unmarshal([]byte(inspected), &found); err != nil {
		return "", fmt.Errorf("cannot parse docker image inspect %s: %w", image, err)
	}
	line := ""
	for _, one := range found {
		for _, name := range one.RepoDigests {
			if digest, is := strings.CutPrefix(name, image[:strings.LastIndex(image, ":")]+"@"); is {
				line = fmt.Sprintf("FROM %s@%s\n", image, digest)
			}
		}
	}
	if line == "" {
		return "", fmt.Errorf("the engine has no digest for %s: docker image inspect %s", image, image)
	}
	return line, nil
}
