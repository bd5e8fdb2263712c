package pluginruntime

import (
	"encoding/json/jsontext"
	"encoding/json/v2"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// table reads a table of cases that holds for every language.
func table(t *testing.T, name string, target any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(os.Getenv("TABLES"), name))
	if err == nil {
		err = json.Unmarshal(text, target)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func same(one, other jsontext.Value) bool {
	one, other = one.Clone(), other.Clone()
	return one.Canonicalize() == nil && other.Canonicalize() == nil && string(one) == string(other)
}

func TestInputsAreConvertedAsTheTableSays(t *testing.T) {
	var cases struct {
		Cases []struct {
			Type   string         `json:"type"`
			Sent   jsontext.Value `json:"sent"`
			Given  jsontext.Value `json:"given"`
			Strict jsontext.Value `json:"strict"`
		} `json:"cases"`
	}
	table(t, "input_conversion.json", &cases)
	if len(cases.Cases) < 80 {
		t.Fatalf("only %d cases", len(cases.Cases))
	}
	for _, strict := range []bool{false, true} {
		for _, one := range cases.Cases {
			wanted := one.Given
			if strict && one.Strict != nil {
				wanted = one.Strict
				if string(one.Strict) == `"refused"` {
					wanted = nil
				}
			}
			d := &definition{Name: "sent", Type: one.Type, Required: true}
			found := readInputs([]*definition{d}, map[string]jsontext.Value{"sent": one.Sent}, strict, 100)
			if wanted == nil {
				if len(found.problems) != 1 {
					t.Errorf("%s of %s (strict %v): %v", one.Sent, one.Type, strict, found.problems)
				}
				continue
			}
			if found.problems != nil || !same(members(found.values)["sent"], wanted) {
				t.Errorf("%s of %s (strict %v): %s, %v", one.Sent, one.Type, strict, found.values, found.problems)
			}
		}
	}
}

func TestConstraintsTakeAndRefuseWhatTheTableSays(t *testing.T) {
	var cases struct {
		Cases []struct {
			Definition jsontext.Value              `json:"definition"`
			Valid      []jsontext.Value            `json:"valid"`
			Invalid    map[string][]jsontext.Value `json:"invalid"`
		} `json:"cases"`
	}
	table(t, "constraints.json", &cases)
	if len(cases.Cases) < 15 {
		t.Fatalf("only %d cases", len(cases.Cases))
	}
	for _, one := range cases.Cases {
		var problem error
		definition := reader{members: members(one.Definition), problem: &problem}.definition()
		for d := definition; d != nil; d = d.Items {
			if err := d.prepare(); err != nil || problem != nil {
				t.Fatal(err, problem)
			}
		}
		for _, value := range one.Valid {
			if found := definition.faults(value); found != nil {
				t.Errorf("%s: %v", value, found)
			}
		}
		for message, values := range one.Invalid {
			for _, value := range values {
				if found := strings.Join(definition.faults(value), "; "); !strings.Contains(found, message) {
					t.Errorf("%s: %q, not %q", value, found, message)
				}
			}
		}
	}
}

func TestAPatternThatGoDoesNotKnowIsNamed(t *testing.T) {
	pattern := "^(?!a)b$"
	m := &manifest{InputDefinitions: []*definition{{Name: "code", Type: "array", Items: &definition{Type: "string", Pattern: &pattern}}}}
	if err := m.prepare(); err == nil || !strings.Contains(err.Error(), "the pattern of code in inputDefinitions") {
		t.Fatal(err)
	}
	unit := `^\u00e9\\u$`
	d := &definition{Type: "string", Pattern: &unit}
	if err := d.prepare(); err != nil || d.faults(quoted(`é\u`)) != nil || d.faults(quoted("e")) == nil {
		t.Fatal(err, d.faults(quoted(`é\u`)))
	}
}

func TestOutputsAreCheckedAndOrdered(t *testing.T) {
	definitions := []*definition{{Name: "b", Type: "string", Required: true}, {Name: "a", Type: "number"}, {Name: "c", Type: "any"}}
	found, err := outputsOf(jsontext.Value(`{"c": null, "a": 1.50, "b": "x"}`), definitions)
	if err != nil || string(found) != `{"success":true,"outputs":{"b":"x","a":1.50}}` {
		t.Fatal(string(found), err)
	}
	_, err = outputsOf(jsontext.Value(`{"a": "1", "z": 1, "y": 1}`), definitions)
	refused, ok := err.(*refusal)
	if !ok || len(refused.errors) != 4 || refused.errors[3] != "Output 'z' is not declared in outputDefinitions of manifest.json." {
		t.Fatal(err, refused)
	}
}

func TestWhatJSONCannotCarryIsNamed(t *testing.T) {
	cycle := map[string]any{}
	cycle["self"] = cycle
	for _, one := range []struct {
		result any
		wanted string
	}{
		{map[string]any{"a": []any{1, zero() / zero()}}, "Output 'a' cannot be written as JSON: a[1] is NaN or infinite, which JSON does not have; write a number, or nil"},
		{map[string]any{"a": func() {}}, "a is of Go type func()"},
		{map[string]any{"a": "\xff"}, "strings.ToValidUTF8"},
		{map[string]any{"a": map[string]any{"\xff": 1}}, "a is, or has a key that is, not valid UTF-8"},
		{map[string]any{"a": cycle}, "cannot be written as JSON: a[self][self]"},
		{map[string]any{"a": time.Second}, "write value.String() or value.Seconds()"},
	} {
		_, err := encode(one.result)
		refused, ok := err.(*refusal)
		if !ok || !strings.Contains(strings.Join(refused.errors, " "), one.wanted) {
			t.Errorf("%v: %+v", one.wanted, err)
		}
	}
	for _, wanted := range []string{"9007199254740993", "-9007199254740993"} {
		if number := roundedIn(jsontext.Value(`{"a": [1e300, ` + wanted + `, "9007199254740995"]}`)); number != wanted {
			t.Error(number)
		}
	}
	deep := any(math.NaN())
	for range 90 {
		deep = map[string]any{"a key": deep}
	}
	_, err := encode(deep)
	var refused *refusal
	if !errors.As(err, &refused) || len(refused.errors[0]) > longestPlace+200 {
		t.Error(err)
	}
}

func zero() float64 { return 0 }

func TestSettingsAreTakenAndRefusedAsTheTableSays(t *testing.T) {
	var cases struct {
		Cases []struct {
			Variable string  `json:"variable"`
			Given    string  `json:"given"`
			Times    int     `json:"times"`
			Taken    any     `json:"taken"`
			Refused  *string `json:"refused"`
		} `json:"cases"`
	}
	table(t, "settings.json", &cases)
	if len(cases.Cases) < 100 {
		t.Fatalf("only %d cases", len(cases.Cases))
	}
	taken := func(s settings, variable string) any {
		return map[string]any{
			"PLUGIN_PORT": s.port, "PLUGIN_DRAIN_SECONDS": s.drainSeconds, "PLUGIN_LOG_LEVEL": s.logLevel, "PLUGIN_STRICT_INPUTS": s.strictInputs,
		}[variable]
	}
	for _, one := range cases.Cases {
		t.Run(one.Variable, func(t *testing.T) {
			t.Setenv(one.Variable, strings.Repeat(one.Given, max(1, one.Times)))
			s, err := loadSettings(manifestOf(t, ""))
			switch {
			case one.Refused == nil && (err != nil || fmt.Sprint(taken(s, one.Variable)) != fmt.Sprint(one.Taken)):
				t.Errorf("%q: %v, %v", one.Given, taken(s, one.Variable), err)
			case one.Refused != nil && (err == nil || err.Error() != *one.Refused):
				t.Errorf("%q: %v", one.Given, err)
			}
		})
	}
}
