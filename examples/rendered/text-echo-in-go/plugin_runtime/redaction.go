package pluginruntime

import (
	"bytes"
	"encoding/json/jsontext"
	"iter"
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	replacement = "[redacted]"
	// Bounds of one set of secrets, so that a request cannot make its own redaction, or memory, dear.
	mostValues     = 1024
	longestValue   = 32 * 1024 // characters
	mostForms      = 256
	mostCharacters = 256 * 1024
)

// form is one form of a secret, as a text and as it stands inside a JSON string.
type form struct {
	text   string
	inJSON []byte
}

// secrets is a set of secret texts, in every form in which they can show up.
type secrets struct {
	forms      []form           // the longest first, so that a secret that contains another goes as a whole
	numbers    map[float64]bool // long ones
	characters int
	isComplete bool // false if there were more than the bounds allow; the rest is not redacted
}

var noSecrets = newSecrets(nil, nil, true)

func newSecrets(texts []string, numbers map[float64]bool, isComplete bool) *secrets {
	texts = slices.Clone(texts)
	slices.SortFunc(texts, func(one, other string) int {
		if difference := len(other) - len(one); difference != 0 {
			return difference
		}
		return strings.Compare(one, other)
	})
	found := &secrets{numbers: numbers, isComplete: isComplete}
	for _, text := range slices.Compact(texts) {
		found.forms = append(found.forms, form{text, []byte(inJSON(text))})
		found.characters += len(text)
	}
	return found
}

// secretsOf collects the secrets that all texts and numbers of JSON values are, and further texts
// as they are.
func secretsOf(values []jsontext.Value, further ...string) *secrets {
	isComplete := true
	numbers := map[float64]bool{}
	var scalars []string
	for _, value := range values {
		for scalar := range scalarsIn(value) {
			if len(scalars) == mostValues {
				isComplete = false
				break
			}
			if text := plain(scalar); scalar.Kind() == '0' {
				scalars = append(scalars, text)
				if len(text) >= shortestSecret {
					numbers[numberOf(scalar)] = true
				}
			} else {
				scalars = append(scalars, text)
			}
		}
	}
	known := map[string]bool{}
	characters := 0
	for text := range formsOfAll(further, scalars, &isComplete) {
		if known[text] {
			continue
		}
		characters += utf8.RuneCountInString(text)
		if len(known) == mostForms || characters > mostCharacters {
			isComplete = false
			break
		}
		known[text] = true
	}
	texts := make([]string, 0, len(known))
	for text := range known {
		texts = append(texts, text)
	}
	return newSecrets(texts, numbers, isComplete)
}

func formsOfAll(further, scalars []string, isComplete *bool) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, text := range further {
			if !yield(text) {
				return
			}
		}
		for _, scalar := range scalars {
			if utf8.RuneCountInString(scalar) > longestValue {
				*isComplete = false
				continue
			}
			for text := range formsOf(scalar) {
				if !yield(text) {
					return
				}
			}
		}
	}
}

// scalarsIn yields every text and number in a JSON value; a key is a name, not a secret.
func scalarsIn(value jsontext.Value) iter.Seq[jsontext.Value] {
	return func(yield func(jsontext.Value) bool) {
		decoder := jsontext.NewDecoder(bytes.NewBuffer(value), jsontext.AllowDuplicateNames(true))
		for {
			kind := decoder.PeekKind()
			if kind != '"' && kind != '0' {
				if _, err := decoder.ReadToken(); err != nil {
					return
				}
				continue
			}
			scalar, err := next(decoder, value)
			if err != nil {
				return
			}
			if !isKey(decoder) && !yield(scalar) {
				return
			}
		}
	}
}

// isKey tells whether what a decoder has just read is the key of an object.
func isKey(decoder *jsontext.Decoder) bool {
	kind, count := decoder.StackIndex(decoder.StackDepth())
	return kind == '{' && count%2 == 1
}

// with joins two sets.
func (s *secrets) with(other *secrets) *secrets {
	if len(other.forms) == 0 && len(other.numbers) == 0 && other.isComplete {
		return s
	}
	if len(s.forms) == 0 && len(s.numbers) == 0 && s.isComplete {
		return other
	}
	var texts []string
	numbers := map[float64]bool{}
	for _, set := range []*secrets{s, other} {
		for _, one := range set.forms {
			texts = append(texts, one.text)
		}
		for number := range set.numbers {
			numbers[number] = true
		}
	}
	return newSecrets(texts, numbers, s.isComplete && other.isComplete)
}

// isIn tells whether one of them occurs in a JSON text; quick, for most have none.
func (s *secrets) isIn(json []byte) bool {
	for _, one := range s.forms {
		if bytes.Contains(json, one.inJSON) {
			return true
		}
	}
	return false
}

// redactText returns a text without secrets, and how many places were replaced.
func (s *secrets) redactText(text string) (string, int) {
	count := 0
	for _, one := range s.forms {
		if places := strings.Count(text, one.text); places > 0 {
			count += places
			text = strings.ReplaceAll(text, one.text, replacement)
		}
	}
	return text, count
}

// redact returns a JSON text without secrets, and how many places were replaced.
//
// Keys are names and stay. A number is replaced if it is the whole of a secret number.
func (s *secrets) redact(value jsontext.Value) (jsontext.Value, int) {
	if len(s.numbers) == 0 && !s.isIn(value) {
		return value, 0
	}
	count := 0
	decoder := jsontext.NewDecoder(bytes.NewBuffer(value), jsontext.AllowDuplicateNames(true))
	var written bytes.Buffer
	encoder := jsontext.NewEncoder(&written, jsontext.AllowDuplicateNames(true))
	for {
		token, err := decoder.ReadToken()
		if err != nil {
			break // its end
		}
		switch kind := token.Kind(); {
		case kind == '"' && !isKey(decoder):
			text, places := s.redactText(token.String())
			count += places
			token = jsontext.String(text)
		case kind == '0' && len(s.numbers) > 0 && s.numbers[numberOf(jsontext.Value(token.String()))]:
			count++
			token = jsontext.String(replacement)
		}
		if encoder.WriteToken(token) != nil {
			return value, 0
		}
	}
	return bytes.TrimSpace(written.Bytes()), count
}
