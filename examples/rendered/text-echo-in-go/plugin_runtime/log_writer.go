package pluginruntime

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"syscall"
	"time"
)

const (
	queueBytes = 1 << 20                // lines that wait for a reader
	waitTime   = 200 * time.Millisecond // of a print, where the queue is full
	flushTime  = 300 * time.Millisecond // at the end of the process
)

// logWriter writes log lines to standard output without ever depending on who reads it.
//
// A line is written at once if standard output takes it, so it is out before the process can crash.
// Otherwise it waits in a bounded queue; lines that do not fit are dropped and counted.
type logWriter struct {
	file     *os.File
	direct   syscall.RawConn // of file, if it never blocks
	onDrop   func()
	lossLine func(lost int) []byte

	lock    sync.Mutex
	changed *sync.Cond
	queue   []byte
	lost    int  // lines that no line has told of yet
	stalled bool // a print has waited in vain
}

func newLogWriter(standard *os.File, onDrop func(), lossLine func(lost int) []byte) *logWriter {
	w := &logWriter{file: standard, onDrop: onDrop, lossLine: lossLine}
	w.changed = sync.NewCond(&w.lock)
	if own := unblocked(standard); own != nil {
		w.file = own
		w.direct, _ = own.SyscallConn()
	}
	go w.drain()
	return w
}

// unblocked opens standard output once more, so that it never blocks; nil where that cannot be.
//
// The flag O_NONBLOCK belongs to the open file, which child processes and other containers may
// share. A regular file never blocks, and a second opening of it would write at an offset of its
// own, over other lines.
func unblocked(standard *os.File) *os.File {
	information, err := standard.Stat()
	if err != nil || information.Mode().IsRegular() {
		return standard
	}
	own, err := os.OpenFile(fmt.Sprintf("/proc/self/fd/%d", standard.Fd()), os.O_WRONLY|syscall.O_NONBLOCK|syscall.O_NOCTTY, 0)
	if err != nil {
		return nil
	}
	return own
}

// write writes, queues or drops a line. Where mayWait is set, it waits a moment for room: a reader
// that is slow, but reads, then loses nothing.
func (w *logWriter) write(line []byte, mayWait bool) {
	w.lock.Lock()
	defer w.lock.Unlock()
	if mayWait && !w.stalled && len(w.queue)+len(line) > queueBytes && len(w.queue) > 0 {
		w.stalled = !w.waitUntil(waitTime, func() bool { return len(w.queue)+len(line) <= queueBytes/2 })
	}
	switch {
	case len(w.queue) == 0:
		w.queue = append(w.queue, line[w.try(line):]...)
	case len(w.queue)+len(line) > queueBytes:
		w.lost++
		w.onDrop()
		return
	default:
		w.queue = append(w.queue, line...)
	}
	if len(w.queue) > 0 {
		w.changed.Broadcast()
	}
}

// try writes what standard output takes at once; w.lock is held.
func (w *logWriter) try(line []byte) (written int) {
	if w.direct == nil {
		return 0
	}
	err := w.direct.Write(func(descriptor uintptr) bool {
		var failed error
		written, failed = syscall.Write(int(descriptor), line)
		switch {
		case failed == syscall.EAGAIN || failed == syscall.EINTR:
			written = 0
		case failed != nil: // its reader is gone, or the disk is full
			w.onDrop()
			written = len(line)
		}
		return true
	})
	if err != nil {
		return 0
	}
	return written
}

// drain writes what waits, for ever.
func (w *logWriter) drain() {
	w.lock.Lock()
	defer w.lock.Unlock()
	for {
		for len(w.queue) == 0 {
			w.changed.Wait()
		}
		piece := w.queue[:min(len(w.queue), 4096)]
		w.lock.Unlock()
		written, err := w.file.Write(piece)
		w.lock.Lock()
		if errors.Is(err, syscall.EAGAIN) {
			time.Sleep(10 * time.Millisecond) // a file that nothing can wait for
		} else if err != nil {
			w.onDrop()
			written = len(piece)
		}
		if w.queue = w.queue[written:]; len(w.queue) == 0 {
			w.queue = nil
		}
		w.stalled = false
		if w.lost > 0 && len(w.queue) < queueBytes/2 {
			w.queue = append(w.queue, w.lossLine(w.lost)...)
			w.lost = 0
		}
		w.changed.Broadcast()
	}
}

// waitUntil waits for a condition, at most so long; w.lock is held.
func (w *logWriter) waitUntil(longest time.Duration, isMet func() bool) bool {
	until := time.Now().Add(longest)
	defer time.AfterFunc(longest, w.changed.Broadcast).Stop()
	for !isMet() {
		if !time.Now().Before(until) {
			return false
		}
		w.changed.Wait()
	}
	return true
}

// flush waits a moment until everything is written.
func (w *logWriter) flush() {
	w.lock.Lock()
	defer w.lock.Unlock()
	w.waitUntil(flushTime, func() bool { return len(w.queue) == 0 })
}
