package pluginruntime

import (
	"encoding/json/jsontext"
	"encoding/json/v2"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
)

const manifestName = "manifest.json"

// definition is an input or output of manifest.json, or the items of one.
type definition struct {
	Name         string           `json:"name"`
	Type         string           `json:"type"`
	Required     bool             `json:"required"`
	Default      jsontext.Value   `json:"default"`
	DefaultValue jsontext.Value   `json:"defaultValue"`
	Aliases      []string         `json:"aliases"`
	Secret       bool             `json:"secret"`
	Enum         []jsontext.Value `json:"enum"`
	Minimum      *float64         `json:"minimum"`
	Maximum      *float64         `json:"maximum"`
	MinLength    *float64         `json:"minLength"`
	MaxLength    *float64         `json:"maxLength"`
	MinItems     *float64         `json:"minItems"`
	MaxItems     *float64         `json:"maxItems"`
	Pattern      *string          `json:"pattern"`
	Format       string           `json:"format"`
	Items        *definition      `json:"items"`

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
	Key         string         `json:"key"`
	Type        string         `json:"type"`
	Required    bool           `json:"required"`
	Description string         `json:"description"`
	Value       jsontext.Value `json:"value"`
}

// manifest is manifest.json, as far as the server reads it.
type manifest struct {
	ID                string              `json:"id"`
	Version           string              `json:"version"`
	InputDefinitions  []*definition       `json:"inputDefinitions"`
	OutputDefinitions []*definition       `json:"outputDefinitions"`
	Configuration     []configurationItem `json:"configuration"`
	Container         struct {
		Ports []struct {
			Container int `json:"container"`
		} `json:"ports"`
		Environment map[string]jsontext.Value `json:"environment"`
		Resources   struct {
			Memory any `json:"memory"`
			CPU    any `json:"cpu"`
		} `json:"resources"`
		HealthCheck struct {
			Path string `json:"path"`
		} `json:"healthCheck"`
	} `json:"container"`
	API struct {
		Endpoint string   `json:"endpoint"`
		Method   string   `json:"method"`
		Timeout  *float64 `json:"timeout"`
	} `json:"api"`

	text []byte // all of it, for the OpenAPI document
}

// healthPath is the path that the host asks for health.
func (m *manifest) healthPath() string {
	if path := m.Container.HealthCheck.Path; path != "" {
		return path
	}
	return "/health"
}

func parseManifest(text []byte) (*manifest, error) {
	m := &manifest{text: text}
	if err := json.Unmarshal(text, m); err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w", manifestName, err)
	}
	if len(m.Container.Ports) == 0 {
		return nil, fmt.Errorf("%s names no port in container.ports", manifestName)
	}
	return m, nil
}

// readManifest reads the manifest beside the program, or else in the working directory: under
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
