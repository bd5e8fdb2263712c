package main

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func plugin(t *testing.T) manifest {
	t.Helper()
	found, err := readManifest()
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// example returns the inputs of examples/request.json.
func example(t *testing.T) map[string]any {
	t.Helper()
	var request struct{ Inputs map[string]any }
	if err := json.Unmarshal([]byte(text("examples/request.json")), &request); err != nil {
		t.Fatal("examples/request.json:", err)
	}
	return request.Inputs
}

func TestTypesAreWhatMakeSyncWrites(t *testing.T) {
	if text("plugin_types.go") != typesOf(plugin(t)) {
		t.Error("plugin_types.go does not match manifest.json: run make sync")
	}
}

func TestTheVersionIsTheSameEverywhere(t *testing.T) {
	found := plugin(t)
	if !regexp.MustCompile(`^(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}$`).MatchString(found.Version) {
		t.Errorf("version is %q; it must be MAJOR.MINOR.PATCH", found.Version)
	}
	if !strings.HasSuffix(found.Container.Image, ":"+found.Version) {
		t.Errorf("container.image must end with :%s", found.Version)
	}
	if !strings.Contains(text("Dockerfile"), "ARG PLUGIN_VERSION="+found.Version+"\n") {
		t.Error("ARG PLUGIN_VERSION of Dockerfile is another version")
	}
	if !strings.Contains(text("compose.yaml"), strconv.Quote(found.Container.Image)) {
		t.Error("image of compose.yaml is another one")
	}
}

func TestNamesAreDeclaredOnceAndTheExampleGivesDeclaredInputs(t *testing.T) {
	found := plugin(t)
	names, known := map[string]bool{}, []string{}
	for _, one := range slices.Concat(found.InputDefinitions, found.OutputDefinitions) {
		if names[one.Name] {
			t.Errorf("%s is declared twice", one.Name)
		}
		names[one.Name] = true
	}
	for _, one := range found.InputDefinitions {
		known = append(append(known, one.Name), one.Aliases...)
	}
	for name := range example(t) {
		if !slices.Contains(known, name) {
			t.Errorf("examples/request.json gives %s, which manifest.json does not declare", name)
		}
	}
}

func TestTheHostCanUseIt(t *testing.T) {
	found := plugin(t)
	if text(found.EntryPoint.Main) == "" {
		t.Errorf("entryPoint.main names %q, which does not exist", found.EntryPoint.Main)
	}
	if _, err := runLimits(found); err != nil {
		t.Error(err)
	}
	if found.Container.HealthCheck.Path == "" {
		t.Error("the host drops a plugin without container.healthCheck.path")
	}
	for _, one := range found.InputDefinitions {
		if one.Type == "boolean" && one.Required {
			t.Errorf("input %s: the host refuses false for a required input: write \"required\": false and a defaultValue", one.Name)
		}
	}
}
