package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
)

// tellChanges tells what has changed for callers since the last release: `make changes`. It fails if
// the version in manifest.json has moved less than that needs.
func tellChanges() error {
	plugin, err := readManifest()
	if err != nil {
		return err
	}
	prefix, err := tagPrefix(plugin)
	if err != nil {
		return err
	}
	told, err := checkStep(prefix, plugin.Version)
	if err == nil {
		fmt.Println(told)
	}
	return err
}

// checkStep returns what has changed since the last release, or an error if the version moves less
// than that needs.
func checkStep(prefix, version string) (string, error) {
	last, err := lastRelease(prefix, version)
	if err != nil {
		return "", err
	}
	if last == "" {
		return "There is no earlier release to compare with.", nil
	}
	shown, err := git("show", last+":./manifest.json")
	if err != nil {
		return "", err
	}
	var before, now object
	content, err := os.ReadFile(inPlugin("manifest.json"))
	if err == nil {
		err = errors.Join(json.Unmarshal([]byte(shown), &before), json.Unmarshal(content, &now))
	}
	released, _ := before["version"].(string)
	if err == nil && !regexp.MustCompile(`^\d+\.\d+\.\d+$`).MatchString(released) {
		err = fmt.Errorf("%q is not a version such as 1.2.0", released)
	}
	if err != nil {
		return "", fmt.Errorf("manifest.json cannot be compared with that of %s: %w", last, err)
	}
	found := changes(before, now)
	if len(found) == 0 {
		return fmt.Sprintf("Nothing has changed for callers since %s.", last), nil
	}
	told := fmt.Sprintf("Since %s:", last)
	for _, one := range found {
		told += fmt.Sprintf("\n  %-5s  %s: %s", one.step, one.place, one.text)
	}
	step := stepNeeded(found)
	lowest := lowestVersion(released, step)
	needed := fmt.Sprintf("%s changes need %s or higher", step, lowest)
	switch {
	case compareVersions(version, lowest) >= 0:
		return told, nil
	case version == released: // work on the next one goes on under the version of the last
		return fmt.Sprintf("%s\nFor the next release: %s.", told, needed), nil
	}
	return "", fmt.Errorf("%s is too small a step: %s.\n%s", version, needed, told)
}

// lastRelease returns the tag of the highest release in the history of this commit; "" if there is
// none. On a release itself that is the one before it, unless the manifest has been edited since.
func lastRelease(prefix, version string) (string, error) {
	tags, err := git("tag", "--list", prefix+"*", "--merged", "HEAD")
	if err != nil {
		return "", err
	}
	edited, err := git("status", "--porcelain", "--", "manifest.json")
	if err != nil {
		return "", err
	}
	head, err := git("rev-parse", "HEAD")
	if err != nil {
		return "", err
	}
	isVersion := regexp.MustCompile(`^\d+\.\d+\.\d+$`)
	var released []string
	for tag := range strings.Lines(tags) {
		one := strings.TrimPrefix(strings.TrimSpace(tag), prefix)
		if !isVersion.MatchString(one) {
			continue
		}
		commit, err := git("rev-parse", prefix+one+"^{commit}")
		if err != nil {
			return "", err
		}
		if isOwn := one == version && edited == "" && commit == head; !isOwn {
			released = append(released, one)
		}
	}
	if len(released) == 0 {
		return "", nil
	}
	return prefix + slices.MaxFunc(released, compareVersions), nil
}
