package pluginruntime

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// orphanTime is how long a child that has ended is left to code that may still wait for it.
const orphanTime = 10 * time.Second

// orphans reaps zombies: a container has no init, so the kernel makes process 1 the parent of
// every process whose own parent has ended.
//
// A child that the author's code has started must be left to that code, which wants its exit
// status, and the kernel does not tell the two apart. So a child is reaped only if it ended at
// least orphanTime ago and no execution has run since.
type orphans struct {
	seen map[int]time.Time // by process id: when it was first seen, or an execution last ran
}

// reap reaps what has been dead for long enough, and returns how many that were.
func (o *orphans) reap(now time.Time, isBusy bool) (reaped int) {
	seen := map[int]time.Time{}
	for _, pid := range zombies() {
		since, isKnown := o.seen[pid]
		if isBusy || !isKnown {
			since = now
		}
		if now.Sub(since) < orphanTime {
			seen[pid] = since
		} else if found, err := syscall.Wait4(pid, nil, syscall.WNOHANG, nil); err == nil && found == pid {
			reaped++
		}
	}
	o.seen = seen
	return reaped
}

// zombies lists children that have ended; none where the kernel does not list children.
func zombies() (found []int) {
	lists, _ := filepath.Glob("/proc/self/task/*/children")
	for _, list := range lists {
		children, _ := os.ReadFile(list)
		for child := range strings.FieldsSeq(string(children)) {
			pid, err := strconv.Atoi(child)
			if err == nil && isZombie(pid) {
				found = append(found, pid)
			}
		}
	}
	return found
}

func isZombie(pid int) bool {
	stat, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	// The state comes after the program's name in brackets, which may hold any character.
	end := strings.LastIndex(string(stat), ") ")
	return end > 0 && strings.HasPrefix(string(stat[end:]), ") Z")
}
