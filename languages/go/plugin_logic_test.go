// The tests of the plugin's own code. This file is yours: add tests for what your plugin must do.

package main

import (
	"os"
	"testing"

	pluginruntime "stage7plugin/plugin_runtime"
)

// TestTheExampleSucceeds executes examples/request.json as the server does: inputs are converted and
// checked, defaults filled in, outputs checked.
func TestTheExampleSucceeds(t *testing.T) {
	request, err := os.ReadFile("examples/request.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := Setup(t.Context()); err != nil {
		t.Fatal(err)
	}
	status, answer := pluginruntime.Try(t.Context(), Execute, request)
	if status != 200 || answer["success"] != true {
		t.Errorf("status %d: %v", status, answer)
	}
}
