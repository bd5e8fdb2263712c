package pluginruntime

import (
	"runtime"
	"sync"
	"time"
)

const (
	longTime       = 50 * time.Millisecond // from which on an execution may be one that computes
	mostProcessors = 64                    // in addition to Go's default
)

// processors has Go use further threads while executions go on for long.
//
// Go runs as many goroutines at once as there are processors, and interrupts one that computes
// only after 10 ms. With further threads it is the kernel that shares the processors out, and it
// lets the goroutine that answers health go first. They cost throughput, so they come and go.
type processors struct {
	lock sync.Mutex
	long int // executions that go on for long
	more int // threads in addition to Go's default
}

// turn is what one execution has of the processors.
type turn struct {
	processors *processors
	timer      *time.Timer
	isLong     bool
	isOver     bool
}

func (p *processors) begin() *turn {
	one := &turn{processors: p}
	one.timer = time.AfterFunc(longTime, one.goesOn)
	return one
}

func (t *turn) goesOn() {
	t.processors.lock.Lock()
	defer t.processors.lock.Unlock()
	if t.isOver {
		return
	}
	t.isLong = true
	t.processors.long++
	t.processors.adjust()
}

func (t *turn) end() {
	t.timer.Stop()
	t.processors.lock.Lock()
	defer t.processors.lock.Unlock()
	t.isOver = true
	if t.isLong {
		t.processors.long--
		t.processors.adjust()
	}
}

// adjust is called with the lock held. Each change stops everything for some microseconds, so the
// number doubles as it grows, and stays until no execution goes on for long.
func (p *processors) adjust() {
	if p.long == 0 {
		p.more = 0
		runtime.SetDefaultGOMAXPROCS()
		return
	}
	more := max(2, p.more)
	for more < p.long && more < mostProcessors {
		more *= 2
	}
	if more != p.more {
		runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) - p.more + more)
		p.more = more
	}
}
