// Command tests is what the Makefile runs: it starts the plugin, writes its types, releases it, and
// calls the tools of the template. `make` lists what there is.
package main

import (
	"fmt"
	"os"
	"slices"
)

func main() {
	name, words := "", os.Args[1:]
	if len(words) > 0 {
		name, words = words[0], words[1:]
	}
	print := func(value func(manifest) string) func() error {
		return func() error {
			found, err := readManifest()
			fmt.Println(value(found))
			return err
		}
	}
	commands := map[string]func() error{
		"id":      print(func(found manifest) string { return found.ID }),
		"version": print(func(found manifest) string { return found.Version }),
		"image":   print(func(found manifest) string { return found.Container.Image }),
		"run":     runPlugin,
		"test":    func() error { return runTests(words) },
		"engine":  needEngine,
		"up":      startContainer,
		"down":    stopContainer,
		"sync":    syncTypes,
		"release": func() error { return release(first(words), slices.Contains(words, "--image")) },
		"changes": tellChanges,
		"update":  updatePlugin,
		"link":    func() error { return linkPlugin(first(words)) },
	}
	command, known := commands[name]
	if !known {
		command = func() error { return templateTool(append([]string{name}, words...)) }
	}
	if err := command(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}

func first(words []string) string {
	if len(words) == 0 {
		return ""
	}
	return words[0]
}
