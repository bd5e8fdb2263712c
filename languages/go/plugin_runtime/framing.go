package pluginruntime

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

const (
	mostFields = 200
	mostDigits = 18 // of a Content-Length, so that it fits int64

	wrongTrailer = "What follows a chunked body must be headers that do not say how to read it."
)

// refusedRequest is a request that is refused before net/http sees it.
type refusedRequest struct {
	status int
	text   string
}

func badRequest(text string) *refusedRequest { return &refusedRequest{400, text} }

// head is what has to be known of a request to find its end.
type head struct {
	length    int64
	isChunked bool
}

// readHead checks the lines of a request up to its body.
//
// It is strict on purpose: net/http accepts some requests that two servers could read differently,
// and hides a Content-Length next to a chunked body.
func readHead(text []byte) (head, *refusedRequest) {
	lines := strings.Split(string(text), "\r\n")
	if len(lines) > mostFields+1 {
		return head{}, &refusedRequest{431, fmt.Sprintf("The request's header has more than %d lines.", mostFields)}
	}
	isOld, ok := readRequestLine(lines[0])
	if !ok {
		return head{}, badRequest("The request line must be like GET /health HTTP/1.1.")
	}
	once := map[string]string{}
	for _, one := range lines[1:] {
		name, value, found := strings.Cut(one, ":")
		if !found || !isToken(name) || !isValue(value) {
			return head{}, badRequest("A line of the header must be like Host: example.")
		}
		switch name = strings.ToLower(name); name {
		case "content-length", "transfer-encoding", "content-type", "host", "expect", "authorization", "proxy-authorization":
			if _, again := once[name]; again {
				return head{}, badRequest("The header " + name + " may come only once.")
			}
			once[name] = strings.Trim(value, " \t")
		case "trailer":
			once[name] += "," + value
		}
	}
	host, hasHost := once["host"]
	if !hasHost && !isOld {
		return head{}, badRequest("An HTTP/1.1 request needs a line such as Host: example.")
	}
	if !consistsOf(host, isHostOctet) {
		return head{}, badRequest("The header host must be a name, such as Host: example.")
	}
	if !isTrailer(once["trailer"]) {
		return head{}, badRequest(wrongTrailer)
	}
	if expected := once["expect"]; expected != "" && !strings.EqualFold(expected, "100-continue") {
		return head{}, &refusedRequest{417, "The only supported Expect is 100-continue."}
	}
	return bodyOf(once, isOld)
}

// isTrailer tells whether a header may come behind a chunked body: net/http would take a
// Content-Length there, too, which a second server may read otherwise.
func isTrailer(names string) bool {
	for name := range strings.SplitSeq(names, ",") {
		switch strings.ToLower(strings.Trim(name, " \t")) {
		case "content-length", "transfer-encoding", "trailer":
			return false
		}
	}
	return true
}

// bodyOf tells how the body ends.
func bodyOf(fields map[string]string, isOld bool) (head, *refusedRequest) {
	coding, hasCoding := fields["transfer-encoding"]
	length, hasLength := fields["content-length"]
	switch {
	case hasCoding && !strings.EqualFold(coding, "chunked"):
		return head{}, badRequest("The only supported Transfer-Encoding is chunked.")
	case hasCoding && (hasLength || isOld):
		return head{}, badRequest("Transfer-Encoding requires HTTP/1.1 and no Content-Length.")
	case hasCoding:
		return head{isChunked: true}, nil
	case hasLength && (length == "" || len(length) > mostDigits || !consistsOf(length, isDigit)):
		return head{}, badRequest("Content-Length must be a number of bytes, such as 120.")
	case hasLength:
		number, _ := strconv.ParseInt(length, 10, 64)
		return head{length: number}, nil
	}
	return head{}, nil
}

// readRequestLine checks a line such as "GET /health HTTP/1.1"; isOld means HTTP/1.0.
func readRequestLine(line string) (isOld, ok bool) {
	method, rest, _ := strings.Cut(line, " ")
	target, version, _ := strings.Cut(rest, " ")
	if version != "HTTP/1.0" && version != "HTTP/1.1" {
		return false, false
	}
	for word := range strings.SplitSeq(method, "-") {
		if word == "" || !consistsOf(word, isUpper) {
			return false, false
		}
	}
	return version == "HTTP/1.0", isTarget(target)
}

// isTarget accepts a path with its query, and the same behind http:// and a host.
func isTarget(target string) bool {
	if rest, found := strings.CutPrefix(target, "http://"); found {
		end := strings.IndexByte(rest, '/')
		if end < 1 || !consistsOf(rest[:end], isAuthorityOctet) {
			return false
		}
		target = rest[end:]
	}
	if !strings.HasPrefix(target, "/") {
		return false
	}
	for index := 0; index < len(target); index++ {
		switch octet := target[index]; {
		case octet <= ' ' || octet >= 0x7f:
			return false
		case octet == '%':
			if index+2 >= len(target) || !isHex(target[index+1]) || !isHex(target[index+2]) {
				return false
			}
			index += 2
		}
	}
	return true
}

func isToken(name string) bool { return name != "" && consistsOf(name, isTokenOctet) }

func isValue(value string) bool { return consistsOf(value, isValueOctet) }

// headEnd finds where the header ends; -1 if it has not arrived completely.
func headEnd(arrived []byte, most int64) (int, *refusedRequest) {
	end := bytes.Index(arrived[:min(int64(len(arrived)), most)], []byte("\r\n\r\n"))
	switch {
	case end >= 0:
		return end, nil
	case int64(len(arrived)) >= most:
		return -1, &refusedRequest{431, fmt.Sprintf("The request's header is too large; PLUGIN_MAX_HEADER_BYTES allows %d.", most)}
	case (arrived[0] < 'A' || arrived[0] > 'Z') && string(arrived) != "\r":
		return -1, badRequest("This is not HTTP: a request begins with its method.")
	case bytes.Count(arrived, []byte("\n")) > bytes.Count(arrived, []byte("\r\n")): // its end would never come
		return -1, badRequest("A line of a request must end with CR and LF.")
	}
	return -1, nil
}
