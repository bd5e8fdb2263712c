package pluginruntime

import (
	"bytes"
	"encoding/json/jsontext"
	"encoding/json/v2"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
)

const (
	largestExact = 1 << 53 // of the integers that every reader of JSON keeps as they are
	longestPlace = 200     // characters that name where in an output something is wrong
)

// refusal is a request that does not succeed: status, outcome for the metrics, and why.
type refusal struct {
	status    int
	outcome   string
	text      string
	errors    []string
	exception string // for the log: where a panic came from
}

func (r *refusal) Error() string { return r.text }

func failed(text string, errors ...string) *refusal {
	return &refusal{status: 500, outcome: outcomeFailed, text: text, errors: errors}
}

// outputsOf checks the JSON of what Execute returned, and writes the answer: outputs in the order
// of the manifest, without optional nulls.
//
// The host keeps only the first output where its plan names one, and counts null as missing.
func outputsOf(result jsontext.Value, definitions []*definition) (jsontext.Value, error) {
	if result.Kind() != '{' {
		return nil, failed(fmt.Sprintf("'outputs' must be an object, but is %s.", typeName(result)))
	}
	given := members(result)
	var problems []string
	var found []member
	for _, d := range definitions {
		value, ok := given[d.Name]
		switch {
		case !ok:
			if d.Required {
				problems = append(problems, fmt.Sprintf("Output '%s' (%s) is missing.", d.Name, d.Type))
			}
		case value.Kind() == 'n' && !d.Required:
		case !isType(value, d.Type):
			problems = append(problems, fmt.Sprintf("Output '%s' must be of type %s, but is %s.", d.Name, d.Type, typeName(value)))
		default:
			found = append(found, member{d.Name, value})
			for _, fault := range d.faults(value) {
				problems = append(problems, fmt.Sprintf("Output '%s' %s.", d.Name, fault))
			}
		}
	}
	var undeclared []string
	for name := range given {
		if !slices.ContainsFunc(definitions, func(d *definition) bool { return d.Name == name }) {
			undeclared = append(undeclared, fmt.Sprintf("Output '%s' is not declared in outputDefinitions of manifest.json.", name))
		}
	}
	slices.Sort(undeclared)
	if problems = append(problems, undeclared...); problems != nil {
		return nil, failed("The plugin's outputs do not match its manifest.", problems...)
	}
	var answer bytes.Buffer
	answer.Grow(len(result) + 64)
	answer.WriteString(`{"success":true,"outputs":`)
	writeObject(&answer, found)
	answer.WriteByte('}')
	return answer.Bytes(), nil
}

// encode writes what Execute returned as JSON. The error names the place that JSON cannot carry,
// and what to write instead.
func encode(result any) (jsontext.Value, error) {
	text, err := json.Marshal(result, json.Deterministic(true))
	if err == nil {
		return text, nil
	}
	var pointer jsontext.Pointer
	why := oneLine(err.Error())
	var semantic *json.SemanticError
	var syntactic *jsontext.SyntacticError
	switch {
	case errors.As(err, &semantic):
		pointer = semantic.JSONPointer
		why = instead(semantic.GoType)
	case errors.As(err, &syntactic):
		pointer = syntactic.JSONPointer
		why = "is, or has a key that is, not valid UTF-8; write strings.ToValidUTF8(value, \"\\ufffd\"), or bytes as base64"
	}
	name, place := "", ""
	for token := range pointer.Tokens() {
		if name == "" {
			name, place = token, token
		} else if len(place) < longestPlace {
			place += "[" + token + "]"
		}
	}
	problem := fmt.Sprintf("Output '%s' cannot be written as JSON: %s %s.", name, place, why)
	return nil, failed("The plugin's outputs cannot be written.", problem)
}

// instead says what is wrong with a value that JSON cannot carry, and what to write.
func instead(kind reflect.Type) string {
	what := fmt.Sprintf("is of Go type %v", kind)
	switch {
	case kind == nil:
		return what
	case kind == reflect.TypeFor[time.Duration]():
		return what + "; write value.String() or value.Seconds()"
	case kind.Kind() == reflect.Float64 || kind.Kind() == reflect.Float32:
		return "is NaN or infinite, which JSON does not have; write a number, or nil in its place"
	case kind.Kind() == reflect.Map:
		return what + "; its keys must be strings or numbers, and it must not contain itself"
	}
	return what + "; write a string, number, bool, slice, map, or struct with exported fields"
}

// roundedIn returns an integer above 2**53 in a JSON text, which its reader may round; empty if
// there is none.
func roundedIn(value jsontext.Value) string {
	if !hasLongNumber(value) {
		return ""
	}
	for scalar := range scalarsIn(value) {
		if scalar.Kind() != '0' || strings.ContainsAny(string(scalar), ".eE") {
			continue
		}
		if number := numberOf(scalar); number >= largestExact || number <= -largestExact {
			return string(scalar)
		}
	}
	return ""
}

// hasLongNumber tells quickly that a text has no run of 16 digits.
func hasLongNumber(text []byte) bool {
	run := 0
	for _, octet := range text {
		if octet < '0' || octet > '9' {
			run = 0
		} else if run++; run == 16 {
			return true
		}
	}
	return false
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
