package pluginruntime

import (
	"context"
	"encoding/json/jsontext"
	"encoding/json/v2"
	"sync"
)

// Call is what is known of an execution besides its inputs.
type Call struct {
	TraceID     string // in every log line of this execution and in an error's answer
	StepID      string // the same for each try of one step, which the host repeats up to five times; may be empty
	PluginID    string
	Version     string
	TraceParent string                    // the header of this name; may be empty
	Args        map[string]map[string]any // of enveloped inputs, by name

	identity   *identity
	hostInputs func() map[string]any
	context    func() map[string]any
}

type callKey struct{}

// FromContext returns the call that ctx, or the context that it was made from, belongs to.
func FromContext(ctx context.Context) Call {
	call, _ := ctx.Value(callKey{}).(*Call)
	if call == nil {
		return Call{}
	}
	return *call
}

// HostInputs returns what the host sends along without being asked, its tokens included.
func (c Call) HostInputs() map[string]any {
	if c.hostInputs == nil {
		return map[string]any{}
	}
	return c.hostInputs()
}

// Context returns the "context" of the request, as it came.
func (c Call) Context() map[string]any {
	if c.context == nil {
		return map[string]any{}
	}
	return c.context()
}

// decodedLater decodes an object when it is asked for: the host sends hundreds of kB with every
// execution, which most plugins do not need.
func decodedLater(fields map[string]jsontext.Value) func() map[string]any {
	return sync.OnceValue(func() map[string]any {
		found := make(map[string]any, len(fields))
		for name, value := range fields {
			var decoded any
			if json.Unmarshal(value, &decoded) == nil {
				found[name] = decoded
			}
		}
		return found
	})
}

func identityOf(ctx context.Context) *identity {
	if call, ok := ctx.Value(callKey{}).(*Call); ok {
		return call.identity
	}
	return nil
}
