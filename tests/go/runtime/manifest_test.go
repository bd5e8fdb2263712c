package pluginruntime

import (
	"fmt"
	"strings"
	"testing"
)

const everyKey = `{
	"id": "a", "version": "1.0.0", "more": {"a": [1]},
	"inputDefinitions": [{
		"name": "codes", "type": "array", "required": true, "secret": true, "aliases": ["code", "c\u00f6de"], "default": null,
		"defaultValue": ["x"], "minItems": 1, "maxItems": 2.5, "items": {"type": "string", "pattern": "^a$", "format": "uri",
		"minLength": 3, "maxLength": 4, "enum": ["abc", 5]}}, {"name": "n", "type": "number", "minimum": -1, "maximum": 1e3}],
	"outputDefinitions": null,
	"configuration": [{"key": "K", "type": "secret", "required": true, "description": "d", "value": 1.50}],
	"container": {"ports": [{"container": 8081}, {}], "environment": {"E": "1"}, "resources": {"memory": 268435456, "cpu": 0.5},
		"healthCheck": {"path": "/up"}},
	"api": {"endpoint": "/run", "method": "PUT", "timeout": 1500}}`

func TestEveryKeyOfTheManifestIsRead(t *testing.T) {
	m, err := parseManifest([]byte(everyKey))
	if err != nil {
		t.Fatal(err)
	}
	codes, number, item := m.InputDefinitions[0], m.InputDefinitions[1], m.InputDefinitions[0].Items
	setting := m.Configuration[0]
	for wanted, found := range map[string]string{
		"a 1.0.0 /run PUT 1500": fmt.Sprint(m.ID, " ", m.Version, " ", m.API.Endpoint, " ", m.API.Method, " ", *m.API.Timeout),
		"8081 1 268435456 0.5 /up": fmt.Sprint(m.Container.Port, " ", plain(m.Container.Environment["E"]), " ", m.Container.Memory, " ",
			m.Container.CPU, " ", m.Container.HealthPath),
		"codes array true true [code cöde] null [\"x\"] 1 2.5": fmt.Sprint(codes.Name, " ", codes.Type, " ", codes.Required, codes.Secret, codes.Aliases,
			" ", codes.Default, " ", codes.DefaultValue, " ", *codes.MinItems, " ", *codes.MaxItems),
		"string ^a$ uri 3 4 [\"abc\" 5]": fmt.Sprint(item.Type, " ", *item.Pattern, " ", item.Format, " ", *item.MinLength, " ", *item.MaxLength, item.Enum),
		"n -1 1000 false":                fmt.Sprint(number.Name, " ", *number.Minimum, " ", *number.Maximum, number.Required),
		"K secret true d 1.50 0":         fmt.Sprint(setting.Key, " ", setting.Type, " ", setting.Required, " ", setting.Description, " ", setting.Value, len(m.OutputDefinitions)),
	} {
		if squeezed(found) != squeezed(wanted) {
			t.Errorf("%s, not %s", found, wanted)
		}
	}
	if number.Pattern != nil || number.Enum != nil || number.MinLength != nil || number.Items != nil || number.Default != nil {
		t.Errorf("what is absent is nil: %+v", number)
	}
}

func squeezed(text string) string { return strings.ReplaceAll(text, " ", "") }

func TestAWrongManifestIsRefusedWithThePlace(t *testing.T) {
	change := func(old, new string) string { return strings.Replace(everyKey, old, new, 1) }
	for text, wanted := range map[string]string{
		change(`"id": "a"`, `"id": 5`):                           "id must be of type string, but is number",
		change(`"required": true`, `"required": "yes"`):          "inputDefinitions[0].required must be of type boolean, but is string",
		change(`"minLength": 3`, `"minLength": "3"`):             "inputDefinitions[0].items.minLength must be of type number, but is string",
		change(`["code", `, `[5, `):                              "inputDefinitions[0].aliases[0] must be of type string, but is number",
		change(`"environment": {"E": "1"}`, `"environment": []`): "container.environment must be of type object, but is array",
		change(`{"container": 8081}`, `8081`):                    "container.ports[0] must be of type object, but is number",
		change(`[{"container": 8081}, {}]`, `[]`):                "manifest.json has no port in container.ports",
		change(`"id": "a"`, `"id": "a", "id": "b"`):              `duplicate object member name "id"`,
		"{\n \"id\": é}":                                         "manifest.json cannot be read: line 2 column 8: ",
		everyKey[:100]:                                           "unexpected EOF",
		everyKey + "5":                                           "it has more text after the end of its object",
		"[]":                                                     "it must be an object, but is array",
	} {
		if _, err := parseManifest([]byte(text)); err == nil || !strings.Contains(err.Error(), wanted) || !strings.Contains(err.Error(), manifestName) {
			t.Errorf("%v, not %s", err, wanted)
		}
	}
}
