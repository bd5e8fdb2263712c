package pluginruntime

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// phase is what a connection is waiting for.
type phase int

const (
	phaseIdle      phase = iota // a request
	phaseReceiving              // the rest of a request
	phaseWorking                // the plugin
	phaseAnswering              // the client, which has to take its answer
	phaseLingering              // the client, which still sends what nobody needs
)

const (
	// refusedMethod is the method of the request that net/http sees in place of a refused one, so
	// that it is answered in its turn.
	refusedMethod  = "REFUSED"
	refusedInPlace = refusedMethod + " / HTTP/1.1\r\nHost: refused\r\nConnection: close\r\n\r\n"

	pieceBytes   = 65536
	readAtOnce   = 512
	lingerTime   = 2 * time.Second // how long a client may go on sending after an early answer
	readWholeEnd = -1              // bytes that are left of a chunked body: nobody knows
)

// connection is one client. It hands net/http only requests that every server reads the same way,
// and knows since when which side is waited for.
type connection struct {
	net.Conn
	raw       syscall.RawConn // of Conn
	maxHeader int64
	onClose   func(*connection)

	// Of the one goroutine that reads.
	arrived []byte // what has arrived and belongs to no request yet
	ready   []byte // of a header, to be read by net/http
	left    int64  // bytes of a body that have not been read
	ended   bool   // nothing further is read
	chunked int64  // bytes that were read of a chunked body, its lines included
	excess  int64  // bytes by which the lines of the chunks outweigh the data
	refused atomic.Pointer[refusedRequest]

	lock    sync.Mutex
	phase   phase
	since   time.Time // when the phase began
	active  time.Time // when the client last sent or took something
	gaveUp  *refusedRequest
	hasMore bool // what follows the request that is in work has begun to arrive
	memory  int64
	closed  sync.Once
}

func (c *connection) Read(target []byte) (int, error) {
	for {
		switch {
		case len(c.ready) > 0:
			count := copy(target, c.ready)
			c.ready = c.ready[count:]
			return count, nil
		case c.left != 0:
			return c.readBody(target)
		case c.ended:
			return 0, io.EOF
		}
		if !c.takeHead() {
			if err := c.readMore(target); err != nil {
				return 0, err
			}
		}
	}
}

func (c *connection) readBody(target []byte) (count int, err error) {
	if c.left > 0 {
		target = target[:min(int64(len(target)), c.left)]
	}
	if len(c.arrived) > 0 {
		count = copy(target, c.arrived)
		c.arrived = c.arrived[count:]
	} else {
		count, err = c.Conn.Read(target)
		c.touch()
	}
	if c.left > 0 {
		c.left -= int64(count)
	} else {
		c.chunked += int64(count)
	}
	return count, err
}

// framing returns by how many bytes the lines of the chunks outweigh the data, of which so much
// more has come. net/http counts only what is longer in a line than its chunk's size.
func (c *connection) framing(data int64) int64 {
	if c.left == readWholeEnd {
		c.excess = max(0, c.excess+c.chunked-2*data)
		c.chunked = 0
	}
	return c.excess
}

// readMore reads a part of a header; target is used as a buffer.
func (c *connection) readMore(target []byte) error {
	if len(target) < readAtOnce { // net/http watches for the end of the connection with one byte
		target = make([]byte, readAtOnce)
	}
	count, err := c.receive(target)
	if count > 0 {
		if len(c.arrived) == 0 {
			c.arrived = nil
		}
		c.arrived = append(c.arrived, target[:count]...)
		return nil
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		if refused := c.isGivenUp(); refused != nil {
			c.refuse(refused)
			return nil
		}
	}
	return err
}

// receive reads, and begins a request, in one step: who has the lock never finds that something has
// left the socket and no request has begun.
func (c *connection) receive(target []byte) (count int, err error) {
	ended := c.raw.Read(func(descriptor uintptr) bool {
		c.lock.Lock()
		defer c.lock.Unlock()
		for count, err = syscall.Read(int(descriptor), target); err == syscall.EINTR; {
			count, err = syscall.Read(int(descriptor), target)
		}
		if count > 0 {
			c.begin()
		}
		return err != syscall.EAGAIN
	})
	switch {
	case ended != nil:
		return 0, ended
	case err != nil:
		return 0, &net.OpError{Op: "read", Err: err}
	case count == 0:
		return 0, io.EOF
	}
	return count, nil
}

