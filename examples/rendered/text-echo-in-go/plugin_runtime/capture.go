package pluginruntime

import (
	"bytes"
	"context"
	"log"
	"log/slog"
	"os"
	"strings"
	"sync"
	"syscall"
	"unicode/utf8"
)

const longestLine = 65536 // bytes; what has no line end by then is logged as it is

// capture turns what the author's code logs and prints into log lines: slog, log, and whatever is
// written to os.Stdout and os.Stderr. The descriptors 1 and 2 stay what they are, so that the last
// words of a process that crashes are seen.
func capture(l *logger) *printed {
	p := &printed{logger: l}
	p.replace(&os.Stdout, levelInfo, "stdout")
	p.replace(&os.Stderr, levelWarning, "stderr")
	slog.SetDefault(slog.New(&slogHandler{logger: l, printed: p}))
	// After SetDefault, which would send log to slog, with its own time.
	log.SetFlags(0)
	log.SetOutput(&lines{unfinished: l.unfinished, log: func(line string) {
		p.catchUp()
		l.relay(nil, levelInfo, "log", line, nil)
	}})
	return p
}

// lines collects what is written, and logs each line.
type lines struct {
	log        func(line string)
	unfinished func(text []byte) int // bytes at its end that may be the beginning of a secret
	lock       sync.Mutex
	rest       []byte
}

func (l *lines) Write(text []byte) (int, error) {
	l.lock.Lock()
	defer l.lock.Unlock()
	l.rest = append(l.rest, text...)
	for {
		line, rest, found := bytes.Cut(l.rest, []byte("\n"))
		if !found {
			break
		}
		l.write(line)
		l.rest = rest
	}
	if len(l.rest) > longestLine {
		end := len(l.rest) - max(l.unfinished(l.rest), unfinishedCharacter(l.rest))
		l.write(l.rest[:end])
		l.rest = bytes.Clone(l.rest[end:])
	}
	return len(text), nil
}

// unfinishedCharacter is how many bytes at the end of a text are the beginning of a character.
func unfinishedCharacter(text []byte) int {
	for size := 1; size < utf8.UTFMax && size <= len(text); size++ {
		if end := text[len(text)-size:]; utf8.RuneStart(end[0]) {
			if utf8.FullRune(end) {
				return 0
			}
			return size
		}
	}
	return 0
}

func (l *lines) write(line []byte) {
	if text := strings.TrimRight(string(line), "\r"); text != "" {
		l.log(strings.ToValidUTF8(text, "\ufffd"))
	}
}

// end logs what was written without a line end.
func (l *lines) end() {
	l.lock.Lock()
	defer l.lock.Unlock()
	l.write(l.rest)
	l.rest = nil
}

// printed reads what is written to os.Stdout and os.Stderr, each of them a pipe.
type printed struct {
	logger    *logger
	pipes     []*pipe
	originals []*os.File // kept: Go closes a file that nobody references, and its number 1 or 2 goes to a client
}

type pipe struct {
	raw    syscall.RawConn
	lines  *lines
	lock   sync.Mutex
	buffer [4096]byte
}

func (p *printed) replace(stream **os.File, level, name string) {
	reader, writer, err := os.Pipe()
	if err != nil {
		p.logger.say(levelWarning, "what is printed to "+name+" is not logged: "+err.Error())
		return
	}
	raw, err := reader.SyscallConn()
	if err != nil {
		return
	}
	one := &pipe{raw: raw, lines: &lines{unfinished: p.logger.unfinished, log: func(line string) { p.logger.relay(nil, level, name, line, nil) }}}
	p.originals = append(p.originals, *stream)
	*stream = writer
	p.pipes = append(p.pipes, one)
	go func() {
		defer reader.Close()
		for raw.Read(one.take) == nil {
		}
	}()
}

// take logs what is in the pipe; false if nothing is, so that its caller waits for more.
func (p *pipe) take(descriptor uintptr) bool {
	p.lock.Lock()
	defer p.lock.Unlock()
	found := false
	for {
		count, err := syscall.Read(int(descriptor), p.buffer[:])
		if err != nil || count <= 0 {
			return found || err != nil && err != syscall.EAGAIN
		}
		found = true
		_, _ = p.lines.Write(p.buffer[:count])
	}
}

// catchUp logs what has been printed so far, so that lines stay in their order.
func (p *printed) catchUp() {
	for _, one := range p.pipes {
		_ = one.raw.Control(func(descriptor uintptr) { one.take(descriptor) })
	}
}

// finish logs what an execution that ends has printed, before the next one can be taken for its
// author. Text without a line end is only ended where no other execution may go on with it.
func (p *printed) finish() {
	p.catchUp()
	if p.logger.only() == "" {
		return
	}
	for _, one := range p.pipes {
		one.lines.end()
	}
}

// slogHandler logs what slog is given, with the trace id of the context.
type slogHandler struct {
	logger  *logger
	printed *printed
	group   []string
	fields  []field
}

func (h *slogHandler) Enabled(_ context.Context, level slog.Level) bool {
	return h.logger.isLogged(levelName(level))
}

func levelName(level slog.Level) string {
	switch {
	case level < slog.LevelInfo:
		return levelDebug
	case level < slog.LevelWarn:
		return levelInfo
	case level < slog.LevelError:
		return levelWarning
	}
	return levelError
}

func (h *slogHandler) Handle(ctx context.Context, record slog.Record) error {
	fields := append([]field(nil), h.fields...)
	record.Attrs(func(attribute slog.Attr) bool {
		fields = append(fields, h.flat(attribute)...)
		return true
	})
	h.printed.catchUp()
	h.logger.relay(identityOf(ctx), levelName(record.Level), "slog", record.Message, fields)
	return nil
}

func (h *slogHandler) WithAttrs(attributes []slog.Attr) slog.Handler {
	other := *h
	other.fields = append([]field(nil), h.fields...)
	for _, attribute := range attributes {
		other.fields = append(other.fields, h.flat(attribute)...)
	}
	return &other
}

func (h *slogHandler) WithGroup(name string) slog.Handler {
	other := *h
	if name != "" {
		other.group = append(append([]string(nil), h.group...), name)
	}
	return &other
}

// flat makes fields of an attribute; one of a group is named group.name.
func (h *slogHandler) flat(attribute slog.Attr) []field {
	value := attribute.Value.Resolve()
	if value.Kind() == slog.KindGroup {
		inner := *h
		if attribute.Key != "" {
			inner.group = append(append([]string(nil), h.group...), attribute.Key)
		}
		var found []field
		for _, one := range value.Group() {
			found = append(found, inner.flat(one)...)
		}
		return found
	}
	if attribute.Equal(slog.Attr{}) {
		return nil
	}
	return []field{{strings.Join(append(append([]string(nil), h.group...), attribute.Key), "."), value.Any()}}
}
