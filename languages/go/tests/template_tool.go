package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

const (
	cruftSpec = "cruft[pyproject]==2.16.0"
	extras    = "[docker,generated,dev]"

	quotedPath = `Write a path with spaces so: CRUFT="'/a path/python' -m cruft"`
)

type madeFrom struct {
	Template, Commit, Version string
	Answers                   json.RawMessage
}

func recorded(name string) (found madeFrom) {
	_ = json.Unmarshal([]byte(text(name)), &found)
	return found
}

func isInstalled(program string) bool {
	_, err := exec.LookPath(program)
	return err == nil
}

// asURL returns a git address or a folder as the URL that pip needs; nothing if it is neither.
func asURL(address string) string {
	if regexp.MustCompile(`^(https|ssh|file)://`).MatchString(address) {
		return address
	}
	if remote := regexp.MustCompile(`^([^/:@]+@[^/:]+):([^/].*|/[^/].*)$`).FindStringSubmatch(address); remote != nil {
		return "ssh://" + remote[1] + "/" + remote[2]
	}
	if _, err := os.Stat(address); err == nil && strings.HasPrefix(address, "/") {
		return (&url.URL{Scheme: "file", Path: address}).String()
	}
	return ""
}

// requirement returns the suite as pip installs it; nothing if it is not known where from.
func requirement() string {
	for _, name := range []string{".stage7-template.json", ".cruft.json"} {
		made := recorded(name)
		if address := asURL(made.Template); made.Commit != "" && address != "" {
			return "stage7-plugin" + extras + " @ git+" + address + "@" + made.Commit
		}
	}
	return ""
}

// given returns CONTRACT_SUITE; for a folder, with the extras that the commands need.
func given() string {
	suite := os.Getenv("CONTRACT_SUITE")
	if _, err := os.Stat(inPlugin(suite)); suite != "" && err == nil {
		return suite + extras
	}
	return suite
}

// command returns how a program of a package of PyPI, or one that is installed, is called.
func command(program, spec string) []string {
	switch {
	case spec != "" && isInstalled("uvx"):
		return []string{"uvx", "--from", spec, program}
	case spec != "" && isInstalled("pipx"):
		return []string{"pipx", "run", "--spec", spec, program}
	case isInstalled(program):
		return []string{program}
	}
	return nil
}

// execute runs a program at this terminal; its exit status becomes this one's.
func execute(words ...string) error {
	command := exec.Command(words[0], words[1:]...)
	command.Stdin, command.Stdout, command.Stderr = os.Stdin, os.Stdout, os.Stderr
	return command.Run()
}

// templateTool runs stage7-plugin, which needs Python, through uv or pipx: `make contract` and others.
//
// It is installed from where the template was when it made this plugin; else an installed one is
// used. CONTRACT_SUITE can name another source, such as `../template` or whatever else pip takes.
func templateTool(words []string) error {
	optional := slices.Contains(words, "--optional")
	words = slices.DeleteFunc(words, func(word string) bool { return word == "--optional" })
	if words[0] == "check" {
		if file := os.Getenv("ENV_FILE"); file != "" {
			words = slices.Insert(words, 1, "--env-file", file)
		}
		words = append(words, ".")
	}
	spec := cmp.Or(given(), requirement())
	tool := command("stage7-plugin", spec)
	if tool != nil {
		var ended *exec.ExitError
		err := execute(append(tool, words...)...)
		if errors.As(err, &ended) {
			os.Exit(ended.ExitCode())
		}
		return err
	}
	reason := "stage7-plugin is not available: install uv or pipx, which can run it"
	if spec == "" {
		reason = "stage7-plugin is not available: neither .stage7-template.json nor .cruft.json has an address " +
			"and a commit of the template; set CONTRACT_SUITE to a clone, CONTRACT_SUITE=../template, or with its address to " +
			"CONTRACT_SUITE='stage7-plugin" + extras + " @ git+https://github.com/org/template'"
	}
	if !optional {
		return fmt.Errorf("Nothing was done, because %s", reason)
	}
	said := "The contract suite did not run: " + reason
	if os.Getenv("GITHUB_ACTIONS") != "" {
		said = "::warning::" + said
	}
	fmt.Println(said)
	return nil
}

