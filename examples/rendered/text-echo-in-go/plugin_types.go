// The types of this plugin. `make sync` writes this file from manifest.json: do not edit it.

package main

// Inputs is what Execute is given: checked, converted, and with defaults filled in. An input that
// was not given is nil.
type Inputs struct {
	// Text to process
	Text string `json:"text"`
}

// Outputs is what Execute returns; an optional output that is nil is left out.
type Outputs struct {
	// The processed text
	Result string `json:"result"`
}