// takeHead makes the header that has arrived ready, or a request in its place that is refused;
// false if more has to arrive.
func (c *connection) takeHead() bool {
	for bytes.HasPrefix(c.arrived, []byte("\r\n")) { // RFC 9112, 2.2: empty lines in front are ignored
		if c.arrived = c.arrived[2:]; len(c.arrived) == 0 {
			c.takeBack()
		}
	}
	if len(c.arrived) == 0 {
		return false
	}
	end, refused := headEnd(c.arrived, c.maxHeader)
	if refused == nil && end < 0 {
		return false
	}
	if refused == nil {
		var found head
		if found, refused = readHead(c.arrived[:end]); refused == nil {
			c.ready, c.arrived = c.arrived[:end+4], c.arrived[end+4:]
			c.left = found.length
			if found.isChunked {
				c.left = readWholeEnd
			} else if c.left < int64(len(c.arrived)) && len(bytes.TrimLeft(c.arrived[c.left:], "\r\n")) > 0 {
				c.lock.Lock()
				c.begin() // the next request has come along
				c.lock.Unlock()
			}
			return true
		}
	}
	c.refuse(refused)
	return true
}

func (c *connection) refuse(refused *refusedRequest) {
	c.refused.Store(refused)
	c.ready, c.arrived, c.ended = []byte(refusedInPlace), nil, true
}

// Write writes in pieces, so that it is known when the client last took something.
func (c *connection) Write(data []byte) (written int, err error) {
	for len(data) > 0 && err == nil {
		var count int
		count, err = c.Conn.Write(data[:min(len(data), pieceBytes)])
		c.touch()
		written += count
		data = data[count:]
	}
	return written, err
}

func (c *connection) Close() error {
	c.closed.Do(func() { c.onClose(c) })
	return c.Conn.Close()
}

func (c *connection) touch() {
	c.lock.Lock()
	defer c.lock.Unlock()
	c.active = time.Now()
}

// begin notes that a part of a request has arrived; c.lock is held.
func (c *connection) begin() {
	c.active = time.Now()
	if c.phase == phaseIdle {
		c.phase, c.since = phaseReceiving, c.active
	} else {
		c.hasMore = true
	}
}

// takeBack notes that what has begun was only an empty line.
func (c *connection) takeBack() {
	c.lock.Lock()
	defer c.lock.Unlock()
	c.hasMore = false
	if c.phase == phaseReceiving {
		c.phase, c.since = phaseIdle, c.active
	}
}

// enter begins a phase. What follows the request in work may have begun to arrive meanwhile.
func (c *connection) enter(next phase) {
	c.lock.Lock()
	defer c.lock.Unlock()
	c.since = time.Now()
	if next == phaseIdle && c.hasMore {
		next = phaseReceiving
		c.hasMore = false
	}
	c.phase = next
	c.active = c.since
}

// hold says how much of the memory budget the connection holds at the moment.
func (c *connection) hold(size int64) {
	c.lock.Lock()
	defer c.lock.Unlock()
	c.memory = size
}

// giveUp refuses the request that is being received: its reader finds out.
func (c *connection) giveUp(status int, text string) {
	c.lock.Lock()
	isReceiving := c.phase == phaseReceiving && c.gaveUp == nil
	if isReceiving {
		c.gaveUp = &refusedRequest{status, text}
	}
	c.lock.Unlock()
	if isReceiving {
		_ = c.Conn.SetReadDeadline(time.Now())
	}
}

func (c *connection) isGivenUp() *refusedRequest {
	c.lock.Lock()
	defer c.lock.Unlock()
	return c.gaveUp
}

// linger lets the client see the end of its answer, and skips what it still sends: closing at once
// would show it a reset.
func (c *connection) linger() {
	c.enter(phaseLingering)
	if tcp, ok := c.Conn.(*net.TCPConn); ok {
		_ = tcp.CloseWrite()
	}
	_ = c.Conn.SetReadDeadline(time.Now().Add(lingerTime))
	_, _ = io.Copy(io.Discard, c.Conn)
}
