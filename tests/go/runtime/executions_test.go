package pluginruntime

import (
	"context"
	"encoding/json/jsontext"
	"errors"
	"net/http"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestASlotIsTakenUntilTheWorkReallyEnds(t *testing.T) {
	s := newSlots(context.Background(), 1, 20*time.Millisecond)
	one := s.take()
	if one == nil || s.take() != nil {
		t.Fatal("one slot")
	}
	<-one.ctx.Done()
	if !one.giveUp() || one.wasStopped() {
		t.Fatal("its deadline has come")
	}
	if inFlight, stuck := s.counts(); inFlight != 1 || stuck != 1 {
		t.Fatal(inFlight, stuck)
	}
	if !s.areStuckFor(0) || s.areStuckFor(time.Hour) {
		t.Fatal("stuck for how long")
	}
	if one.finish() {
		t.Fatal("the deadline owned the answer")
	}
	if inFlight, stuck := s.counts(); inFlight != 0 || stuck != 0 || s.areStuckFor(0) {
		t.Fatal(inFlight, stuck)
	}
	another := s.take()
	if !another.finish() || another.giveUp() {
		t.Fatal("the work owned the answer")
	}
}

func TestLongExecutionsHaveThreadsOfTheirOwn(t *testing.T) {
	s := newSlots(context.Background(), 5, time.Hour)
	runtime.SetDefaultGOMAXPROCS() // another test may have left executions behind
	usual := runtime.GOMAXPROCS(0)
	var taken []*job
	for range 5 {
		taken = append(taken, s.take())
	}
	waitFor(t, func() bool { return runtime.GOMAXPROCS(0) == usual+8 })
	for _, one := range taken[1:] {
		one.finish()
	}
	if now := runtime.GOMAXPROCS(0); now != usual+8 {
		t.Error(now)
	}
	taken[0].finish()
	if now := runtime.GOMAXPROCS(0); now != usual {
		t.Error(now)
	}
	s.take().finish()
	time.Sleep(2 * longTime)
	if now := runtime.GOMAXPROCS(0); now != usual {
		t.Error("a short one had a thread of its own", now)
	}
}

func TestTheThreadsOfLongExecutionsAreBounded(t *testing.T) {
	p := processors{long: 1000}
	p.adjust()
	if p.more != mostProcessors {
		t.Error(p.more)
	}
	p.long = 0
	p.adjust()
}

func TestAnExecutionThatEndsAsItGetsLongIsNotLong(t *testing.T) {
	p := processors{}
	one := p.begin()
	one.end()
	one.goesOn() // its timer had fired already
	if p.long != 0 || p.more != 0 {
		t.Error(p.long, p.more)
	}
}

func TestMemoryIsMeasuredOnceThePluginIsReady(t *testing.T) {
	e, _ := endpointOf(nil, 1, time.Second)
	for _, failure := range []error{nil, errors.New("no database")} {
		p, measured := newPlugin(), false
		p.start(func(context.Context) error { return failure }, time.Second, e.log, func() { measured = true })
		if measured != (failure == nil) || (p.state == stateReady) != measured {
			t.Error(failure, measured, p.state)
		}
	}
}

func waitFor(t *testing.T, condition func() bool) {
	t.Helper()
	for until := time.Now().Add(10 * time.Second); !condition(); time.Sleep(time.Millisecond) {
		if time.Now().After(until) {
			t.Fatal("it did not happen in time")
		}
	}
}

func TestWhatRunsAtTheEndIsToldSo(t *testing.T) {
	s := newSlots(context.Background(), 2, time.Hour)
	one := s.take()
	s.expire()
	<-one.ctx.Done()
	if !one.wasStopped() {
		t.Fatal(context.Cause(one.ctx))
	}
}

// endpointOf makes an endpoint around a function, and returns what lists its log lines so far: an
// execution past its deadline logs a line after its slot is free.
func endpointOf(its logic, slots int, limit time.Duration) (*endpoint, func() []string) {
	m := &manifest{
		ID: "a", Version: "1.0.0",
		InputDefinitions:  []*definition{{Name: "text", Type: "string", Required: true}},
		OutputDefinitions: []*definition{{Name: "text", Type: "string"}},
	}
	known := newRequestSecrets(m, noSecrets)
	counters := newMetrics()
	log := newLogger(m, known, counters, false)
	var lock sync.Mutex
	var lines []string
	log.sink = func(line []byte, _ bool) {
		lock.Lock()
		defer lock.Unlock()
		lines = append(lines, string(line))
	}
	said := func() []string {
		lock.Lock()
		defer lock.Unlock()
		return slices.Clone(lines)
	}
	ready := newPlugin()
	ready.state = stateReady
	return &endpoint{
		manifest: m, settings: settings{maxJSONDepth: 100, maxOutputBytes: mebibyte}, logic: its, secrets: known,
		log: log, metrics: counters, slots: newSlots(context.Background(), slots, limit), plugin: ready, printed: &printed{logger: log},
	}, said
}

func arrivalOf(body string, b *budget) *arrival {
	return &arrival{body: []byte(body), header: http.Header{}, held: &share{budget: b}, cost: int64(len(body)) * 10}
}

// Run with -race, it shows that executions, deadlines and the end do not step on each other's toes.
func TestManyExecutionsAtOnce(t *testing.T) {
	var ran atomic.Int64
	e, said := endpointOf(func(ctx context.Context, inputs jsontext.Value) (jsontext.Value, error) {
		switch number := ran.Add(1); {
		case number%7 == 0:
			time.Sleep(40 * time.Millisecond)
		case number%5 == 0:
			panic(errors.New("panicked"))
		case number%3 == 0:
			<-ctx.Done()
			return nil, ctx.Err()
		}
		return inputs, nil
	}, 16, 20*time.Millisecond)
	b := newBudget(64 * mebibyte)
	body := `{"inputs": {"text": "` + strings.Repeat("x", 10_000) + `", "__auth_token": "a-token-of-the-host"}}`
	statuses := map[int]int{}
	var lock sync.Mutex
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			for range 40 {
				status := e.execute(arrivalOf(body, b)).status
				lock.Lock()
				statuses[status]++
				lock.Unlock()
			}
		})
	}
	all.Wait()
	waitFor(t, func() bool {
		inFlight, stuck := e.slots.counts()
		b.lock.Lock()
		defer b.lock.Unlock()
		return inFlight == 0 && stuck == 0 && b.used == 0
	})
	total := 0
	for status, count := range statuses {
		if status != 200 && status != 429 && status != 500 && status != 504 {
			t.Error(status)
		}
		total += count
	}
	if total != 640 || statuses[200] == 0 || statuses[500] == 0 || statuses[504] == 0 || len(said()) < 640 {
		t.Error(statuses, len(said()))
	}
	if len(e.log.running) != 0 {
		t.Error("executions that have ended are not forgotten")
	}
}

