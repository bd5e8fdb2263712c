package pluginruntime

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json/jsontext"
	"encoding/json/v2"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

const (
	traceIDLength = 200         // characters; a longer one would only bloat every log line
	tinyBytes     = 1024        // of a body whose cost the number of connections bounds
	patienceTime  = time.Second // for which a complete request waits for the memory to decode it
)

var (
	mediaType = lazily(`(?i)^application/[\w.-]+\+json$`)
	charset   = lazily(`(?i)charset\s*=\s*"?([^";\s]*)`)
	showable  = lazily(`(?i)^[a-z/.+-]{1,40}$`)
	// https://www.w3.org/TR/trace-context/: version, trace id, parent id, flags.
	traceParent = lazily(`^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$`)
)

// lazily compiles a regular expression when it is first used: all of them together would take
// longer than the rest of the start.
func lazily(expression string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}

// arrival is a request to the endpoint that has arrived completely.
type arrival struct {
	body   []byte
	header http.Header
	held   *share
	cost   int64 // estimated bytes that it takes to decode the body
}

// read returns the JSON of Execute's inputs, and what its context knows. It fills in id.
func (e *endpoint) read(arrived *arrival, id *identity) (jsontext.Value, *Call, *refusal) {
	body, header := arrived.body, arrived.header
	arrived.body = nil // so that a large body is not kept while the plugin works
	invalid := func(status int, text string, errors ...string) *refusal {
		return &refusal{status: status, outcome: outcomeInvalid, text: text, errors: errors}
	}
	if wrong := wrongContentType(header); wrong != "" {
		return nil, nil, invalid(415, wrong)
	}
	if len(body) > tinyBytes {
		var full *noRoom
		if errors.As(arrived.held.hold(arrived.cost, patienceTime), &full) {
			refused := invalid(full.status, full.text)
			if full.status == 429 {
				refused.outcome = outcomeBusy
			}
			return nil, nil, refused
		}
	}
	document, err := parse(body, int(e.settings.maxJSONDepth))
	if err != nil {
		return nil, nil, invalid(400, err.Error())
	}
	parts := members(document)
	if parts["inputs"].Kind() != '{' {
		return nil, nil, invalid(400, `The body must be an object with an object "inputs", such as {"inputs": {}}.`)
	}
	sent := parts["context"]
	if sent != nil && sent.Kind() != '{' && sent.Kind() != 'n' {
		return nil, nil, invalid(400, fmt.Sprintf(`"context" must be an object, not %s.`, typeName(sent)))
	}
	given, fields := members(parts["inputs"]), members(sent)
	if traceID := said(fields["trace_id"]); traceID != "" {
		id.traceID = traceID
	}
	own := e.secrets.ofInputs(given, sent)
	id.secrets = id.secrets.with(own)
	if !own.isComplete {
		e.log.tell(id, levelWarning, "some secrets of this request are not redacted: too many, or too long")
	}
	stepID, _ := unwrap(given["stepId"], "any")
	found := readInputs(e.manifest.InputDefinitions, given, e.settings.strictInputs == 1, int(e.settings.maxJSONDepth))
	if found.problems != nil {
		return nil, nil, invalid(422, strings.Join(found.problems, " "), found.problems...)
	}
	args := map[string]map[string]any{}
	for name, value := range found.args {
		args[name] = decodedLater(members(value))()
	}
	return found.values, &Call{
		TraceID: id.traceID, StepID: said(stepID), PluginID: e.manifest.ID, Version: e.manifest.Version,
		TraceParent: all(header, "Traceparent"), Args: args, identity: id,
		hostInputs: decodedLater(found.undeclared), context: decodedLater(fields),
	}, nil
}

// said is the text of a value that should be one; empty for what says nothing.
func said(value jsontext.Value) string {
	switch value.Kind() {
	case '"', '0', 't':
		text := plain(value)
		if utf8.RuneCountInString(text) > traceIDLength {
			text = string([]rune(text)[:traceIDLength])
		}
		return text
	}
	return ""
}

// decodeInputs fills in the author's struct. That fails only where its types are not the manifest's.
func decodeInputs(inputs jsontext.Value, target any) error {
	if err := json.Unmarshal(inputs, target); err != nil {
		return failed("The inputs do not fit the type Inputs of the plugin: " + oneLine(err.Error()))
	}
	return nil
}

// traceOf is the trace id of the traceparent header, or a new one.
func traceOf(header http.Header) string {
	sent := all(header, "Traceparent")
	if sent != "" && !strings.HasPrefix(sent, "ff") {
		if found := traceParent().FindStringSubmatch(sent); found != nil {
			return found[1]
		}
	}
	var random [16]byte
	_, _ = rand.Read(random[:])
	return hex.EncodeToString(random[:])
}

func wrongContentType(header http.Header) string {
	kind := header.Get("Content-Type")
	media, _, hasParameters := strings.Cut(kind, ";")
	media = strings.TrimSpace(media)
	if media != "" && !strings.EqualFold(media, jsonType) && !mediaType().MatchString(media) {
		return fmt.Sprintf("Content-Type must be application/json, not %s.", shown(media))
	}
	if hasParameters {
		found := charset().FindStringSubmatch(kind)
		if found != nil && !strings.EqualFold(found[1], "utf-8") && !strings.EqualFold(found[1], "utf8") {
			return fmt.Sprintf("The charset must be utf-8, not %s.", shown(found[1]))
		}
	}
	encoding := strings.ToLower(all(header, "Content-Encoding"))
	if encoding != "" && encoding != "identity" {
		return fmt.Sprintf("Content-Encoding %s is not supported; send the body as it is.", shown(encoding))
	}
	return ""
}

// all is the value of a header that came more than once as if it had come in one line.
func all(header http.Header, name string) string { return strings.Join(header.Values(name), ", ") }

// shown is the value of a header, unless it could be a secret that got there by mistake.
func shown(value string) string {
	if showable().MatchString(value) {
		return "'" + value + "'"
	}
	return "this value"
}
