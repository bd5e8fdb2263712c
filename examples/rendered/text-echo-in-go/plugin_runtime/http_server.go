package pluginruntime

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"time"
)

const (
	copiedBytes = 65536                  // of an answer, up to which it is not counted
	mostFraming = 16*1024 + 4096         // bytes by which the lines of chunks may outweigh the data; 4096 are read ahead
	startTime   = 800 * time.Millisecond // for which a request waits for a start that is nearly done
)

type connectionKey struct{}

// server speaks HTTP: requests in, answers out.
type server struct {
	app         *app
	settings    settings
	budget      *budget
	connections *connections
	started     <-chan struct{} // closed when requests no longer need to wait for Setup
}

// http makes the server of net/http. Its limits in time are those of connections.
func (s *server) http() *http.Server {
	return &http.Server{
		Handler:        s,
		MaxHeaderBytes: int(s.settings.maxHeaderBytes),
		ConnContext: func(ctx context.Context, conn net.Conn) context.Context {
			return context.WithValue(ctx, connectionKey{}, conn)
		},
		ErrorLog:                     log.New(io.Discard, "", 0),
		DisableGeneralOptionsHandler: true,
	}
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	client, ok := r.Context().Value(connectionKey{}).(*connection)
	if !ok {
		panic(http.ErrAbortHandler)
	}
	defer client.enter(phaseIdle)
	if refused := client.refused.Load(); refused != nil && r.Method == refusedMethod {
		s.send(w, r, client, failure(refused.status, refused.text, ""), true)
		return
	}
	held := &share{budget: s.budget}
	arrived, refused := s.readBody(client, r, held)
	client.enter(phaseWorking)
	client.hold(0)
	if refused != nil {
		held.release()
		s.send(w, r, client, failure(refused.status, refused.text, ""), true)
		return
	}
	s.send(w, r, client, s.answer(r, arrived), false)
}

func (s *server) answer(r *http.Request, arrived *arrival) (made response) {
	defer func() {
		if what := recover(); what != nil { // an error of ours must not leave the client without an answer
			s.app.endpoint.log.say(levelError, fmt.Sprintf("no answer: %v", what), field{"exception", string(debug.Stack())})
			made = failure(500, "The answer could not be made; see the log.", "")
		}
	}()
	path := pathOf(r.RequestURI)
	if path != "/health/live" {
		<-s.started
	}
	if s.app.isExecution(r.Method, path) {
		arrived.header = r.Header
		return s.app.endpoint.execute(arrived)
	}
	arrived.held.release()
	return s.app.page(r.Method, path)
}

// pathOf is the path without its query, and with one slash in front.
func pathOf(target string) string {
	if rest, found := strings.CutPrefix(target, "http://"); found {
		target = rest[strings.IndexByte(rest, '/'):]
	}
	path, _, _ := strings.Cut(target, "?")
	return "/" + strings.TrimLeft(path, "/")
}

// readBody reads a body within its limits and within the memory budget.
func (s *server) readBody(client *connection, r *http.Request, held *share) (*arrival, *refusedRequest) {
	most := s.settings.maxBodyBytes
	tooLarge := &refusedRequest{413, fmt.Sprintf("The request's body is too large; PLUGIN_MAX_BODY_BYTES allows %d.", most)}
	if r.ContentLength > most {
		return nil, tooLarge
	}
	var cost decodingCost
	var pieces [][]byte
	length := int64(0)
	for isComplete := r.ContentLength == 0; !isComplete; {
		// Small at first: who only announces a large body shall not get memory for it.
		size := max(smallBytes, min(pieceBytes, length))
		if r.ContentLength > 0 {
			size = min(size, r.ContentLength-length+1) // one more, to see its end
		}
		if err := held.hold(length+size, 0); err != nil {
			return nil, refusalOf(err)
		}
		client.hold(held.size)
		piece := make([]byte, size)
		count := 0
		for count < len(piece) && !isComplete {
			more, err := r.Body.Read(piece[count:])
			count += more
			if client.framing(int64(more)) > mostFraming {
				return nil, badRequest("The chunks have more line overhead than data.")
			}
			if err == io.EOF {
				isComplete = true
			} else if err != nil {
				return nil, brokenBody(client, err)
			}
		}
		if length += int64(count); length > most {
			return nil, tooLarge
		}
		if err := cost.add(piece[:count]); err != nil {
			return nil, refusalOf(err)
		}
		pieces = append(pieces, piece[:count])
	}
	for name := range r.Trailer {
		if !isToken(name) || !isTrailer(name) {
			return nil, badRequest(wrongTrailer)
		}
	}
	return &arrival{body: joined(pieces, length), held: held, cost: cost.bytes}, nil
}

func joined(pieces [][]byte, length int64) []byte {
	if len(pieces) == 1 {
		return pieces[0]
	}
	whole := make([]byte, 0, length)
	for index, piece := range pieces {
		whole = append(whole, piece...)
		pieces[index] = nil
	}
	return whole
}

func refusalOf(err error) *refusedRequest {
	var full *noRoom
	if errors.As(err, &full) {
		return &refusedRequest{full.status, full.text}
	}
	return badRequest(err.Error())
}

// brokenBody is why a body could not be read; there is no answer for a client that went away.
func brokenBody(client *connection, err error) *refusedRequest {
	if refused := client.isGivenUp(); refused != nil {
		return refused
	}
	var network net.Error
	if errors.As(err, &network) || errors.Is(err, io.ErrUnexpectedEOF) {
		panic(http.ErrAbortHandler)
	}
	return badRequest("A chunk must begin with its size, a hexadecimal number, and end where it says.")
}

// send writes an answer. An early one comes before the end of its request, and ends the connection.
func (s *server) send(w http.ResponseWriter, r *http.Request, client *connection, made response, isEarly bool) {
	held := &share{budget: s.budget}
	if len(made.body) > copiedBytes {
		if held.hold(int64(len(made.body)), 0) != nil {
			made = failure(503, fmt.Sprintf("The answer has %d bytes; too little memory is free.", len(made.body)), "")
		}
	}
	defer held.release()
	client.enter(phaseAnswering)
	client.hold(held.size)
	defer client.hold(0)
	header := w.Header()
	header.Set("Content-Type", made.kind)
	header.Set("Content-Length", strconv.Itoa(len(made.body)))
	if made.allow != "" {
		header.Set("Allow", made.allow)
	}
	if made.status == 429 || made.status == 503 {
		header.Set("Retry-After", "1") // the server does not know when a slot becomes free
	}
	_, _, isStopping := s.app.endpoint.plugin.get()
	// What comes behind a chunked body is not looked at: only net/http knows where that ends.
	if isEarly || isStopping || len(r.TransferEncoding) > 0 {
		header.Set("Connection", "close")
	}
	w.WriteHeader(made.status)
	_, _ = w.Write(made.body) // a client that is gone has no answer, and HEAD has none but its header
	_ = http.NewResponseController(w).Flush()
	if isEarly {
		client.linger()
	}
}
