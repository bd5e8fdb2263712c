// What the plugin does when it is called.
//
// Plugin: Text Echo
// Task: Takes text (string) and returns result (string)
//
// This file is yours. It is still a stub: Execute only shows that every declared output leaves.
// Replace its body with your own code.

package main

import (
	"context"
	"log/slog"
)

const stubAnswer = "not written yet: this value comes from the stub in plugin_logic.go"

// Setup runs once, before the first execution: load models and open connections here. The plugin
// does not start if it returns an error.
func Setup(ctx context.Context) error {
	return nil
}

// Execute answers one request; plugin_types.go has what it is given and returns.
//
// The host runs a failing step up to six times, with the same step id: make it harmless to run
// twice. To fail, return an error of one sentence that says what to change. Heed ctx, which ends at
// the deadline: nothing can stop a goroutine from outside.
func Execute(ctx context.Context, in Inputs) (Outputs, error) {
	slog.WarnContext(ctx, "Execute in plugin_logic.go is still a stub")
	var out Outputs
	out.Result = stubAnswer
	return out, nil
}