func TestAnErrorAfterTheDeadlineIsTheDeadlines(t *testing.T) {
	e, _ := endpointOf(func(context.Context, jsontext.Value) (jsontext.Value, error) {
		return nil, errors.New("a query was cancelled")
	}, 1, time.Millisecond)
	one := e.slots.take()
	<-one.ctx.Done()
	id := &identity{traceID: "t", secrets: noSecrets}
	if found := e.run(one.ctx, one, jsontext.Value("{}"), id, &share{budget: newBudget(mebibyte)}); found.response.status != 504 {
		t.Error(found.response.status, string(found.response.body))
	}
}

func TestWhileItIsNotReadyNothingOfTheBodyIsLookedAt(t *testing.T) {
	e, _ := endpointOf(nil, 1, time.Second)
	e.plugin.state = stateStarting
	if answer := e.execute(arrivalOf("{", newBudget(mebibyte))); answer.status != 503 || !strings.Contains(string(answer.body), "still starting") {
		t.Error(answer.status, string(answer.body))
	}
	e.plugin.state, e.plugin.problem = stateFailed, "Setup failed: why"
	if answer := e.execute(arrivalOf("{", newBudget(mebibyte))); answer.status != 503 || !strings.Contains(string(answer.body), "Setup failed: why") {
		t.Error(answer.status, string(answer.body))
	}
}

func TestAnExecutionThatIsRefusedIsCountedAndGivesEverythingBack(t *testing.T) {
	e, said := endpointOf(nil, 1, time.Hour)
	b := newBudget(80 * mebibyte)
	answerTo := func(body string) int {
		arrived := arrivalOf(body, b)
		_ = arrived.held.hold(mebibyte, 0)
		status := e.execute(arrived).status
		if b.used != 0 {
			t.Error(body, b.used, "bytes are still held")
		}
		return status
	}
	busy := e.slots.take()
	first := answerTo("{}")
	busy.finish()
	if second, third := answerTo(`{"inputs": {}}`), answerTo("{"); first != 429 || second != 422 || third != 400 {
		t.Error(first, second, third)
	}
	if inFlight, _ := e.slots.counts(); inFlight != 0 {
		t.Error(inFlight, "slots are taken")
	}
	page := e.metrics.render(e.manifest, nil)
	for _, wanted := range []string{`{outcome="busy"} 1`, `{outcome="invalid"} 2`} {
		if !strings.Contains(page, wanted) {
			t.Error(wanted)
		}
	}
	// A 429 is no error: the caller comes back.
	if lines := said(); len(lines) != 3 || !strings.Contains(lines[0], `"level":"WARNING"`) || !strings.Contains(lines[1], `"level":"ERROR"`) {
		t.Error(lines)
	}
}

func TestARequestIsTriedInThisProcess(t *testing.T) {
	t.Chdir(t.TempDir())
	text := `{"id": "a", "version": "1.0.0", "container": {"ports": [{"container": 8080}]}, "api": {"endpoint": "/execute", "method": "POST"},
		"inputDefinitions": [{"name": "text", "type": "string", "required": true}], "outputDefinitions": [{"name": "text", "type": "string"}]}`
	if err := os.WriteFile(manifestName, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	type values struct {
		Text string `json:"text"`
	}
	type key struct{}
	ctx := context.WithValue(t.Context(), key{}, "known")
	echo := func(ctx context.Context, in values) (values, error) {
		return values{in.Text + ctx.Value(key{}).(string) + FromContext(ctx).TraceID}, nil
	}
	status, answer := Try(ctx, echo, []byte(`{"inputs": {"text": 5}, "context": {"trace_id": "t"}}`))
	if outputs, _ := answer["outputs"].(map[string]any); status != 200 || outputs["text"] != "5knownt" {
		t.Error(status, answer)
	}
	if status, answer = Try(ctx, echo, []byte(`{"inputs": {}}`)); status != 422 || answer["success"] != false {
		t.Error(status, answer)
	}
}