// asWords divides CRUFT as a shell does; the path of a program needs no quotes.
func asWords(given string) (words []string, err error) {
	if found, err := os.Stat(given); err == nil && found.Mode().IsRegular() {
		return []string{given}, nil
	}
	word := regexp.MustCompile(`(?:[^\s'"\\]|\\.|'[^']*'|"[^"]*")+`)
	if strings.TrimSpace(word.ReplaceAllString(given, "")) != "" {
		return nil, fmt.Errorf("CRUFT=%s has a quote that is not closed. %s", given, quotedPath)
	}
	quoted := regexp.MustCompile(`'([^']*)'|"([^"]*)"|\\(.)`)
	for _, text := range word.FindAllString(given, -1) {
		words = append(words, quoted.ReplaceAllString(text, "$1$2$3"))
	}
	if len(words) > 0 && !isInstalled(words[0]) {
		return nil, fmt.Errorf("CRUFT=%s names no program: %s is not there. %s", given, words[0], quotedPath)
	}
	return words, nil
}

// cruft returns how cruft is called.
func cruft() ([]string, error) {
	found, err := asWords(os.Getenv("CRUFT"))
	if err != nil {
		return nil, err
	}
	if len(found) == 0 && isInstalled("cruft") {
		found = []string{"cruft"}
	} else if len(found) == 0 {
		found = command("cruft", cruftSpec)
	}
	if len(found) == 0 {
		return nil, errors.New("cruft is not installed: install uv or pipx, which can run it")
	}
	return found, nil
}

// conflicts lists the files of this folder in which an update has left something to decide.
func conflicts() []string {
	list := func(words ...string) []string {
		listed, _ := exec.Command("git", words...).Output()
		return strings.FieldsFunc(string(listed), func(r rune) bool { return r == 0 })
	}
	changed := list("diff", "--name-only", "--relative", "-z", "HEAD")
	added := list("ls-files", "--others", "--exclude-standard", "-z")
	unmerged := list("diff", "--name-only", "--relative", "-z", "--diff-filter=U")
	names := slices.Concat(changed, added, unmerged)
	marker := regexp.MustCompile(`(?m)^(<{7} |>{7} )`)
	slices.Sort(names)
	return slices.DeleteFunc(slices.Compact(names), func(name string) bool {
		return !strings.HasSuffix(name, ".rej") && !slices.Contains(unmerged, name) && !marker.MatchString(text(name))
	})
}

// updatePlugin brings in what changed in the template, with cruft.
func updatePlugin() error {
	if text(".cruft.json") == "" {
		return errors.New("Nothing links this plugin to its template: run make link, and commit .cruft.json.")
	}
	if shallow, _ := git("rev-parse", "--is-shallow-repository"); shallow == "true" {
		return errors.New("This clone lacks the history by which git merges your edits with the template's: " +
			"run git fetch --unshallow, then make update again.")
	}
	tool, err := cruft()
	if err != nil {
		return err
	}
	if err := execute(append(tool, "update", "--skip-apply-ask")...); err != nil {
		return fmt.Errorf("The plugin was not updated; cruft says above why (%w).", err)
	}
	left := conflicts()
	if len(left) == 0 {
		return nil
	}
	return fmt.Errorf("You and the template changed the same lines:\n  %s\n"+
		"Edit what is between <<<<<<< and >>>>>>>. Make the change in a .rej file by hand, and delete that file. "+
		"Then run make test, and commit.", strings.Join(left, "\n  "))
}

// linkPlugin links a plugin that was not made with cruft to its template.
func linkPlugin(given string) error {
	made := recorded(".stage7-template.json")
	address, checkout := cmp.Or(given, made.Template), cmp.Or(made.Commit, "v"+made.Version)
	if folder, err := os.Stat(address); err == nil && folder.IsDir() {
		if address, err = filepath.Abs(address); err != nil {
			return err
		}
	} else if !strings.Contains(address, ":") {
		problem := "No address is recorded"
		if given != "" {
			problem = given + " is neither a folder nor an address"
		}
		return fmt.Errorf("%s. Say where the template is: "+
			"make link TEMPLATE=https://github.com/org/template, or TEMPLATE=../template", problem)
	}
	tool, err := cruft()
	if err != nil {
		return err
	}
	words := []string{"link", address, "--no-input", "--checkout", checkout, "--extra-context", string(made.Answers)}
	if err := execute(append(tool, words...)...); err != nil {
		return fmt.Errorf("The plugin was not linked to %s; cruft says above why (%w).", address, err)
	}
	fmt.Println("Linked. Commit it: git add .cruft.json && git commit -m 'Link the template'")
	return nil
}
