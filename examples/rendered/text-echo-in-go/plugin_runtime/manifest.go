package pluginruntime

import (
	"encoding/json/jsontext"
	"os"
	"path/filepath"
	"regexp"
)

const manifestName = "manifest.json"

// definition is an input or output of manifest.json, or the items of one.
type definition struct {
	Name         string
	Type         string
	Required     bool
	Default      jsontext.Value
	DefaultValue jsontext.Value
	Aliases      []string
	Secret       bool
	Enum         []jsontext.Value
	Minimum      *float64
	Maximum      *float64
	MinLength    *float64
	MaxLength    *float64
	MinItems     *float64
	MaxItems     *float64
	Pattern      *string
	Format       string
	Items        *definition

	matcher *regexp.Regexp // of Pattern, once it is prepared
}

// defaultValue is the default of an input: defaultValue, which the host reads, or default.
func (d *definition) defaultValue() (value jsontext.Value, found bool) {
	if d.DefaultValue != nil {
		return d.DefaultValue, true
	}
	return d.Default, d.Default != nil
}

type configurationItem struct {
	Key         string
	Type        string
	Required    bool
	Description string
	Value       jsontext.Value
}

// manifest is manifest.json, as far as the server reads it.
type manifest struct {
	ID                string
	Version           string
	InputDefinitions  []*definition
	OutputDefinitions []*definition
	Configuration     []configurationItem
	Container         struct {
		Port        int // of the first of its ports
		Environment map[string]jsontext.Value
		Memory, CPU string // of its resources
		HealthPath  string // that the host asks for health
	}
	API struct {
		Endpoint string
		Method   string
		Timeout  *float64 // milliseconds
	}

	text []byte // all of it, for the OpenAPI document
}

// readManifest reads the manifest next to the program, or else in the working directory: under
// `go run` and `go test` the program stands in a folder of its own.
func readManifest() (*manifest, error) {
	folders := []string{".", ".."}
	if program, err := os.Executable(); err == nil {
		folders = append([]string{filepath.Dir(program)}, folders...)
	}
	var first error
	for _, folder := range folders {
		text, err := os.ReadFile(filepath.Join(folder, manifestName))
		if err == nil {
			return parseManifest(text)
		}
		if first == nil {
			first = err
		}
	}
	return nil, first
}
