// What Unit Converter answers: the cases of tests/cases.json, which are the same in every language.

package main

import (
	"encoding/json"
	"os"
	"reflect"
	"testing"

	pluginruntime "stage7plugin/plugin_runtime"
)

func TestEveryCase(t *testing.T) {
	var table struct {
		Cases []struct {
			Name    string
			Inputs  json.RawMessage
			Outputs map[string]any
			Error   string
		}
	}
	if err := json.Unmarshal(read(t, "tests/cases.json"), &table); err != nil || len(table.Cases) == 0 {
		t.Fatal(err, len(table.Cases))
	}
	for _, one := range table.Cases {
		t.Run(one.Name, func(t *testing.T) {
			request := append([]byte(`{"inputs": `), append(one.Inputs, '}')...)
			_, answer := pluginruntime.Try(t.Context(), Execute, request)
			outputs, _ := answer["outputs"].(map[string]any)
			problem, _ := answer["error"].(string)
			if !reflect.DeepEqual(outputs, one.Outputs) || problem != one.Error {
				t.Errorf("%v", answer)
			}
		})
	}
}

// TestTheExampleSucceeds executes examples/request.json as the server does.
func TestTheExampleSucceeds(t *testing.T) {
	status, answer := pluginruntime.Try(t.Context(), Execute, read(t, "examples/request.json"))
	if status != 200 || answer["success"] != true {
		t.Errorf("status %d: %v", status, answer)
	}
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return content
}
