package pluginruntime

import (
	"encoding/json/v2"
	"log/slog"
	"strings"
	"testing"
	"time"
)

// printedOf makes what collects lines for a log that knows a secret, and returns what joins the
// messages that it has logged.
func printedOf(t *testing.T, secret string) (*lines, func() []string) {
	t.Helper()
	e, said := endpointOf(nil, 1, time.Second)
	e.log.secrets.environment = secretsOf(nil, secret)
	one := &lines{unfinished: e.log.unfinished, log: func(line string) { e.log.relay(nil, levelInfo, "stdout", line, nil) }}
	return one, func() (messages []string) {
		for _, line := range said() {
			var found struct {
				Message string `json:"message"`
			}
			if err := json.Unmarshal([]byte(line), &found); err != nil {
				t.Fatal(err, line)
			}
			messages = append(messages, found.Message)
		}
		return messages
	}
}

func TestASecretIsFoundWhereverItsLineIsCut(t *testing.T) {
	const secret = "tókén-4711-0815"
	for cut := range len(secret) + 2 {
		one, said := printedOf(t, secret)
		before := strings.Repeat("x", longestLine+1-cut)
		whole := before + secret + "y\n"
		_, _ = one.Write([]byte(whole[:longestLine+1]))
		_, _ = one.Write([]byte(whole[longestLine+1:]))
		if messages := said(); strings.Join(messages, "") != before+replacement+"y" {
			t.Errorf("cut after %d bytes of it: %q", cut, strings.Trim(strings.Join(messages, "|"), "x"))
		}
	}
}

func TestASecretInSeveralWritesIsFound(t *testing.T) {
	const secret = "token-4711-0815"
	one, said := printedOf(t, secret)
	for _, character := range "a " + secret + " b\r\n" {
		_, _ = one.Write([]byte(string(character)))
	}
	if messages := said(); len(messages) != 1 || messages[0] != "a "+replacement+" b" {
		t.Error(messages)
	}
}

func TestALongSecretMayFillALine(t *testing.T) {
	secret := strings.Repeat("0123456789abcdef", 2*longestLine/16)
	one, said := printedOf(t, "token-4711-0815")
	one.unfinished = func(text []byte) int { return len(text) * min(1, len(secret)-min(len(secret), len(text))) }
	for at := 0; at < len(secret); at += 4096 {
		_, _ = one.Write([]byte(secret[at : at+4096]))
	}
	if messages := said(); len(messages) != 1 || messages[0] != secret {
		t.Error(len(messages))
	}
}

func TestWhateverIsPrintedBecomesLines(t *testing.T) {
	const longest = longestLine + 1
	for text, wanted := range map[string]string{
		"\x00\x1b[2J\x7f\n":                 "\x00\x1b[2J\x7f",
		"\xff\xfe broken \xe2\x82":          "\ufffd broken \ufffd",
		"\n\r\n\n":                          "",
		"a\rb\r\n":                          "a\rb",
		"\u2028\u202e\n":                    "\u2028\u202e",
		strings.Repeat("é", longest) + "\n": strings.Repeat("é", longest),
		strings.Repeat("x", longest):        strings.Repeat("x", longest),
		strings.Repeat("\xff", longest*3):   strings.Repeat("\ufffd", 1),
	} {
		one, said := printedOf(t, "token-4711-0815")
		_, _ = one.Write([]byte(text))
		one.end()
		if found := strings.Join(said(), "|"); found != wanted {
			t.Errorf("%.20q: %.200q", text, found)
		}
	}
}

func TestACharacterIsNotCut(t *testing.T) {
	one, said := printedOf(t, "token-4711-0815")
	whole := strings.Repeat("€😀é", longestLine/9*4)
	for at := 0; at < len(whole); at += 1000 {
		_, _ = one.Write([]byte(whole[at:min(len(whole), at+1000)]))
	}
	one.end()
	if messages := said(); len(messages) < 4 || strings.Join(messages, "") != whole {
		t.Error(len(messages))
	}
	for text, wanted := range map[string]int{"": 0, "a": 0, "é": 0, "a\xe2": 1, "a\xe2\x82": 2, "\xf0\x9f\x98": 3, "\x80\x80\x80\x80": 0, "\xff": 0} {
		if found := unfinishedCharacter([]byte(text)); found != wanted {
			t.Errorf("%q: %d", text, found)
		}
	}
}

func TestTheFieldsOfSlog(t *testing.T) {
	e, said := endpointOf(nil, 1, time.Second)
	logger := slog.New(&slogHandler{logger: e.log, printed: &printed{logger: e.log}}).With("a", 1).WithGroup("")
	logger.Info("one", slog.Group("", "b", 2), slog.Attr{}, slog.Group("g", "c", 3))
	logger.WithGroup("h").With("d", 4).Warn("two", slog.Group("g", "e", 5))
	text := strings.Join(said(), "")
	for _, wanted := range []string{`"version":"1.0.0","a":1,"b":2,"g.c":3}`, `"version":"1.0.0","a":1,"h.d":4,"h.g.e":5}`} {
		if !strings.Contains(text, wanted) {
			t.Error(text, "not", wanted)
		}
	}
	for level, wanted := range map[slog.Level]string{
		slog.LevelDebug: levelDebug, slog.LevelInfo - 1: levelDebug, slog.LevelInfo: levelInfo, slog.LevelWarn: levelWarning,
		slog.LevelError - 1: levelWarning, slog.LevelError: levelError, slog.LevelError + 4: levelError,
	} {
		if found := levelName(level); found != wanted {
			t.Error(level, found)
		}
	}
}
