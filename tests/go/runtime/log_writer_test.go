package pluginruntime

import (
	"bufio"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestWhatNobodyReadsIsDroppedAndTold(t *testing.T) {
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	var dropped atomic.Int64
	w := newLogWriter(writer, func() { dropped.Add(1) }, func(lost int) []byte { return fmt.Appendf(nil, "lost %d\n", lost) })
	line := []byte(strings.Repeat("x", 9999) + "\n")
	for range 200 {
		w.write(line, false)
	}
	if dropped.Load() < 50 || len(w.queue) > queueBytes {
		t.Fatal(dropped.Load(), len(w.queue))
	}
	started := time.Now()
	w.flush()
	if took := time.Since(started); took < flushTime || took > 10*time.Second {
		t.Error(took)
	}
	whole, told := 0, ""
	for lines := bufio.NewScanner(reader); told == "" && lines.Scan(); {
		switch text := lines.Text(); {
		case len(text) == 9999:
			whole++
		case strings.HasPrefix(text, "lost "):
			told = text
		default:
			t.Fatal("a line is cut: ", len(text))
		}
	}
	if told != fmt.Sprintf("lost %d", dropped.Load()) || whole+int(dropped.Load()) < 200 {
		t.Error(told, whole, dropped.Load())
	}
}

func TestWhatWasPrintedBeforeALineComesBeforeIt(t *testing.T) {
	e, said := endpointOf(nil, 1, time.Second)
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	raw, err := reader.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	// A pipe that nobody reads but who has to catch up.
	one := &pipe{raw: raw, lines: &lines{unfinished: e.log.unfinished, log: func(line string) { e.log.relay(nil, levelInfo, "stdout", line, nil) }}}
	p := &printed{logger: e.log, pipes: []*pipe{one}}
	fmt.Fprint(writer, "printed\nbegun")
	slog.New(&slogHandler{logger: e.log, printed: p}).With("a", 1).WithGroup("g").Debug("not logged")
	slog.New(&slogHandler{logger: e.log, printed: p}).With("a", 1).WithGroup("g").Info("logged", "b", time.Second)
	text := strings.Join(said(), "")
	if len(said()) != 2 || !strings.Contains(said()[0], `"message":"printed"`) || !strings.Contains(text, `"a":1,"g.b":"1s"`) {
		t.Fatal(text)
	}
	p.finish()
	if len(said()) != 2 {
		t.Error("nobody knows whose line it is")
	}
	id := &identity{traceID: "t", secrets: noSecrets}
	e.log.begin(id)
	p.finish()
	e.log.end(id)
	if len(said()) != 3 || !strings.Contains(said()[2], `"message":"begun"`) || !strings.Contains(said()[2], `"trace_id":"t"`) {
		t.Error(said())
	}
}

func TestALineForPeople(t *testing.T) {
	e, said := endpointOf(nil, 1, time.Second)
	e.log.readable = true
	e.log.say(levelWarning, "a message", field{"number", 5}, field{"exception", "at a\nat b\n"}, field{"odd", func() {}}, field{"level", "twice"})
	text := strings.Join(said(), "")
	if !strings.Contains(text, " WARNING  plugin: a message  number=5  odd=0x") || !strings.HasSuffix(text, "\nat a\nat b\n") || strings.Contains(text, "twice") {
		t.Error(text)
	}
	e.log.say(levelDebug, "below the level")
	if len(said()) != 1 {
		t.Error(said())
	}
}
