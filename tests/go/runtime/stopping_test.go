package pluginruntime

import (
	"io"
	"net"
	"testing"
	"time"
)

// doorOf listens, and accepts no connection until the test does.
func doorOf(t *testing.T) *connections {
	t.Helper()
	listener, err := listen("127.0.0.1", 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	return newConnections(listener, settings{maxConnections: 100, maxHeaderBytes: 1000}, newBudget(unknownLimit))
}

func clientOf(t *testing.T, cs *connections, says string) net.Conn {
	t.Helper()
	client, err := net.Dial("tcp", cs.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	if _, err = io.WriteString(client, says); err != nil {
		t.Fatal(err)
	}
	return client
}

func accept(t *testing.T, cs *connections) *connection {
	t.Helper()
	client, err := cs.Accept()
	if err != nil {
		t.Fatal(err)
	}
	return client.(*connection)
}

func TestWhoHasConnectedIsLetInBeforeItIsSaidThatNobodyWaits(t *testing.T) {
	cs := doorOf(t)
	clientOf(t, cs, "")
	clientOf(t, cs, "")
	if cs.haveLetIn() {
		t.Fatal("they are not accepted")
	}
	answer := cs.asked
	for range 2 { // the deadline is over: Go's own Accept would not let them in
		accept(t, cs)
		select {
		case <-answer:
			t.Fatal("it said so too early")
		default:
		}
	}
	go func() { _, _ = cs.Accept() }()
	<-answer
	if len(cs.all()) != 2 {
		t.Error(cs.all())
	}
	waitFor(t, cs.haveLetIn)
	clientOf(t, cs, "") // the goroutine of Accept waits again
	waitFor(t, func() bool { return len(cs.all()) == 3 })
	_ = cs.TCPListener.Close()
	if !cs.haveLetIn() {
		t.Error("no further client can connect")
	}
}

func TestWhatHasArrivedIsWorkBeforeItIsRead(t *testing.T) {
	cs := doorOf(t)
	stopped := time.Now()
	client := clientOf(t, cs, "")
	one := accept(t, cs)
	if cs.areNeeded(stopped) {
		t.Fatal("it has asked for nothing")
	}
	const request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
	if _, err := io.WriteString(client, request+request+"G"); err != nil {
		t.Fatal(err)
	}
	waitFor(t, func() bool { return cs.areNeeded(stopped) })
	target := make([]byte, 4096)
	for count := range 2 {
		if found, err := one.Read(target); err != nil || string(target[:found]) != request {
			t.Fatal(err, string(target[:found]))
		}
		if one.phase != phaseReceiving || !cs.areNeeded(stopped) {
			t.Fatal("it has begun", count)
		}
		one.enter(phaseWorking)
		one.enter(phaseIdle) // the next one has come along
	}
	if one.phase != phaseReceiving {
		t.Error("a part of the third has come along", one.phase)
	}
	cs.refuseTheUnfinished()
	if found, err := one.Read(target); err != nil || string(target[:found]) != refusedInPlace {
		t.Error(err, string(target[:found]))
	}
	_ = one.Close()
	<-cs.closed
	if cs.areNeeded(stopped) || len(cs.all()) != 0 {
		t.Error(cs.all())
	}
}

func TestTheEndWaitsForAClientThatTakesItsAnswerButNotForEver(t *testing.T) {
	cs := doorOf(t)
	clientOf(t, cs, "")
	one := accept(t, cs)
	now := time.Now()
	for _, its := range []phase{phaseAnswering, phaseLingering} {
		one.enter(its)
		if !cs.areNeeded(now.Add(-time.Hour)) {
			t.Error("it has just begun", its)
		}
		one.since = now.Add(-time.Hour)
		if cs.areNeeded(now.Add(-slowTime)) || !cs.areNeeded(now) {
			t.Error("it has had its time, from the stop on", its)
		}
	}
}

func TestAnEmptyLineBehindARequestBeginsNone(t *testing.T) {
	cs := doorOf(t)
	const request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
	for _, line := range []string{"\r\n", "\r\n\r\n"} {
		client := clientOf(t, cs, request+line)
		one := accept(t, cs)
		target := make([]byte, 4096)
		waitFor(t, func() bool { return cs.areNeeded(time.Now()) })
		if found, err := one.Read(target); err != nil || string(target[:found]) != request {
			t.Fatal(err, string(target[:found]))
		}
		one.enter(phaseIdle)
		if one.takeHead() || one.phase != phaseIdle || cs.areNeeded(time.Now()) {
			t.Error("it came along", one.phase)
		}
		one.enter(phaseWorking)
		if _, err := io.WriteString(client, line); err != nil {
			t.Fatal(err)
		}
		if _, err := one.receive(target); err != nil || !one.hasMore {
			t.Fatal(err)
		}
		one.arrived = []byte(line)
		if one.takeHead() || one.phase != phaseWorking || one.hasMore {
			t.Error("it came while the plugin worked", one.phase)
		}
		one.enter(phaseReceiving)
		one.arrived = []byte(line)
		if one.takeHead() || one.phase != phaseIdle {
			t.Error("it came by itself", one.phase)
		}
		_ = one.Close()
	}
}
