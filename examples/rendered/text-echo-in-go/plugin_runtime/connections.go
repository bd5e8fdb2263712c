package pluginruntime

import (
	"net"
	"sync"
	"syscall"
	"time"
)

const (
	roundTime   = time.Second            // between two looks at slow clients
	stalledTime = time.Second            // without a byte; then it makes room for others where memory is short
	newTime     = 500 * time.Millisecond // after which a request makes room where descriptors are short

	stalledText = "No data came for a second, and other requests need the memory; try again."
)

// connections is a listener that knows its clients: who is let in, and who is closed and when.
type connections struct {
	*net.TCPListener
	settings settings
	budget   *budget
	closed   chan struct{} // one of them has been closed

	lock  sync.Mutex
	open  map[*connection]bool
	asked chan struct{} // closed once everybody who has connected is let in; nil if nobody asks
}

func newConnections(listener *net.TCPListener, s settings, b *budget) *connections {
	return &connections{TCPListener: listener, settings: s, budget: b, closed: make(chan struct{}, 1), open: map[*connection]bool{}}
}

// Accept lets a client in, and makes room for it.
func (cs *connections) Accept() (net.Conn, error) {
	client, err := cs.acceptOrSay()
	if err != nil {
		cs.closeOldest(1, newTime) // perhaps out of file descriptors
		return nil, err
	}
	raw, err := client.(syscall.Conn).SyscallConn()
	if err != nil {
		return nil, err
	}
	cs.closeOldest(int(cs.settings.maxConnections), 0)
	now := time.Now()
	one := &connection{Conn: client, raw: raw, maxHeader: cs.settings.maxHeaderBytes, since: now, active: now, onClose: cs.forget}
	cs.lock.Lock()
	defer cs.lock.Unlock()
	cs.open[one] = true
	return one, nil
}

func (cs *connections) forget(one *connection) {
	cs.lock.Lock()
	defer cs.lock.Unlock()
	delete(cs.open, one)
	select {
	case cs.closed <- struct{}{}:
	default:
	}
}

func (cs *connections) all() []*connection {
	cs.lock.Lock()
	defer cs.lock.Unlock()
	found := make([]*connection, 0, len(cs.open))
	for one := range cs.open {
		found = append(found, one)
	}
	return found
}

// closeOldest closes the connection whose request, answer or silence is oldest, if it is that old
// and there are so many for which the plugin does not work.
func (cs *connections) closeOldest(most int, atLeast time.Duration) {
	cs.lock.Lock()
	isFew := len(cs.open) < most
	cs.lock.Unlock()
	if isFew {
		return
	}
	var oldest *connection
	var since time.Time
	idle := 0
	for _, one := range cs.all() {
		one.lock.Lock()
		its, isWorking := one.since, one.phase == phaseWorking
		one.lock.Unlock()
		if isWorking {
			continue
		}
		idle++
		if oldest == nil || its.Before(since) {
			oldest, since = one, its
		}
	}
	if idle >= most && time.Since(since) >= atLeast {
		_ = oldest.Close()
	}
}

// closeTheSlow closes who is idle, or sends or takes too slowly. While memory is short, it also
// drops what has made no progress for a second.
func (cs *connections) closeTheSlow() {
	isShort := cs.budget.isShort()
	for _, one := range cs.all() {
		one.lock.Lock()
		its, since, silent := one.phase, time.Since(one.since), time.Since(one.active)
		isStalled := isShort && silent > stalledTime && one.memory > smallBytes
		one.lock.Unlock()
		switch its {
		case phaseIdle:
			if since > seconds(cs.settings.idleSeconds) {
				_ = one.Close()
			}
		case phaseReceiving:
			if since > seconds(cs.settings.requestSeconds) {
				_ = one.Close()
			} else if isStalled {
				one.giveUp(429, stalledText)
			}
		case phaseAnswering:
			if since > seconds(cs.settings.answerSeconds) || isStalled {
				_ = one.Close()
			}
		}
	}
}
