package pluginruntime

import (
	"net"
	"os"
	"syscall"
	"time"
)

const (
	lateTime = 500 * time.Millisecond // after SIGTERM; later connections get no answer
	lastTime = 500 * time.Millisecond // for answers that are written after the time to drain is over
	slowTime = 2 * time.Second        // after SIGTERM, for clients to take their answers
	pollTime = 10 * time.Millisecond  // between two looks at what only time changes
)

// drain ends the server: until every answer is out, or time is up. A second signal ends it at once.
func (s *server) drain(signals <-chan os.Signal) int {
	e := s.app.endpoint
	e.plugin.stop()
	e.log.say(levelInfo, "stopping")
	stopped := time.Now()
	until := stopped.Add(seconds(s.settings.drainSeconds))
	for _, end := range []time.Time{until, until.Add(lastTime)} {
		for time.Now().Before(end) && s.connections.haveWork(stopped) {
			select {
			case number := <-signals:
				return 128 + int(number.(syscall.Signal))
			case <-s.connections.closed:
			case <-time.After(pollTime):
			}
		}
		e.slots.expire() // answer clients that still wait, and allow a moment to write that
	}
	e.log.say(levelInfo, "stopped")
	return 0
}

// haveWork tells whether anything is left to answer. What arrived before it was called counts,
// whether or not a goroutine has seen it yet.
func (cs *connections) haveWork(stopped time.Time) bool {
	cs.refuseTheUnfinished()
	if time.Since(stopped) > lateTime {
		_ = cs.TCPListener.Close()
	}
	return cs.areNeeded(stopped) || !cs.haveLetIn() || cs.areNeeded(stopped)
}

// refuseTheUnfinished tells clients that are still sending a request that it will not be executed.
func (cs *connections) refuseTheUnfinished() {
	for _, one := range cs.all() {
		one.giveUp(503, "The plugin is stopping.")
	}
}

// areNeeded tells whether any request is in work, or a client has time left to take its answer.
func (cs *connections) areNeeded(stopped time.Time) bool {
	for _, one := range cs.all() {
		one.lock.Lock()
		its, since, hasNews := one.phase, one.since, one.phase == phaseIdle && one.hasNews()
		one.lock.Unlock()
		if since.Before(stopped) {
			since = stopped
		}
		switch its {
		case phaseReceiving, phaseWorking:
			return true
		case phaseAnswering, phaseLingering:
			if time.Since(since) < slowTime {
				return true
			}
		}
		if hasNews {
			return true
		}
	}
	return false
}

// haveLetIn tells whether everybody who has connected so far is among the open connections. It asks
// the goroutine that lets them in, which alone knows of one that it has just accepted.
func (cs *connections) haveLetIn() bool {
	cs.lock.Lock()
	if cs.asked == nil {
		cs.asked = make(chan struct{})
	}
	answer := cs.asked
	cs.lock.Unlock()
	if cs.SetDeadline(time.Unix(1, 0)) != nil {
		return true // it is closed
	}
	select {
	case <-answer:
		return true
	case <-time.After(pollTime):
		return false
	}
}

// acceptOrSay accepts a client. Asked by haveLetIn, which has let a deadline pass, it says when
// nobody waits any more.
func (cs *connections) acceptOrSay() (net.Conn, error) {
	for {
		client, err := cs.TCPListener.Accept()
		if network, ok := err.(net.Error); !ok || !network.Timeout() {
			return client, err
		}
		if client = cs.acceptNow(); client != nil {
			return client, nil // the deadline stays: it looks again next time
		}
		_ = cs.SetDeadline(time.Time{})
		cs.lock.Lock()
		if cs.asked != nil {
			close(cs.asked)
			cs.asked = nil
		}
		cs.lock.Unlock()
	}
}

// acceptNow accepts a client that has connected; nil if none has. Go's Accept does not even look
// once a deadline is over.
func (cs *connections) acceptNow() net.Conn {
	raw, err := cs.SyscallConn()
	if err != nil {
		return nil
	}
	var descriptor int
	var failed error
	err = raw.Control(func(listener uintptr) {
		syscall.ForkLock.RLock()
		defer syscall.ForkLock.RUnlock()
		if descriptor, _, failed = syscall.Accept(int(listener)); failed == nil {
			syscall.CloseOnExec(descriptor)
		}
	})
	if err != nil || failed != nil {
		return nil
	}
	file := os.NewFile(uintptr(descriptor), "client")
	defer file.Close()
	client, err := net.FileConn(file)
	if err != nil {
		return nil
	}
	return client
}

// hasNews tells whether something has arrived that has not been read yet.
func (c *connection) hasNews() bool {
	count := 0
	_ = c.raw.Control(func(descriptor uintptr) {
		count, _, _ = syscall.Recvfrom(int(descriptor), make([]byte, 1), syscall.MSG_PEEK)
	})
	return count > 0
}
