// Does what the table in tests/cases/http.json asks for.
package main

import (
	"context"
	"errors"
	"fmt"
	"maps"

	pluginruntime "stage7plugin/plugin_runtime"
)

func Setup(context.Context) error { return nil }

func Execute(ctx context.Context, inputs map[string]any) (any, error) {
	call := pluginruntime.FromContext(ctx)
	switch inputs["do"] {
	case "fail":
		return nil, errors.New(inputs["text"].(string))
	case "raise":
		panic(errors.New(inputs["text"].(string)))
	case "outputs":
		return inputs["data"], nil
	case "say":
		fmt.Println(inputs["text"])
		return map[string]any{"result": nil}, nil
	case "context":
		result := maps.Clone(call.Context())
		maps.Copy(result, map[string]any{
			"trace_id": call.TraceID, "plugin_id": call.PluginID, "version": call.Version, "step_id": call.StepID,
			"traceparent": call.TraceParent, "args": call.Args, "host_inputs": call.HostInputs(),
		})
		return map[string]any{"result": result}, nil
	}
	return map[string]any{"result": inputs}, nil
}
