package pluginruntime

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

func TestWhatTwoServersCouldReadDifferentlyIsRefused(t *testing.T) {
	for _, text := range []string{
		"GET /health HTTP/1.1\r\nHost: a", "GET /a?b=%20 HTTP/1.0", "POST http://a:80/x HTTP/1.1\r\nHost: a\r\ncontent-length: 12",
		"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked", "GET / HTTP/1.1\r\nHost: \r\nX: \xff", "M-SEARCH /* HTTP/1.1\r\nhost: [::1]:80",
	} {
		if _, refused := readHead([]byte(text)); refused != nil {
			t.Errorf("%q: %v", text, refused)
		}
	}
	for text, wanted := range map[string]string{
		"GET /health HTTP/2.0\r\nHost: a":      "The request line",
		"GET  /health HTTP/1.1\r\nHost: a":     "The request line",
		"GET health HTTP/1.1\r\nHost: a":       "The request line",
		"GET /%zz HTTP/1.1\r\nHost: a":         "The request line",
		"get / HTTP/1.1\r\nHost: a":            "The request line",
		"GET / HTTP/1.1":                       "needs a line such as Host",
		"GET / HTTP/1.1\r\nHost: a\r\nHost: a": "host may come only once",
		"GET / HTTP/1.1\r\nHost: a b":          "The header host",
		"GET / HTTP/1.1\r\nHost : a":           "A line of the header",
		"GET / HTTP/1.1\r\nHost: a\r\n folded": "A line of the header",
		"GET / HTTP/1.1\r\nHost: a\r\nX: \x00": "A line of the header",
		"GET / HTTP/1.1\r\nHost: a\nX: b":      "A line of the header",
		"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked": "no Content-Length",
		"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1":          "only once",
		"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1":                              "a number of bytes",
		"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1":                            "a number of bytes",
		"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked":                "The only supported Transfer-Encoding",
		"POST / HTTP/1.0\r\nTransfer-Encoding: chunked":                                 "requires HTTP/1.1",
		"POST / HTTP/1.1\r\nHost: a" + strings.Repeat("\r\na: b", 201):                  "has more than 200 lines",
	} {
		if _, refused := readHead([]byte(text)); refused == nil || !strings.Contains(refused.text, wanted) {
			t.Errorf("%q: %v, not %q", text, refused, wanted)
		}
	}
}

func TestTheEndOfAHeaderIsFound(t *testing.T) {
	for text, wanted := range map[string]string{
		"GET / HTTP/1.1\r\n\r\nmore":    "14 <nil>",
		"GET / HTTP/1.1\r\n":            "-1 <nil>",
		"G":                             "-1 <nil>",
		"\x16\x03\x01":                  "-1 &{400 This is not HTTP: a request begins with its method.}",
		"GET / HTTP/1.1\n\n":            "-1 &{400 A line of a request must end with CR and LF.}",
		strings.Repeat("GET /aaaa", 12): "-1 &{431 The request's header is too large; PLUGIN_MAX_HEADER_BYTES allows 100.}",
	} {
		end, refused := headEnd([]byte(text), 100)
		if found := fmt.Sprint(end, " ", refused); found != wanted {
			t.Errorf("%q: %s", text, found)
		}
	}
}

var requestLine = regexp.MustCompile(`^[A-Z]+(?:-[A-Z]+)* (?:http://[\w.:-]+)?/(?:[!-$&-~]|%[0-9A-Fa-f]{2})* HTTP/1\.[01]$`)

func TestARequestLineIsReadAsTheGrammarSays(t *testing.T) {
	accepted := 0
	try := func(line string) {
		isOld, ok := readRequestLine(line)
		if ok != requestLine.MatchString(line) || ok && isOld != strings.HasSuffix(line, "0") {
			t.Errorf("%q: %v, %v", line, isOld, ok)
		}
		if ok {
			accepted++
		}
	}
	for _, line := range []string{"GET / HTTP/1.1", "M-SEARCH /a?b=%2f HTTP/1.0", "POST http://a.b-c:80/x HTTP/1.1", "GET http:/// HTTP/1.1", "GET http://a HTTP/1.1"} {
		try(line)
		for at := range len(line) + 1 {
			for octet := range 256 {
				put := string([]byte{byte(octet)})
				try(line[:at] + put + line[at:])
				try(line[:at] + put + line[min(at+1, len(line)):])
			}
			try(line[:at] + line[min(at+1, len(line)):])
			try(line[:at])
		}
	}
	if accepted < 1000 {
		t.Error("too few lines are accepted:", accepted)
	}
}

func TestTheClassesOfOctetsAreThoseOfTheGrammar(t *testing.T) {
	for class, isIn := range map[string]func(byte) bool{
		`[-!#$%&'*+.^_|~0-9A-Za-z\x60]`: isTokenOctet, `[!$%&'()*+,\-.:;=\[\]_~0-9A-Za-z]`: isHostOctet, `[\w.:-]`: isAuthorityOctet,
		`[\w.~-]`: isUnreserved, `[0-9A-Fa-f]`: isHex, `[0-9]`: isDigit, `[A-Z]`: isUpper, `[^\x00-\x08\x0a-\x1f\x7f]`: isValueOctet,
	} {
		expression := regexp.MustCompile("^" + class + "$")
		for octet := range 256 {
			if isIn(byte(octet)) != expression.Match([]byte{byte(octet)}) {
				t.Errorf("%#x and %s", octet, class)
			}
		}
	}
}
