package pluginruntime

import (
	"bytes"
	"encoding/json/jsontext"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

const longestName = 40 // characters of a key that a message shows

// badJSON says in one sentence why a body is refused. It quotes nothing of the body that could be
// a secret.
type badJSON string

func (e badJSON) Error() string { return string(e) }

var byteOrderMark = []byte("\ufeff")

// parse checks a JSON text and returns it without a byte order mark and surrounding space.
//
// Refused, besides malformed JSON: a key that occurs twice, numbers that no float64 can hold, lone
// surrogates, nesting deeper than maxDepth.
func parse(text []byte, maxDepth int) (jsontext.Value, error) {
	text = bytes.TrimPrefix(text, byteOrderMark)
	if !utf8.Valid(text) {
		return nil, badJSON("The body is not valid UTF-8.")
	}
	depth, tooLarge := survey(text)
	if depth > maxDepth {
		return nil, badJSON(fmt.Sprintf("The JSON is nested deeper than %d levels.", maxDepth))
	}
	decoder := jsontext.NewDecoder(bytes.NewBuffer(text))
	value, err := decoder.ReadValue()
	if err == nil {
		end := decoder.InputOffset()
		value = text[end-int64(len(value)) : end]
		if _, err = decoder.ReadToken(); err == io.EOF {
			err = nil
		} else if err == nil {
			err = &jsontext.SyntacticError{ByteOffset: end}
		}
	}
	if err != nil {
		return nil, explainSyntax(text, err)
	}
	if tooLarge {
		return nil, badJSON("The JSON contains a number that is too large.")
	}
	return value, nil
}

func explainSyntax(text []byte, err error) badJSON {
	var syntactic *jsontext.SyntacticError
	if errors.As(err, &syntactic) {
		if errors.Is(err, jsontext.ErrDuplicateName) {
			key := syntactic.JSONPointer.LastToken()
			shown := fmt.Sprintf("of %d characters", utf8.RuneCountInString(key))
			if isIdentifier(key) {
				shown = "'" + key + "'"
			}
			return badJSON(fmt.Sprintf("The JSON has the key %s twice in one object.", shown))
		}
		if syntactic.Err != nil && strings.Contains(syntactic.Err.Error(), "surrogate") {
			return "The JSON contains half of a surrogate pair, not a character."
		}
	}
	line, column := placeOf(text, err)
	return badJSON(fmt.Sprintf("The body is not valid JSON at line %d column %d.", line, column))
}

// placeOf tells where in a text an error is; at its end if the error does not say.
func placeOf(text []byte, err error) (line, column int) {
	before := text
	var syntactic *jsontext.SyntacticError
	if errors.As(err, &syntactic) {
		before = text[:min(syntactic.ByteOffset, int64(len(text)))]
	}
	return bytes.Count(before, []byte("\n")) + 1, utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:]) + 1
}

// isIdentifier tells whether a key looks like a name, which a message may show.
func isIdentifier(key string) bool {
	if key == "" || utf8.RuneCountInString(key) > longestName {
		return false
	}
	for index, character := range key {
		if character != '_' && !unicode.IsLetter(character) && (index == 0 || !unicode.IsNumber(character)) {
			return false
		}
	}
	return true
}

// survey tells how deep a text nests, and whether a number in it is too large; right for valid JSON.
func survey(text []byte) (deepest int, tooLarge bool) {
	depth := 0
	for at := 0; at < len(text); at++ {
		switch octet := text[at]; {
		case octet == '"':
			at = endOfString(text, at)
		case octet == '[' || octet == '{':
			depth++
			deepest = max(deepest, depth)
		case octet == ']' || octet == '}':
			depth--
		case octet >= '0' && octet <= '9':
			start := at
			for at+1 < len(text) && isPartOfNumber(text[at+1]) {
				at++
			}
			tooLarge = tooLarge || isTooLarge(text[start:at+1])
		}
	}
	return deepest, tooLarge
}

func isPartOfNumber(octet byte) bool {
	return octet >= '0' && octet <= '9' || octet == '.' || octet|0x20 == 'e' || octet == '+' || octet == '-'
}

func isTooLarge(number []byte) bool {
	if len(number) < 300 && bytes.IndexByte(number, 'e') < 0 && bytes.IndexByte(number, 'E') < 0 {
		return false
	}
	_, err := strconv.ParseFloat(string(number), 64)
	return errors.Is(err, strconv.ErrRange)
}

// endOfString tells where the string ends that begins at start.
func endOfString(text []byte, start int) int {
	for at := start + 1; at < len(text); at++ {
		switch text[at] {
		case '"':
			return at
		case '\\':
			at++
		}
	}
	return len(text)
}

// members splits an object that parse has accepted. The values are parts of the text.
func members(object jsontext.Value) map[string]jsontext.Value {
	found := map[string]jsontext.Value{}
	decoder := jsontext.NewDecoder(bytes.NewBuffer(object), jsontext.AllowDuplicateNames(true))
	if token, err := decoder.ReadToken(); err != nil || token.Kind() != '{' {
		return found
	}
	for decoder.PeekKind() == '"' {
		name, err := decoder.ReadToken()
		if err != nil {
			break
		}
		key := name.String()
		value, err := next(decoder, object)
		if err != nil {
			break
		}
		found[key] = value
	}
	return found
}

// elements splits an array that parse has accepted.
func elements(array jsontext.Value) []jsontext.Value {
	found := []jsontext.Value{}
	decoder := jsontext.NewDecoder(bytes.NewBuffer(array), jsontext.AllowDuplicateNames(true))
	if token, err := decoder.ReadToken(); err != nil || token.Kind() != '[' {
		return found
	}
	for kind := decoder.PeekKind(); kind != ']' && kind != 0; kind = decoder.PeekKind() {
		value, err := next(decoder, array)
		if err != nil {
			break
		}
		found = append(found, value)
	}
	return found
}

// next reads a value as a part of the text, which stays valid, unlike what ReadValue returns.
func next(decoder *jsontext.Decoder, text jsontext.Value) (jsontext.Value, error) {
	value, err := decoder.ReadValue()
	end := decoder.InputOffset()
	return text[end-int64(len(value)) : end], err
}

// textOf is the text that a JSON string stands for.
func textOf(value jsontext.Value) string {
	text, err := jsontext.AppendUnquote(nil, value)
	if err != nil {
		return ""
	}
	return string(text)
}

// quoted is a text as a JSON string.
func quoted(text string) jsontext.Value {
	value, err := jsontext.AppendQuote(nil, text)
	if err != nil { // not UTF-8: invalid characters are replaced
		value, _ = jsontext.AppendQuote(nil, strings.ToValidUTF8(text, "\ufffd"))
	}
	return value
}
