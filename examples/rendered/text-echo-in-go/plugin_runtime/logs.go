package pluginruntime

import (
	"bytes"
	"encoding/json/jsontext"
	"encoding/json/v2"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// Levels of log lines, in addition to those of logLevels.
const (
	levelDebug    = "DEBUG"
	levelInfo     = "INFO"
	levelWarning  = "WARNING"
	levelError    = "ERROR"
	levelCritical = "CRITICAL"
)

const ownLogger = "plugin"

// identity is what the log knows of an execution.
type identity struct {
	traceID string
	secrets *secrets
}

// field is a further member of a log line.
type field struct {
	name  string
	value any
}

// logger makes log lines without secrets: one JSON object a line, or text for people.
type logger struct {
	manifest *manifest
	secrets  *requestSecrets
	metrics  *metrics
	readable bool
	sink     func(line []byte, mayWait bool)

	lock    sync.RWMutex
	least   int
	running map[*identity]bool
}

func newLogger(m *manifest, secrets *requestSecrets, counters *metrics, readable bool) *logger {
	return &logger{manifest: m, secrets: secrets, metrics: counters, readable: readable,
		sink: func([]byte, bool) {}, least: 1, running: map[*identity]bool{}}
}

func rank(level string) int {
	if at := slices.Index(logLevels, level); at >= 0 {
		return at
	}
	return len(logLevels)
}

func (l *logger) setLevel(level string) {
	l.lock.Lock()
	defer l.lock.Unlock()
	l.least = rank(level)
}

func (l *logger) isLogged(level string) bool {
	l.lock.RLock()
	defer l.lock.RUnlock()
	return rank(level) >= l.least
}

// begin and end say which executions run, so that what is printed meanwhile can be told apart.
func (l *logger) begin(id *identity) {
	l.lock.Lock()
	defer l.lock.Unlock()
	l.running[id] = true
}

func (l *logger) end(id *identity) {
	l.lock.Lock()
	defer l.lock.Unlock()
	delete(l.running, id)
}

// only is the trace id of the one execution that runs; empty if it is not the only one.
func (l *logger) only() string {
	l.lock.RLock()
	defer l.lock.RUnlock()
	if len(l.running) == 1 {
		for id := range l.running {
			return id.traceID
		}
	}
	return ""
}

// say writes a line of the server's own, outside executions.
func (l *logger) say(level, message string, more ...field) {
	if l.isLogged(level) {
		l.sink(l.line(level, ownLogger, message, "", nil, more), true)
	}
}

// tell writes a line of an execution; it never waits for room, because the answer comes after it.
func (l *logger) tell(id *identity, level, message string, more ...field) {
	if l.isLogged(level) {
		l.sink(l.line(level, ownLogger, message, id.traceID, id.secrets, more), false)
	}
}

// relay writes what the author's code logs or prints. Where id is nil, nobody knows who did.
func (l *logger) relay(id *identity, level, from, message string, more []field) {
	if !l.isLogged(level) {
		return
	}
	if id != nil {
		l.sink(l.line(level, from, message, id.traceID, id.secrets, more), true)
		return
	}
	l.sink(l.line(level, from, message, l.only(), nil, more), true)
}

// line makes a line without secrets: those of an execution, or else all that are known.
// Only the message and the values of more can hold one.
func (l *logger) line(level, from, message, traceID string, own *secrets, more []field) []byte {
	sets := []*secrets{own}
	if own == nil {
		sets = l.outside()
	}
	clean := func(value any) jsontext.Value {
		text := asJSON(value)
		for _, set := range sets {
			redacted, count := set.redact(text)
			text = redacted
			l.metrics.redactions.Add(int64(count))
		}
		return text
	}
	members := []member{
		{"time", quoted(time.Now().UTC().Format("2006-01-02T15:04:05.000Z"))},
		{"level", quoted(level)}, {"logger", quoted(from)}, {"message", clean(message)},
		{"plugin_id", quoted(l.manifest.ID)}, {"version", quoted(l.manifest.Version)},
	}
	if traceID != "" {
		members = append(members, member{"trace_id", quoted(traceID)})
	}
	for _, one := range more {
		isKnown := slices.ContainsFunc(members, func(m member) bool { return m.name == one.name })
		if !isKnown {
			members = append(members, member{one.name, clean(one.value)})
		}
	}
	if l.readable {
		return asText(members)
	}
	return append(objectOf(members), '\n')
}

// outside lists the secrets of the environment, and of executions that run or have run of late.
func (l *logger) outside() []*secrets {
	sets := l.secrets.outsideExecutions()
	l.lock.RLock()
	defer l.lock.RUnlock()
	for id := range l.running {
		if !slices.Contains(sets, id.secrets) {
			sets = append(sets, id.secrets)
		}
	}
	return sets
}

// unfinished is how many bytes at the end of a text may be the beginning of a secret.
func (l *logger) unfinished(text []byte) int {
	most := 0
	for _, set := range l.outside() {
		for _, one := range set.forms {
			for size := min(len(one.text)-1, len(text)); size > most; size-- {
				if string(text[len(text)-size:]) == one.text[:size] {
					most = size
				}
			}
		}
	}
	return most
}

// member is a member of a JSON object.
type member struct {
	name  string
	value jsontext.Value
}

func objectOf(members []member) jsontext.Value {
	var object bytes.Buffer
	writeObject(&object, members)
	return object.Bytes()
}

func writeObject(object *bytes.Buffer, members []member) {
	for index, one := range members {
		object.WriteByte("{,"[min(index, 1)])
		object.Write(quoted(one.name))
		object.WriteByte(':')
		object.Write(one.value)
	}
	if len(members) == 0 {
		object.WriteByte('{')
	}
	object.WriteByte('}')
}

// asJSON writes any value as JSON; what JSON cannot carry, as the text that fmt makes of it.
func asJSON(value any) jsontext.Value {
	switch value := value.(type) {
	case string:
		return quoted(value)
	case error:
		return quoted(value.Error())
	case time.Duration:
		return quoted(value.String())
	case []byte:
		return quoted(string(value))
	}
	text, err := json.Marshal(value, json.Deterministic(true))
	if err != nil {
		return quoted(fmt.Sprintf("%+v", value))
	}
	return text
}

// asText is a line for people: time of day, level, logger, message; then whatever else it has.
func asText(members []member) []byte {
	at := func(name string) string {
		for _, one := range members {
			if one.name == name {
				return plain(one.value)
			}
		}
		return ""
	}
	var line bytes.Buffer
	fmt.Fprintf(&line, "%s %-8s %s: %s", at("time")[11:23], at("level"), at("logger"), at("message"))
	for _, one := range members {
		switch one.name {
		case "time", "level", "logger", "message", "plugin_id", "version", "exception":
		default:
			fmt.Fprintf(&line, "  %s=%s", one.name, plain(one.value))
		}
	}
	if exception := at("exception"); exception != "" {
		line.WriteString("\n" + strings.TrimRight(exception, "\n"))
	}
	line.WriteByte('\n')
	return line.Bytes()
}
