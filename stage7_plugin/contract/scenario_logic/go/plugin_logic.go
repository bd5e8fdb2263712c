// Stands in for a plugin's logic while the contract suite checks what surrounds it: it is compiled in
// its place. What to do comes in an input named `scenario`, which no manifest declares.

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"os"
	"strings"
	"time"

	pluginruntime "stage7plugin/plugin_runtime"
)

// Setup has nothing to do.
func Setup(context.Context) error { return nil }

// Execute does what `scenario` says, then returns a value of its type for every declared output.
func Execute(ctx context.Context, _ Inputs) (Outputs, error) {
	given := pluginruntime.FromContext(ctx).HostInputs()
	scenario, _ := given["scenario"].(map[string]any)
	if seconds, asked := scenario["sleep"].(float64); asked {
		time.Sleep(time.Duration(seconds * float64(time.Second))) // without heeding ctx
	}
	if text, asked := scenario["raise"].(string); asked {
		panic(text)
	}
	lines, _ := scenario["write"].(float64)
	for number := range int(lines) {
		line := fmt.Sprintf("line %d of 100 bytes, for a standard output that nobody reads", number)
		fmt.Println(line + strings.Repeat(".", 99-len(line)))
	}
	if names, asked := scenario["leak"].([]any); asked {
		return Outputs{}, leak(ctx, given, names)
	}
	return outputs()
}

// leak lets secrets out by every way that Go has, the error included.
func leak(ctx context.Context, given map[string]any, names []any) error {
	var secrets []string
	for _, name := range names {
		value, found := given[name.(string)].(string)
		if !found {
			value = os.Getenv(name.(string))
		}
		secrets = append(secrets, value)
	}
	all := strings.Join(secrets, " ")
	fmt.Println("printed", all)
	fmt.Fprintln(os.Stderr, "written", all)
	log.Println("logged", all)
	slog.WarnContext(ctx, "logged "+all, "secrets", secrets)
	return errors.New("raised " + all)
}

func outputs() (made Outputs, err error) {
	var manifest struct{ OutputDefinitions []struct{ Name, Type string } }
	text, err := os.ReadFile("manifest.json")
	if err == nil {
		err = json.Unmarshal(text, &manifest)
	}
	values := map[string]any{"number": 1, "boolean": true, "array": []any{}, "object": map[string]any{}}
	all := map[string]any{}
	for _, definition := range manifest.OutputDefinitions {
		all[definition.Name] = "scenario"
		if value, found := values[definition.Type]; found {
			all[definition.Name] = value
		}
	}
	if err == nil {
		text, err = json.Marshal(all)
	}
	if err == nil {
		err = json.Unmarshal(text, &made)
	}
	return made, err
}
