package pluginruntime

import (
	"bytes"
	"encoding/json/jsontext"
	"errors"
	"fmt"
	"io"
)

// parseManifest reads the text of manifest.json.
//
// It does without json.Unmarshal, whose first use of a type takes ten times as long: the start of
// a container is always the first.
func parseManifest(text []byte) (*manifest, error) {
	if err := checkSyntax(text); err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w", manifestName, err)
	}
	var problem error
	top := reader{members: members(text), problem: &problem}
	m := &manifest{text: text, ID: top.text("id"), Version: top.text("version")}
	for _, one := range top.objects("inputDefinitions") {
		m.InputDefinitions = append(m.InputDefinitions, one.definition())
	}
	for _, one := range top.objects("outputDefinitions") {
		m.OutputDefinitions = append(m.OutputDefinitions, one.definition())
	}
	for _, one := range top.objects("configuration") {
		m.Configuration = append(m.Configuration, configurationItem{
			Key: one.text("key"), Type: one.text("type"), Required: one.boolean("required"),
			Description: one.text("description"), Value: one.members["value"],
		})
	}
	api := top.object("api")
	m.API.Endpoint, m.API.Method, m.API.Timeout = api.text("endpoint"), api.text("method"), api.number("timeout")
	container := top.object("container")
	m.Container.Environment = container.object("environment").members
	m.Container.HealthPath = "/health"
	if path := container.object("healthCheck").text("path"); path != "" {
		m.Container.HealthPath = path
	}
	resources := container.object("resources").members
	m.Container.Memory, m.Container.CPU = plain(resources["memory"]), plain(resources["cpu"])
	ports := container.objects("ports")
	if len(ports) > 0 {
		if port := ports[0].number("container"); port != nil {
			m.Container.Port = int(*port)
		}
	}
	switch {
	case problem != nil:
		return nil, fmt.Errorf("%s cannot be read: %w", manifestName, problem)
	case len(ports) == 0:
		return nil, fmt.Errorf("%s has no port in container.ports", manifestName)
	}
	return m, nil
}

func checkSyntax(text []byte) error {
	decoder := jsontext.NewDecoder(bytes.NewBuffer(text))
	value, err := decoder.ReadValue()
	if err != nil {
		line, column := placeOf(text, err)
		return fmt.Errorf("line %d column %d: %w", line, column, err)
	}
	if value.Kind() != '{' {
		return fmt.Errorf("it must be an object, but is %s", typeName(value))
	}
	if _, err = decoder.ReadToken(); !errors.Is(err, io.EOF) {
		return errors.New("it has more text after the end of its object")
	}
	return nil
}

// reader takes values of known types out of a JSON object. Null counts as absent; the first value
// of another type is the problem.
type reader struct {
	place   string // of the object in the whole, such as "container."
	members map[string]jsontext.Value
	problem *error
}

func (r reader) value(key, kind string) jsontext.Value {
	value := r.members[key]
	if value == nil || value.Kind() == 'n' {
		return nil
	}
	r.expect(r.place+key, value, kind)
	return value
}

func (r reader) expect(place string, value jsontext.Value, kind string) {
	if *r.problem == nil && !isType(value, kind) {
		*r.problem = fmt.Errorf("%s must be of type %s, but is %s", place, kind, typeName(value))
	}
}

func (r reader) text(key string) string { return textOf(r.value(key, "string")) }

func (r reader) boolean(key string) bool { return string(r.value(key, "boolean")) == "true" }

func (r reader) number(key string) *float64 {
	value := r.value(key, "number")
	if value == nil {
		return nil
	}
	number := numberOf(value)
	return &number
}

func (r reader) object(key string) reader {
	return reader{r.place + key + ".", members(r.value(key, "object")), r.problem}
}

func (r reader) objects(key string) []reader {
	var found []reader
	for index, one := range elements(r.value(key, "array")) {
		place := fmt.Sprintf("%s%s[%d]", r.place, key, index)
		r.expect(place, one, "object")
		found = append(found, reader{place + ".", members(one), r.problem})
	}
	return found
}

func (r reader) definition() *definition {
	d := &definition{
		Name: r.text("name"), Type: r.text("type"), Required: r.boolean("required"), Secret: r.boolean("secret"),
		Default: r.members["default"], DefaultValue: r.members["defaultValue"], Format: r.text("format"),
		Minimum: r.number("minimum"), Maximum: r.number("maximum"), MinLength: r.number("minLength"),
		MaxLength: r.number("maxLength"), MinItems: r.number("minItems"), MaxItems: r.number("maxItems"),
	}
	if values := r.value("enum", "array"); values != nil {
		d.Enum = elements(values)
	}
	for index, one := range elements(r.value("aliases", "array")) {
		r.expect(fmt.Sprintf("%saliases[%d]", r.place, index), one, "string")
		d.Aliases = append(d.Aliases, textOf(one))
	}
	if pattern := r.value("pattern", "string"); pattern != nil {
		text := textOf(pattern)
		d.Pattern = &text
	}
	if r.value("items", "object") != nil {
		d.Items = r.object("items").definition()
	}
	return d
}
