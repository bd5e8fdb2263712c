package pluginruntime

const base64Pattern = "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"

// The constraints, in the order in which the schema of a value has them.
var constraintKeys = []string{
	"enum", "minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems",
	"pattern", "format", "contentMediaType", "items",
}

// object is a JSON object of which the server knows nothing beforehand.
type object = map[string]any

// inputSchema is the JSON Schema (draft 2020-12) of inputs in a request, for plain values.
//
// The server also takes envelopes, aliases and what can be converted in only one way. An optional
// input may be null, which counts as not given; undeclared inputs are allowed.
func inputSchema(definitions []object) object {
	return schemaOfAll(definitions, schemaOfInput, true)
}

// outputSchema is the schema of outputs in a successful answer.
func outputSchema(definitions []object) object {
	return schemaOfAll(definitions, schemaOf, false)
}

func schemaOfAll(definitions []object, schema func(object) object, others bool) object {
	properties := object{}
	required := []any{}
	for _, d := range definitions {
		name, _ := d["name"].(string)
		properties[name] = schema(d)
		if d["required"] == true {
			required = append(required, name)
		}
	}
	return object{"type": "object", "properties": properties, "required": required, "additionalProperties": others}
}

func schemaOfInput(d object) object {
	schema := schemaOf(d)
	if kind, ok := schema["type"]; ok && d["required"] != true {
		schema["type"] = []any{kind, "null"}
		if values, ok := d["enum"].([]any); ok {
			schema["enum"] = append(append([]any{}, values...), nil)
		}
	}
	if d["secret"] == true {
		schema["writeOnly"] = true
		if _, ok := schema["format"]; !ok && d["type"] == "string" {
			schema["format"] = "password"
		}
	} else {
		if standard, ok := firstOf(d, "defaultValue", "default"); ok {
			schema["default"] = standard
		}
		if example, ok := d["example"]; ok {
			schema["examples"] = []any{example}
		} else if examples, ok := d["examples"]; ok {
			schema["examples"] = examples
		}
	}
	if aliases, _ := d["aliases"].([]any); len(aliases) > 0 {
		schema["x-aliases"] = aliases
	}
	return schema
}

// schemaOf is the schema of one value, or of the items of a list.
func schemaOf(d object) object {
	schema := object{}
	if d["type"] != "any" {
		schema["type"] = d["type"]
	}
	if text, _ := d["description"].(string); text != "" {
		schema["description"] = text
	}
	for _, key := range constraintKeys {
		if value, ok := d[key]; ok {
			schema[key] = value
		}
	}
	if _, ok := d["pattern"]; ok { // as the server does
		most, ok := d["maxLength"].(float64)
		if !ok {
			most = longestMatched
		}
		schema["maxLength"] = min(most, longestMatched)
	}
	if d["format"] == "base64" {
		// Two keywords of JSON Schema, of which the first asserts nothing; the pattern does.
		delete(schema, "format")
		schema["contentEncoding"] = "base64"
		schema["pattern"] = base64Pattern
	}
	if items, ok := d["items"].(object); ok {
		schema["items"] = schemaOf(items)
	}
	return schema
}

func firstOf(d object, keys ...string) (any, bool) {
	for _, key := range keys {
		if value, ok := d[key]; ok {
			return value, true
		}
	}
	return nil, false
}
