package pluginruntime

import (
	"io"
	"testing"
	"time"
)

// isOpen tells whether a connection is still among the open ones.
func isOpen(cs *connections, one *connection) bool {
	cs.lock.Lock()
	defer cs.lock.Unlock()
	return cs.open[one]
}

// letIn lets clients in; the first has waited for longest.
func letIn(t *testing.T, cs *connections, count int) (clients []*connection) {
	t.Helper()
	for at := range count {
		clientOf(t, cs, "")
		one := accept(t, cs)
		one.since = time.Now().Add(time.Duration(at-count) * time.Minute)
		clients = append(clients, one)
	}
	return clients
}

func TestTheOldestMakesRoomUnlessThePluginWorksForIt(t *testing.T) {
	cs := doorOf(t)
	clients := letIn(t, cs, 3)
	clients[0].phase = phaseWorking
	cs.closeOldest(4, 0)             // there are only three
	cs.closeOldest(3, 0)             // of which one is worked for
	cs.closeOldest(2, 3*time.Minute) // none has waited for so long
	if len(cs.all()) != 3 {
		t.Fatal(len(cs.all()))
	}
	cs.closeOldest(2, time.Minute)
	if !isOpen(cs, clients[0]) || isOpen(cs, clients[1]) || !isOpen(cs, clients[2]) {
		t.Error("not the oldest for which it does not work")
	}
}

func TestOneMoreThanAllowedTakesThePlaceOfTheOldest(t *testing.T) {
	cs := doorOf(t)
	cs.settings.maxConnections = 2
	clients := letIn(t, cs, 3)
	if isOpen(cs, clients[0]) || !isOpen(cs, clients[1]) || !isOpen(cs, clients[2]) {
		t.Error(len(cs.all()))
	}
}

func TestWhoIsTooSlowIsClosed(t *testing.T) {
	const kept, closed, refused = "kept", "closed", "refused"
	for _, one := range []struct {
		phase  phase
		since  time.Duration // how long ago the phase began
		active time.Duration // how long ago something moved
		memory int64
		short  string // what becomes of it where memory is short
		ample  string
	}{
		{phaseIdle, 9 * time.Second, 0, 0, kept, kept},
		{phaseIdle, 11 * time.Second, 0, 0, closed, closed},
		{phaseReceiving, 19 * time.Second, 0, mebibyte, kept, kept},
		{phaseReceiving, 21 * time.Second, 0, mebibyte, closed, closed},
		{phaseReceiving, 3 * time.Second, 2 * time.Second, mebibyte, refused, kept},
		{phaseReceiving, 3 * time.Second, 2 * time.Second, smallBytes, kept, kept},
		{phaseAnswering, 29 * time.Second, 0, mebibyte, kept, kept},
		{phaseAnswering, 31 * time.Second, 0, mebibyte, closed, closed},
		{phaseAnswering, 3 * time.Second, 2 * time.Second, mebibyte, closed, kept},
		{phaseWorking, time.Hour, time.Hour, mebibyte, kept, kept},
		{phaseLingering, time.Hour, time.Hour, 0, kept, kept},
	} {
		for isShort, wanted := range map[bool]string{true: one.short, false: one.ample} {
			cs := doorOf(t)
			cs.settings.idleSeconds, cs.settings.requestSeconds, cs.settings.answerSeconds = 10, 20, 30
			client := letIn(t, cs, 1)[0]
			now := time.Now()
			client.phase, client.since, client.active, client.memory = one.phase, now.Add(-one.since), now.Add(-one.active), one.memory
			if isShort {
				cs.budget.change(1<<50, 0, 0) // does not fit
			}
			cs.closeTheSlow()
			found := kept
			if !isOpen(cs, client) {
				found = closed
			} else if gaveUp := client.isGivenUp(); gaveUp != nil && gaveUp.status == 429 {
				found = refused
			}
			if found != wanted {
				t.Errorf("%+v, memory is short: %v: %s", one, isShort, found)
			}
		}
	}
}

func TestALingeringClientSeesTheEndOfItsAnswer(t *testing.T) {
	cs := doorOf(t)
	client := clientOf(t, cs, "more and more")
	one := accept(t, cs)
	lingers := make(chan struct{})
	go func() {
		one.linger()
		close(lingers)
	}()
	_ = client.SetReadDeadline(time.Now().Add(20 * time.Second))
	if _, err := client.Read(make([]byte, 1)); err != io.EOF {
		t.Error(err)
	}
	_ = client.Close()
	<-lingers
	if one.phase != phaseLingering {
		t.Error(one.phase)
	}
}
