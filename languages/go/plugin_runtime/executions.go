package pluginruntime

import (
	"context"
	"errors"
	"sync"
	"time"
)

// errStopped is why an execution's context ends when the time to drain is over.
var errStopped = errors.New("the plugin is stopping")

// slots bounds the executions at once, each with a deadline.
//
// A goroutine cannot be killed. An execution past its deadline is still answered, but its
// slot stays taken until it really returns.
type slots struct {
	base  context.Context
	size  int
	limit time.Duration

	lock    sync.Mutex
	running map[*job]bool
	stuck   int

	processors processors
}

// job is a slot that is taken. What comes first, the end of its work (finish) or its deadline
// (giveUp), owns the answer.
type job struct {
	started  time.Time
	deadline time.Time
	ctx      context.Context // ends at the deadline

	slots  *slots
	turn   *turn
	stop   context.CancelCauseFunc
	cancel context.CancelFunc
	late   bool
	ended  bool
}

func newSlots(base context.Context, size int, limit time.Duration) *slots {
	return &slots{base: base, size: size, limit: limit, running: map[*job]bool{}}
}

// take takes a slot; nil if none is free.
func (s *slots) take() *job {
	s.lock.Lock()
	defer s.lock.Unlock()
	if len(s.running) >= s.size {
		return nil
	}
	now := time.Now()
	one := &job{started: now, deadline: now.Add(s.limit), slots: s}
	base, stop := context.WithCancelCause(s.base)
	one.stop = stop
	one.ctx, one.cancel = context.WithDeadline(base, one.deadline)
	one.turn = s.processors.begin()
	s.running[one] = true
	return one
}

// counts returns the slots that are taken, and those of them that are past their deadline.
func (s *slots) counts() (inFlight, stuck int) {
	s.lock.Lock()
	defer s.lock.Unlock()
	return len(s.running), s.stuck
}

// areStuckFor tells whether every slot has been past its deadline for so long.
func (s *slots) areStuckFor(atLeast time.Duration) bool {
	s.lock.Lock()
	defer s.lock.Unlock()
	if s.stuck < s.size {
		return false
	}
	for one := range s.running {
		if time.Since(one.deadline) < atLeast {
			return false
		}
	}
	return true
}

// expire lets the deadline of every job be now.
func (s *slots) expire() {
	s.lock.Lock()
	defer s.lock.Unlock()
	for one := range s.running {
		one.stop(errStopped)
	}
}

// finish frees the slot; false if the deadline has come first.
func (j *job) finish() bool {
	j.slots.lock.Lock()
	defer j.slots.lock.Unlock()
	if !j.ended {
		j.ended = true
		delete(j.slots.running, j)
		if j.late {
			j.slots.stuck--
		}
	}
	j.turn.end()
	j.cancel()
	j.stop(nil)
	return !j.late
}

// giveUp answers for work that has not ended; false if it has.
func (j *job) giveUp() bool {
	j.slots.lock.Lock()
	defer j.slots.lock.Unlock()
	if j.ended {
		return false
	}
	j.late = true
	j.slots.stuck++
	return true
}

// wasStopped tells whether the context ended because the plugin is stopping.
func (j *job) wasStopped() bool { return errors.Is(context.Cause(j.ctx), errStopped) }
