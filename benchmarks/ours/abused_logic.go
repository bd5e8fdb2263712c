package main

import (
	"context"
	"fmt"
	"strings"

	pluginruntime "stage7plugin/plugin_runtime"
)

// Setup has nothing to do.
func Setup(context.Context) error { return nil }

// Execute prints `lines` lines of 1,000 characters, and returns `size` characters; both are undeclared.
func Execute(ctx context.Context, _ Inputs) (Outputs, error) {
	asked := pluginruntime.FromContext(ctx).HostInputs()
	lines, _ := asked["lines"].(float64)
	for range int(lines) {
		fmt.Println(strings.Repeat("x", 1000))
	}
	size, _ := asked["size"].(float64)
	return Outputs{Result: strings.Repeat("x", int(size))}, nil
}
