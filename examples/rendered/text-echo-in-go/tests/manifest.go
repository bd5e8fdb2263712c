package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
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
		err = readable(text, json.Unmarshal(text, &found))
	}
	if err != nil {
		return found, fmt.Errorf("manifest.json cannot be read: %w", err)
	}
	for _, one := range slices.Concat(found.InputDefinitions, found.OutputDefinitions) {
		if err := unknownType(one, one.Name); err != nil {
			return found, err
		}
	}
	return found, nil
}

// readable says where in the text a problem is, in words of JSON instead of Go.
func readable(text []byte, problem error) error {
	var syntax *json.SyntaxError
	var typed *json.UnmarshalTypeError
	switch {
	case errors.As(problem, &syntax):
		line := 1 + bytes.Count(text[:min(int(syntax.Offset), len(text))], []byte("\n"))
		return fmt.Errorf("line %d: %w", line, problem)
	case errors.As(problem, &typed):
		return fmt.Errorf("%s must not be of type %s", typed.Field, typed.Value)
	}
	return problem
}

// unknownType says which type is none, of an input, an output or the items in it.
func unknownType(one definition, name string) error {
	if _, known := goTypes[one.Type]; !known && !(one.Type == "" && one.Items != nil) {
		return fmt.Errorf("manifest.json: %s has the type %q; it must be string, number, boolean, array, object or any, "+
			"such as \"type\": \"string\"", name, one.Type)
	}
	if one.Items != nil {
		return unknownType(*one.Items, name+"[]")
	}
	return nil
}

// text returns what a file of the plugin holds; nothing where it is not there.
func text(name string) string {
	content, _ := os.ReadFile(inPlugin(name))
	return string(content)
}
