package pluginruntime

import (
	"encoding/json/v2"
	"strings"
)

// contractKey holds what `stage7-plugin check --against URL` compares.
const contractKey = "x-stage7-manifest"

var failures = map[string]string{
	"400": "The body is not acceptable JSON, or the request is not valid HTTP",
	"413": "The body is too large, or would need more memory than is available",
	"415": "The body is not JSON in UTF-8",
	"422": "Inputs are missing, of the wrong type, or break a constraint; `errors` lists every one",
	"429": "All execution slots, or the memory, are in use",
	"500": "The plugin failed, or its outputs do not match the manifest",
	"503": "The plugin is starting or stopping, or could not start",
	"504": "The execution took longer than the manifest allows",
}

func described(text string) object     { return object{"type": "string", "description": text} }
func reference(name string) object     { return object{"$ref": "#/components/schemas/" + name} }
func jsonContent(schema object) object { return object{jsonType: object{"schema": schema}} }
func answered(text string, schema object) object {
	return object{"description": text, "content": jsonContent(schema)}
}

// openAPI is the OpenAPI 3.1 document of a plugin's API, from its manifest alone.
func openAPI(m *manifest) []byte {
	whole := object{}
	_ = json.Unmarshal(m.text, &whole) // it has been read before
	document := openAPIOf(m, whole)
	text, err := json.Marshal(document, json.Deterministic(true))
	if err != nil {
		return []byte("{}")
	}
	return text
}

func openAPIOf(m *manifest, whole object) object {
	name, ok := whole["name"].(string)
	if !ok {
		name = m.ID
	}
	description, _ := whole["description"].(string)
	paths := object{
		m.Container.HealthPath: healthPage("health", "Whether the plugin is ready; the host polls this"),
		"/health/live":         healthPage("live", "Whether the process answers"),
		"/health/ready":        healthPage("ready", "Whether the plugin accepts executions"),
		"/metrics":             textPage("metrics", "Metrics in the Prometheus text format", object{"text/plain": object{}}),
		"/openapi.json":        textPage("openapi", "This document", jsonContent(object{"type": "object"})),
		m.API.Endpoint:         object{},
	}
	if m.API.Endpoint == m.Container.HealthPath {
		paths[m.API.Endpoint] = healthPage("health", "Whether the plugin is ready; the host polls this")
	}
	paths[m.API.Endpoint].(object)[strings.ToLower(m.API.Method)] = execution(description)
	return object{
		"openapi": "3.1.0",
		"info":    object{"title": name, "version": m.Version, "description": description},
		"servers": []any{object{"url": "/"}},
		"paths":   paths,
		"components": object{"schemas": object{
			"Inputs":  inputSchema(objects(whole["inputDefinitions"])),
			"Outputs": outputSchema(objects(whole["outputDefinitions"])),
			"Failure": failureSchema(),
			"Health":  healthSchema(),
		}},
		contractKey: contract(whole),
	}
}

func objects(list any) []object {
	found := []object{}
	items, _ := list.([]any)
	for _, one := range items {
		if its, ok := one.(object); ok {
			found = append(found, its)
		}
	}
	return found
}

// contract is what callers of the plugin rely on in its manifest.
func contract(whole object) object {
	found := only(whole, "id", "verb", "version", "outputDefinitions")
	inputs := []any{}
	for _, d := range objects(whole["inputDefinitions"]) {
		if d["secret"] == true {
			hidden := object{}
			for key, value := range d {
				switch key {
				case "default", "defaultValue", "example", "examples":
				default:
					hidden[key] = value
				}
			}
			d = hidden
		}
		inputs = append(inputs, d)
	}
	found["inputDefinitions"] = inputs
	permissions := any([]any{})
	if security, ok := whole["security"].(object); ok && security["permissions"] != nil {
		permissions = security["permissions"]
	}
	found["security"] = object{"permissions": permissions}
	configuration := []any{}
	for _, item := range objects(whole["configuration"]) {
		configuration = append(configuration, only(item, "key", "required", "type"))
	}
	found["configuration"] = configuration
	resources := object{}
	if container, ok := whole["container"].(object); ok {
		its, _ := container["resources"].(object)
		for key, value := range its {
			if value != nil {
				resources[key] = value
			}
		}
	}
	found["container"] = object{"resources": resources}
	api, _ := whole["api"].(object)
	found["api"] = only(api, "timeout")
	return found
}

func only(fields object, keys ...string) object {
	found := object{}
	for _, key := range keys {
		if value, ok := fields[key]; ok {
			found[key] = value
		}
	}
	return found
}

func execution(summary string) object {
	success := object{
		"type": "object", "required": []any{"success", "outputs"},
		"properties": object{"success": object{"const": true}, "outputs": reference("Outputs")},
	}
	responses := object{"200": answered("The plugin has run", success)}
	for status, meaning := range failures {
		its := answered(meaning, reference("Failure"))
		if status == "429" || status == "503" {
			its["headers"] = object{"Retry-After": object{"schema": object{"type": "integer"}}}
		}
		responses[status] = its
	}
	request := object{
		"type": "object", "required": []any{"inputs"},
		"properties": object{"inputs": reference("Inputs"), "context": object{
			"type":        []any{"object", "null"},
			"description": "trace_id, plugin_id and version, as the host sends them; anything is accepted",
		}},
	}
	return object{
		"operationId": "execute", "summary": summary,
		"requestBody": object{"required": true, "content": jsonContent(request)},
		"responses":   responses,
	}
}

func failureSchema() object {
	return object{"type": "object", "required": []any{"success", "error"}, "properties": object{
		"success":  object{"const": false},
		"error":    described("One sentence"),
		"errors":   object{"type": "array", "items": object{"type": "string"}, "description": "Every problem"},
		"trace_id": described("What to look for in the log"),
	}}
}

func healthSchema() object {
	return object{"type": "object", "required": []any{"status", "plugin_id", "version"}, "properties": object{
		"status":    object{"enum": []any{"healthy", "starting", "stopping", "failed", "stuck"}},
		"plugin_id": object{"type": "string"},
		"version":   object{"type": "string"},
		"in_flight": object{"type": "integer"},
		"stuck":     object{"type": "integer"},
		"error":     object{"type": "string"},
	}}
}

func healthPage(id, summary string) object {
	responses := object{"200": answered("Yes", reference("Health")), "503": answered("No", reference("Health"))}
	return object{"get": object{"operationId": id, "summary": summary, "responses": responses}}
}

func textPage(id, summary string, content object) object {
	responses := object{"200": object{"description": summary, "content": content}}
	return object{"get": object{"operationId": id, "summary": summary, "responses": responses}}
}
