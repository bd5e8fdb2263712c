package pluginruntime

import (
	"encoding/json/jsontext"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	longestMatched = 2000 // characters that a pattern is tried on, as in every language
	mostItems      = 10   // wrong ones that are named: a list may have a million
)

// format tells whether a text has a format; rule completes "must be ...".
type format struct {
	isMet func(text string) bool
	rule  string
}

var (
	uri        = lazily(`^[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9._~:/?#@!$&'()*+,;=\[\]-]|%[0-9A-Fa-f]{2})+$`)
	email      = lazily(`^[^\s@]{1,64}@[^\s@.]+(?:\.[^\s@.]+)*$`)
	day        = lazily(`^(\d{4})-(\d\d)-(\d\d)$`)
	clock      = lazily(`^(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?(?:z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$`)
	base64Text = lazily(`^[A-Za-z0-9+/]*={0,2}$`)

	formats = map[string]format{
		"uri":       {func(text string) bool { return uri().MatchString(text) }, "a URI, such as https://example.com/"},
		"email":     {func(text string) bool { return email().MatchString(text) }, "an email address, such as ada@example.com"},
		"date":      {isDate, "a date, such as 2026-01-31"},
		"date-time": {isDateTime, "a date and time such as 2026-01-31T12:00:00Z"},
		"base64":    {isBase64, "base64 text with padding, such as aGVsbG8="},
	}
)

func isDate(text string) bool {
	parts := day().FindStringSubmatch(text)
	if parts == nil {
		return false
	}
	year, _ := strconv.Atoi(parts[1])
	month, _ := strconv.Atoi(parts[2])
	date, _ := strconv.Atoi(parts[3])
	if month < 1 || month > 12 {
		return false
	}
	days := [...]int{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}[month-1]
	if month == 2 && year%4 == 0 && (year%100 != 0 || year%400 == 0) {
		days++
	}
	return date >= 1 && date <= days
}

func isDateTime(text string) bool {
	return len(text) > 11 && text[10]|0x20 == 't' && clock().MatchString(strings.ToLower(text[11:])) && isDate(text[:10])
}

func isBase64(text string) bool { return len(text)%4 == 0 && base64Text().MatchString(text) }

// escapedUnit is how JSON Schema writes a character by its number; Go writes \x{00e9}.
var escapedUnit = lazily(`\\(?:\\|u([0-9A-Fa-f]{4}))`)

// prepare compiles every pattern of the manifest, so that no request waits for that.
func (m *manifest) prepare() error {
	for _, list := range []struct {
		key         string
		definitions []*definition
	}{{"inputDefinitions", m.InputDefinitions}, {"outputDefinitions", m.OutputDefinitions}} {
		for _, top := range list.definitions {
			for d := top; d != nil; d = d.Items {
				if err := d.prepare(); err != nil {
					return fmt.Errorf("the pattern of %s in %s is not a regular expression that Go knows: %w", top.Name, list.key, err)
				}
			}
		}
	}
	return nil
}

func (d *definition) prepare() error {
	if d.Pattern == nil {
		return nil
	}
	pattern := escapedUnit().ReplaceAllStringFunc(*d.Pattern, func(found string) string {
		if found == `\\` {
			return found
		}
		return `\x{` + found[2:] + `}`
	})
	var err error
	d.matcher, err = regexp.Compile(pattern)
	return err
}

// choicesShown returns choices as text, all quoted if any of them is empty or has a comma or white space.
func choicesShown(choices []jsontext.Value) []string {
	texts := make([]string, len(choices))
	areWords := true
	for index, one := range choices {
		texts[index] = plain(one)
		areWords = areWords && texts[index] != "" && !strings.ContainsFunc(texts[index], isSeparator)
	}
	if !areWords {
		for index, text := range texts {
			texts[index] = string(quoted(text))
		}
	}
	return texts
}

func isSeparator(character rune) bool { return character == ',' || unicode.IsSpace(character) }

// faults lists every constraint that a value of the right type breaks, as "must be at most 100".
// No message holds a value.
func (d *definition) faults(value jsontext.Value) []string {
	var found []string
	if d.Enum != nil && !d.isOneOf(value) {
		found = append(found, "must be one of "+strings.Join(choicesShown(d.Enum), ", "))
	}
	switch value.Kind() {
	case '0':
		for _, bound := range bounds(numberOf(value), d.Minimum, d.Maximum) {
			found = append(found, "must be "+bound)
		}
	case '"':
		if d.MinLength != nil || d.MaxLength != nil || d.Pattern != nil || d.Format != "" {
			found = append(found, d.textFaults(textOf(value))...)
		}
	case '[':
		if d.MinItems != nil || d.MaxItems != nil || d.Items != nil {
			found = append(found, d.listFaults(elements(value))...)
		}
	}
	return found
}

func (d *definition) isOneOf(value jsontext.Value) bool {
	for _, one := range d.Enum {
		if one.Kind() != value.Kind() {
			continue
		}
		if value.Kind() == '"' && textOf(one) == textOf(value) || value.Kind() == '0' && numberOf(one) == numberOf(value) {
			return true
		}
	}
	return false
}

// plain is a value as a message shows it: a text without quotes.
func plain(value jsontext.Value) string {
	switch value.Kind() {
	case '"':
		return textOf(value)
	case '0':
		return numberText(value)
	}
	return string(value)
}

func bounds(size float64, least, most *float64) (broken []string) {
	if least != nil && size < *least {
		broken = append(broken, "at least "+plainNumber(*least))
	}
	if most != nil && size > *most {
		broken = append(broken, "at most "+plainNumber(*most))
	}
	return broken
}

// counted completes a bound of a length: "at least 1" with "character", "at most 3" with "characters".
func counted(bound, what string) string {
	if !strings.HasSuffix(bound, " 1") {
		what += "s"
	}
	return "must have " + bound + " " + what
}

func (d *definition) textFaults(text string) (found []string) {
	length := utf8.RuneCountInString(text)
	for _, bound := range bounds(float64(length), d.MinLength, d.MaxLength) {
		found = append(found, counted(bound, "character"))
	}
	if d.matcher != nil {
		if length > longestMatched {
			if d.MaxLength == nil || *d.MaxLength >= float64(length) {
				found = append(found, fmt.Sprintf("must have at most %d characters", longestMatched))
			}
		} else if !d.matcher.MatchString(text) {
			found = append(found, "must match the pattern "+*d.Pattern)
		}
	}
	if known, ok := formats[d.Format]; ok && !known.isMet(text) {
		found = append(found, "must be "+known.rule)
	}
	return found
}

func (d *definition) listFaults(items []jsontext.Value) (found []string) {
	for _, bound := range bounds(float64(len(items)), d.MinItems, d.MaxItems) {
		found = append(found, counted(bound, "item"))
	}
	if d.Items == nil {
		return found
	}
	wrong := 0
	for index, item := range items {
		faults := []string{"must be of type " + d.Items.Type}
		if isType(item, d.Items.Type) {
			faults = d.Items.faults(item)
		}
		for _, fault := range faults {
			found = append(found, fmt.Sprintf("item %d %s", index+1, fault))
		}
		if len(faults) > 0 {
			wrong++
		}
		if wrong == mostItems {
			break
		}
	}
	return found
}
