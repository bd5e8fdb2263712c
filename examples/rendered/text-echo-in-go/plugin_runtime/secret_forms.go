package pluginruntime

import (
	"encoding/base64"
	"fmt"
	"iter"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

const shortestSecret = 8 // characters; below that an ordinary word or a port would be mangled

var (
	urlPassword   = lazily(`://([^\s/?#:@]*):([^\s/?#]+)@`)
	namedPassword = lazily(`(?i)(?:^|[^a-z])(?:password|passwd|pwd)=([^\s;&]+)`)
	passwordNames = []string{"PASSWORD=", "PASSWD=", "PWD="}
)

// formsOf yields a secret as it is, in JSON, as %q shows it, in a URL and in base64.
func formsOf(secret string) iter.Seq[string] {
	return func(yield func(string) bool) {
		text := strings.TrimSpace(secret)
		scheme, token, _ := strings.Cut(text, " ")
		token = strings.TrimSpace(token)
		isHeader := token != "" && (strings.EqualFold(scheme, "bearer") || strings.EqualFold(scheme, "basic") || strings.EqualFold(scheme, "token"))
		forms := []iter.Seq[string]{encodings(text), passwordsIn(text)}
		if isHeader {
			forms[0] = encodings(token)
			if strings.EqualFold(scheme, "basic") {
				if decoded, err := base64.StdEncoding.DecodeString(token); err == nil {
					forms = append(forms, ofCredentials(string(decoded)))
				}
			}
		}
		// Printed text is logged line by line.
		if strings.ContainsAny(text, "\r\n") {
			for _, line := range strings.FieldsFunc(text, func(r rune) bool { return r == '\r' || r == '\n' }) {
				forms = append(forms, quotations(strings.TrimSpace(line)))
			}
		}
		for _, some := range forms {
			for form := range some {
				if !yield(form) {
					return
				}
			}
		}
	}
}

// partsOfHeader lists the values of a header field: each line, and each of its values where it has
// several.
func partsOfHeader(name string, lines []string) []string {
	found := []string{strings.Join(lines, ", ")}
	for _, line := range lines {
		for _, part := range strings.FieldsFunc(line, func(r rune) bool { return r == ',' || r == ';' }) {
			found = append(found, part)
			if strings.Contains(strings.ToLower(name), "cookie") {
				_, value, _ := strings.Cut(part, "=")
				found = append(found, value)
			}
		}
	}
	return found
}

// passwordsIn yields the forms of passwords inside of URLs and of connection strings such as
// "password=...;".
func passwordsIn(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		var forms []iter.Seq[string]
		if strings.Contains(text, "://") && strings.Contains(text, "@") {
			for _, found := range urlPassword().FindAllStringSubmatch(text, -1) {
				forms = append(forms, ofCredentials(found[1]+":"+found[2]))
				if plain, err := url.PathUnescape(found[2]); err == nil && plain != found[2] {
					forms = append(forms, encodings(plain))
				}
			}
		}
		if containsAny(strings.ToUpper(text), passwordNames) {
			for _, found := range namedPassword().FindAllStringSubmatch(text, -1) {
				forms = append(forms, encodings(found[1]))
			}
		}
		for _, some := range forms {
			for form := range some {
				if !yield(form) {
					return
				}
			}
		}
	}
}

// ofCredentials yields the forms of "user:password"; as a whole too, because the password alone
// may be too short.
func ofCredentials(credentials string) iter.Seq[string] {
	return func(yield func(string) bool) {
		_, password, ok := strings.Cut(credentials, ":")
		if !ok {
			return
		}
		for form := range encodings(password) {
			if !yield(form) {
				return
			}
		}
		for form := range quotations(credentials) {
			if !yield(form) {
				return
			}
		}
	}
}

func encodings(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		if utf8.RuneCountInString(text) < shortestSecret {
			return
		}
		forms := base64Forms(text)
		if !consistsOf(text, isUnreserved) {
			forms = append(urlForms(text), forms...)
		}
		for form := range quotations(text) {
			if !yield(form) {
				return
			}
		}
		for _, form := range forms {
			if !yield(form) {
				return
			}
		}
	}
}

// quotations yields a text as it is, in JSON as Go and others write it, and as %q shows it.
func quotations(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		if utf8.RuneCountInString(text) < shortestSecret || !yield(text) || consistsOf(text, isUnreserved) {
			return
		}
		json := inJSON(text)
		html := strings.NewReplacer("&", `\u0026`, "<", `\u003c`, ">", `\u003e`).Replace(json)
		for _, form := range []string{json, html, asciiOnly(json), unquote(strconv.Quote(text))} {
			if !yield(form) {
				return
			}
		}
	}
}

// inJSON is a text as it stands between the quotes of a JSON string.
func inJSON(text string) string { return unquote(string(quoted(text))) }

func unquote(text string) string { return text[1 : len(text)-1] }

// asciiOnly escapes what is not ASCII, as Python's json does.
func asciiOnly(json string) string {
	var found strings.Builder
	for _, character := range json {
		if character < 0x7f {
			found.WriteRune(character)
			continue
		}
		for _, unit := range utf16.Encode([]rune{character}) {
			fmt.Fprintf(&found, `\u%04x`, unit)
		}
	}
	return found.String()
}

func urlForms(text string) []string {
	var found []string
	for _, format := range []string{"%%%02X", "%%%02x"} {
		var whole strings.Builder
		for index := range len(text) {
			if isUnreserved(text[index]) {
				whole.WriteByte(text[index])
			} else {
				fmt.Fprintf(&whole, format, text[index])
			}
		}
		form := whole.String()
		slash := fmt.Sprintf(format, '/')
		found = append(found, form, strings.ReplaceAll(form, slash, "/"), strings.ReplaceAll(form, "%20", "+"))
	}
	return found
}

// base64Forms lists what base64 makes of a secret, wherever it begins in the text that is encoded.
//
// Three octets become four characters, so there are three ways to begin. Characters that also
// depend on what is before or behind are left out.
func base64Forms(text string) []string {
	var found []string
	for before, skipped := range []int{0, 2, 3} {
		whole := (before + len(text)) * 8 / 6
		form := base64.StdEncoding.EncodeToString(append(make([]byte, before), text...))[skipped:whole]
		found = append(found, form)
		if strings.ContainsAny(form, "+/") {
			found = append(found, strings.NewReplacer("+", "-", "/", "_").Replace(form))
		}
	}
	return found
}
