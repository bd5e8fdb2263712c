package pluginruntime

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// inherit has this process get the orphans of its children, as process 1 does.
func inherit(t *testing.T) {
	t.Helper()
	const setChildSubreaper = 36 // PR_SET_CHILD_SUBREAPER of <linux/prctl.h>
	if _, _, problem := syscall.RawSyscall(syscall.SYS_PRCTL, setChildSubreaper, 1, 0); problem != 0 {
		t.Skip("no subreaper here: ", problem)
	}
}

func waitForZombies(t *testing.T, wanted int) {
	t.Helper()
	for until := time.Now().Add(30 * time.Second); len(zombies()) != wanted; time.Sleep(time.Millisecond) {
		if time.Now().After(until) {
			t.Fatal(zombies(), "and not", wanted)
		}
	}
}

func TestOrphansAreReapedOnceNoExecutionCanWaitForThem(t *testing.T) {
	inherit(t)
	if err := exec.Command("sh", "-c", "true & true & exit 0").Run(); err != nil {
		t.Fatal(err)
	}
	waitForZombies(t, 2)
	o, now := &orphans{}, time.Now()
	for _, one := range []struct {
		after  time.Duration
		isBusy bool
		reaped int
	}{{0, false, 0}, {9 * time.Second, true, 0}, {18 * time.Second, false, 0}, {19 * time.Second, false, 2}, {40 * time.Second, false, 0}} {
		if reaped := o.reap(now.Add(one.after), one.isBusy); reaped != one.reaped {
			t.Errorf("%d after %s, not %d", reaped, one.after, one.reaped)
		}
	}
	waitForZombies(t, 0)
}

func TestAChildKeepsItsExitStatusForTheCodeThatStartedIt(t *testing.T) {
	inherit(t)
	shell, err := exec.LookPath("sh")
	odd := filepath.Join(t.TempDir(), "a) b (c") // the kernel writes the name in brackets, as it is
	if err == nil {
		err = os.Symlink(shell, odd)
	}
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command(odd, "-c", "exit 7")
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	waitForZombies(t, 1)
	o, now := &orphans{}, time.Now()
	o.reap(now, false)
	o.reap(now.Add(orphanTime-time.Millisecond), false)
	if _ = command.Wait(); command.ProcessState.ExitCode() != 7 {
		t.Error(command.ProcessState)
	}
}
