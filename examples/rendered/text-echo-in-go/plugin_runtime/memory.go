package pluginruntime

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	mebibyte     = 1 << 20
	unknownLimit = 256 * mebibyte // neither the manifest nor a cgroup names a limit
	processBytes = 16 * mebibyte  // what is left to the process at least
	smallBytes   = 4096           // what is smaller is not counted but bounded by the number of connections
	shortTime    = 3 * time.Second
)

var cgroupLimits = []string{
	"/sys/fs/cgroup/memory.max",                   // version 2
	"/sys/fs/cgroup/memory/memory.limit_in_bytes", // version 1
}

// noRoom is a request or answer that does not fit: the status, 413 or 429, and a sentence.
type noRoom struct {
	status int
	text   string
}

func (e *noRoom) Error() string { return e.text }

// budget is the memory that all requests and answers together may take.
//
// It counts requests on their way, the cost of decoding them, the decoded inputs while their
// execution runs, and answers that are not taken yet. What the plugin itself allocates is not
// counted; a quarter of the memory is left for that.
type budget struct {
	limit int64

	lock      sync.Mutex
	changed   *sync.Cond
	hasWaiter bool // a request waits for memory
	size      int64
	used      int64
	refused   time.Time
}

func newBudget(limit int64) *budget {
	b := &budget{limit: limit, size: shareOf(limit, processBytes)}
	b.changed = sync.NewCond(&b.lock)
	return b
}

// measure leaves out what the process takes by now; called once the plugin is ready.
func (b *budget) measure() {
	b.lock.Lock()
	defer b.lock.Unlock()
	b.size = shareOf(b.limit, residentBytes())
}

// isShort tells whether something did not fit a moment ago.
func (b *budget) isShort() bool {
	b.lock.Lock()
	defer b.lock.Unlock()
	return time.Since(b.refused) < shortTime
}

// megabytesFor is the MiB of memory of the whole process with which size bytes fit, in steps of 64.
func (b *budget) megabytesFor(size int64) int64 {
	b.lock.Lock()
	defer b.lock.Unlock()
	const step = 64 * mebibyte
	lacking := size*8/7 - b.size // an eighth is for small requests
	return (b.limit + lacking*4/3 + step - 1) / step * 64
}

// change takes bytes, or gives them back if negative; false if fewer than spare would be left.
//
// Only one at a time waits up to patience for them. The next one gets false at once, which frees
// what its request holds: if all waited, each for what the others hold, none would get on.
func (b *budget) change(difference, spare int64, patience time.Duration) bool {
	b.lock.Lock()
	defer b.lock.Unlock()
	if difference <= 0 {
		b.used += difference
		b.changed.Broadcast()
		return true
	}
	if b.take(difference, spare) {
		return true
	}
	if patience == 0 || b.hasWaiter {
		return false
	}
	b.hasWaiter = true
	defer func() { b.hasWaiter = false }()
	until := time.Now().Add(patience)
	defer time.AfterFunc(patience, b.changed.Broadcast).Stop()
	for !b.take(difference, spare) {
		if !time.Now().Before(until) {
			return false
		}
		b.changed.Wait()
	}
	return true
}

func (b *budget) take(difference, spare int64) bool {
	if b.used+difference+spare > b.size {
		b.refused = time.Now()
		return false
	}
	b.used += difference
	return true
}

// share is what one request, or one answer, has of the budget.
type share struct {
	budget *budget
	size   int64
}

// hold takes this many bytes from now on, in place of what was held; on error nothing has changed.
func (s *share) hold(wanted int64, patience time.Duration) error {
	size := wanted
	if size <= smallBytes {
		size = 0
	}
	if size == s.size {
		return nil
	}
	s.budget.lock.Lock()
	whole := s.budget.size
	s.budget.lock.Unlock()
	// The last eighth is for small requests, so that large ones do not keep them out.
	spare := int64(0)
	if size > whole/64 {
		spare = whole / 8
	}
	if size > s.size && size+spare > whole {
		needed := (size + mebibyte - 1) / mebibyte
		return &noRoom{413, fmt.Sprintf("This needs about %d MiB of memory, more than is available. "+
			`Raise container.resources.memory in manifest.json: "memory": "%dm"`, needed, s.budget.megabytesFor(size))}
	}
	if !s.budget.change(size-s.size, spare, patience) {
		return &noRoom{429, "The memory is in use by other requests; try again."}
	}
	s.size = size
	return nil
}

// release gives everything back.
func (s *share) release() {
	if s.size > 0 {
		s.budget.change(-s.size, 0, 0)
		s.size = 0
	}
}

// shareOf is what requests and answers may take in a process of this many bytes altogether.
func shareOf(limit, process int64) int64 {
	return max(limit/16, (limit-max(process, processBytes))*3/4)
}

// memoryLimit is the manifest's container.resources.memory, or a smaller limit of the cgroup.
func memoryLimit(m *manifest) int64 {
	limits := []int64{parseSize(m.Container.Memory)}
	for _, path := range cgroupLimits {
		if text, err := os.ReadFile(path); err == nil {
			number, _ := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
			limits = append(limits, number)
		}
	}
	least := int64(0)
	for _, limit := range limits {
		// A cgroup without a limit says "max", or 2**63 less a page.
		if limit > 0 && limit < 1<<62 && (least == 0 || limit < least) {
			least = limit
		}
	}
	if least == 0 {
		return unknownLimit
	}
	return least
}

// parseSize reads a size such as 256m; 0 if it is none.
func parseSize(text string) int64 {
	text = strings.ToLower(text)
	unit := int64(1)
	switch {
	case strings.HasSuffix(text, "k"):
		unit = 1 << 10
	case strings.HasSuffix(text, "m"):
		unit = mebibyte
	case strings.HasSuffix(text, "g"):
		unit = 1 << 30
	}
	if unit > 1 {
		text = text[:len(text)-1]
	}
	number, err := strconv.ParseInt(text, 10, 48)
	if err != nil || number < 0 {
		return 0
	}
	return number * unit
}

// residentBytes is the memory of this process that is in RAM; 0 where /proc does not say.
func residentBytes() int64 {
	text, err := os.ReadFile("/proc/self/statm")
	fields := strings.Fields(string(text))
	if err != nil || len(fields) < 2 {
		return 0
	}
	pages, _ := strconv.ParseInt(fields[1], 10, 64)
	return pages * int64(os.Getpagesize())
}
