package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
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
	Configuration                       []setting
	Container                           struct {
		Image       string
		Environment map[string]any
		Ports       []struct{ Container int }
		Resources   struct{ Memory, CPU any }
		HealthCheck struct{ Path string }
	}
}

type setting struct {
	Key      string
	Required bool
	Value    any
}

// lacking says which required settings are neither in the environment nor in the manifest; nothing
// if none is missing.
func (m manifest) lacking(environment map[string]string) string {
	var names []string
	for _, one := range m.Configuration {
		value, of := one.Value, m.Container.Environment[one.Key]
		if one.Required && environment[one.Key] == "" && (value == nil || value == "") && (of == nil || of == "") {
			names = append(names, one.Key)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return fmt.Sprintf("manifest.json requires %s in the environment or in .env", strings.Join(names, ", "))
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
