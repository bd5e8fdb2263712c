package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

type definition struct {
	Name, Type, Description string
	Required                bool
	Default, DefaultValue   json.RawMessage
	Aliases                 []string
	Items                   *definition
}

// manifest is what these tools need of manifest.json.
type manifest struct {
	ID, Version                         string
	InputDefinitions, OutputDefinitions []definition
	EntryPoint                          struct{ Main string }
	API                                 struct{ Endpoint string }
	Configuration                       []struct{ Key string }
	Container                           struct {
		Image       string
		Ports       []struct{ Container int }
		Resources   struct{ Memory, CPU any }
		HealthCheck struct{ Path string }
	}
}

// inPlugin returns the path of a file of the plugin; tests run in the folder of their package.
func inPlugin(name string) string {
	if _, err := os.Stat("manifest.json"); err == nil {
		return name
	}
	return filepath.Join("..", name)
}

func readManifest() (manifest, error) {
	var found manifest
	text, err := os.ReadFile(inPlugin("manifest.json"))
	if err == nil {
		err = json.Unmarshal(text, &found)
	}
	if err != nil {
		return found, fmt.Errorf("manifest.json cannot be read: %w", err)
	}
	return found, nil
}

// text returns what a file of the plugin holds; nothing where it is not there.
func text(name string) string {
	content, _ := os.ReadFile(inPlugin(name))
	return string(content)
}
