package main

import (
	"fmt"
	"os"
	"strings"
	"unicode"
)

var goTypes = map[string]string{
	"string": "string", "number": "float64", "boolean": "bool",
	"array": "[]any", "object": "map[string]any", "any": "any",
}

// Words that Go writes in capitals.
var initialisms = map[string]bool{
	"api": true, "html": true, "http": true, "id": true, "ip": true,
	"json": true, "sql": true, "uri": true, "url": true, "xml": true,
}

// syncTypes writes plugin_types.go from manifest.json: `make sync`.
func syncTypes() error {
	found, err := readManifest()
	if err != nil {
		return err
	}
	return os.WriteFile(inPlugin("plugin_types.go"), []byte(typesOf(found)), 0o644)
}

// typesOf returns what plugin_types.go has to be.
func typesOf(found manifest) string {
	return "// The types of this plugin. `make sync` writes this file from manifest.json: do not edit it.\n" + `
package main

// Inputs is what Execute is given: checked, converted, and with defaults filled in. An input that
// was not given is nil.
type Inputs struct {
` + fields(found.InputDefinitions, true) + `
}

// Outputs is what Execute returns; an optional output that is nil is left out.
type Outputs struct {
` + fields(found.OutputDefinitions, false) + `
}
`
}

// fields has empty lines between the fields, because gofmt would align lines that follow each other.
func fields(definitions []definition, inputs bool) string {
	taken := map[string]bool{}
	var lines []string
	for _, one := range definitions {
		name := exported(one.Name)
		for number := 2; taken[name]; number++ {
			name = fmt.Sprintf("%s%d", exported(one.Name), number)
		}
		taken[name] = true
		lines = append(lines, field(one, name, inputs))
	}
	return strings.Join(lines, "\n\n")
}

func field(one definition, name string, inputs bool) string {
	certain := one.Required || inputs && (one.Default != nil || one.DefaultValue != nil)
	typed, key, options, about := typeOf(one), one.Name, "", ""
	if !certain && !strings.HasPrefix(typed, "[]") && !strings.HasPrefix(typed, "map[") && typed != "any" {
		typed = "*" + typed
	}
	if strings.ContainsFunc(key, func(r rune) bool { return r != '_' && !isLetterOrDigit(r) }) {
		key = "'" + key + "'" // what a tag takes only in quotes
	}
	if !inputs && !certain {
		options = ",omitzero"
	}
	described := strings.ReplaceAll(one.Description, "\ufeff", "") // Go takes no byte order mark
	if words := strings.Join(strings.Fields(described), " "); strings.HasPrefix(words, "+") {
		about = "\t// \\" + words + "\n" // gofmt would obey one with +build
	} else if words != "" {
		about = "\t// " + words + "\n"
	}
	return fmt.Sprintf("%s\t%s %s `json:\"%s%s\"`", about, name, typed, key, options)
}

func typeOf(one definition) string {
	if one.Items != nil {
		return "[]" + typeOf(*one.Items)
	}
	return goTypes[one.Type]
}

func isLetterOrDigit(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// exported returns the name of the field for an input or output: MaxWords for max_words.
func exported(name string) string {
	words := strings.FieldsFunc(name, func(r rune) bool { return !isLetterOrDigit(r) })
	for index, word := range words {
		letters := []rune(word)
		if first := unicode.ToUpper(letters[0]); initialisms[word] {
			letters = []rune(strings.ToUpper(word))
		} else if unicode.IsUpper(first) {
			letters[0] = first
		}
		words[index] = string(letters)
	}
	joined := strings.Join(words, "")
	for _, first := range joined {
		if unicode.IsUpper(first) {
			return joined
		}
		break
	}
	return "X" + joined
}
