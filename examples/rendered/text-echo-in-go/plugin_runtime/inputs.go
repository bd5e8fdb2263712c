package pluginruntime

import (
	"bytes"
	"encoding/json/jsontext"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Keys of the host's InputValue, and the id that some callers add.
var (
	envelopeKeys = map[string]bool{"value": true, "args": true, "inputName": true, "valueType": true, "inputSource": true, "id": true}
	sureKeys     = []string{"args", "inputName", "valueType", "inputSource"}
)

// reading holds one request's inputs, sorted out.
type reading struct {
	values     jsontext.Value            // declared inputs as one object, with defaults applied
	args       map[string]jsontext.Value // of enveloped inputs, by name
	undeclared map[string]jsontext.Value // everything else, exactly as it came
	problems   []string                  // what is wrong, a sentence each
}

// readInputs unwraps, resolves aliases, converts, applies defaults and checks every declared input.
//
// A value arrives raw ("hello"), in the documented envelope ({"value": "hello", "args": {}}) or in
// an older one ({"inputName", "value", "valueType", "args"}); under its name or an alias. null for
// an input that is not required counts as not given. The entries of given that are declared are
// taken out of it.
func readInputs(definitions []*definition, given map[string]jsontext.Value, strict bool, maxDepth int) reading {
	found := reading{args: map[string]jsontext.Value{}, undeclared: given}
	var values bytes.Buffer
	values.WriteByte('{')
	keep := func(name string, value jsontext.Value) {
		if values.Len() > 1 {
			values.WriteByte(',')
		}
		values.Write(quoted(name))
		values.WriteByte(':')
		values.Write(value)
	}
	for _, d := range definitions {
		value, args, came := d.take(given)
		isNull := value == nil || value.Kind() == 'n'
		if isNull && !(came && d.Required) && !(came && d.Type == "any") {
			if standard, has := d.defaultValue(); has {
				keep(d.Name, standard)
			} else if d.Required {
				found.problems = append(found.problems, fmt.Sprintf("Input '%s' (%s) is required and was not given.", d.Name, d.Type))
			}
			continue
		}
		if !isType(value, d.Type) {
			other, ok := jsontext.Value(nil), false
			if !strict {
				other, ok = converted(value, d.Type, maxDepth)
			}
			if !ok {
				found.problems = append(found.problems, fmt.Sprintf("Input '%s' must be of type %s, but is %s.", d.Name, d.Type, typeName(value)))
				continue
			}
			value = other
		}
		if !strict && d.Items != nil && value.Kind() == '[' {
			value = itemsConverted(value, d.Items.Type, maxDepth)
		}
		for _, fault := range d.faults(value) {
			found.problems = append(found.problems, fmt.Sprintf("Input '%s' %s.", d.Name, fault))
		}
		keep(d.Name, value)
		if args != nil {
			found.args[d.Name] = args
		}
	}
	values.WriteByte('}')
	found.values = values.Bytes()
	return found
}

// take removes an input from what was given: under its name, or else an alias.
func (d *definition) take(given map[string]jsontext.Value) (value, args jsontext.Value, came bool) {
	for _, key := range append([]string{d.Name}, d.Aliases...) {
		if sent, ok := given[key]; ok {
			delete(given, key)
			value, args = unwrap(sent, d.Type)
			return value, args, true
		}
	}
	return nil, nil, false
}

// unwrap returns the plain value and the args of its envelope, if it has one.
func unwrap(value jsontext.Value, kind string) (inner, args jsontext.Value) {
	if value.Kind() != '{' {
		return value, nil
	}
	fields := members(value)
	inner, ok := fields["value"]
	if !ok {
		return value, nil
	}
	// Where an object is a valid value, it may be the author's own and merely have a key "value".
	if kind == "any" || kind == "object" {
		if len(fields) > 1 && !isEnvelope(fields) {
			return value, nil
		}
		if kind == "object" && inner.Kind() != '{' {
			if _, ok := converted(inner, kind, deepestText); !ok {
				return value, nil
			}
		}
	}
	if args = fields["args"]; args.Kind() != '{' {
		args = jsontext.Value("{}")
	}
	return inner, args
}

func isEnvelope(fields map[string]jsontext.Value) bool {
	for key := range fields {
		if !envelopeKeys[key] {
			return false
		}
	}
	for _, key := range sureKeys {
		if _, ok := fields[key]; ok {
			return true
		}
	}
	return false
}

const deepestText = 100

// converted returns the value in a type of the manifest, where only one reading is possible.
//
// A text is read as JSON where that gives the type, True and False included. A number or a boolean
// becomes its JSON text.
func converted(value jsontext.Value, kind string, maxDepth int) (jsontext.Value, bool) {
	if kind == "string" {
		switch value.Kind() {
		case 't', 'f':
			return quoted(string(value)), true
		case '0':
			return quoted(numberText(value)), true
		}
		return nil, false
	}
	if value.Kind() != '"' {
		return nil, false
	}
	text := textOf(value)
	if kind == "boolean" {
		text = strings.ToLower(text)
	}
	found, err := parse([]byte(text), maxDepth)
	if err != nil || !isType(found, kind) || strings.HasPrefix(text, string(byteOrderMark)) {
		return nil, false
	}
	return found, true
}

// numberText is the text of a number: the digits of an integer, however many they are.
func numberText(number jsontext.Value) string {
	value := numberOf(number)
	if value == 0 { // also -0
		return "0"
	}
	if !bytes.ContainsAny(number, ".eE") {
		return string(number)
	}
	return plainNumber(value)
}

func numberOf(value jsontext.Value) float64 {
	number, err := strconv.ParseFloat(string(value), 64)
	if err != nil {
		return math.NaN()
	}
	return number
}

// plainNumber writes a number as JSON does.
func plainNumber(number float64) string { return jsontext.Float(number).String() }

// itemsConverted converts the items that are not of their type and have only one reading.
func itemsConverted(array jsontext.Value, kind string, maxDepth int) jsontext.Value {
	items := elements(array)
	changed := false
	for index, item := range items {
		if item.Kind() == 'n' || isType(item, kind) {
			continue
		}
		if other, ok := converted(item, kind, maxDepth); ok {
			items[index] = other
			changed = true
		}
	}
	if !changed {
		return array
	}
	pieces := make([][]byte, len(items))
	for index, item := range items {
		pieces[index] = item
	}
	return append(append(jsontext.Value("["), bytes.Join(pieces, []byte(","))...), ']')
}

// typeName is what the manifest calls the type of a JSON value.
func typeName(value jsontext.Value) string {
	switch value.Kind() {
	case '"':
		return "string"
	case '0':
		return "number"
	case 't', 'f':
		return "boolean"
	case '[':
		return "array"
	case '{':
		return "object"
	}
	return "null"
}

func isType(value jsontext.Value, kind string) bool { return kind == "any" || typeName(value) == kind }
