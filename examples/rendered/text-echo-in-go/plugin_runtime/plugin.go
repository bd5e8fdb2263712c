package pluginruntime

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// States of a plugin.
const (
	stateStarting = "starting"
	stateReady    = "ready"
	stateFailed   = "failed"
)

// failedTime is for how long the reason of a failed start is still answered.
const failedTime = 5 * time.Second

// plugin is whether the author's code is ready.
type plugin struct {
	settled chan struct{} // closed once Setup has ended

	lock     sync.RWMutex
	state    string
	problem  string
	stopping bool
}

func newPlugin() *plugin { return &plugin{settled: make(chan struct{}), state: stateStarting} }

func (p *plugin) get() (state, problem string, stopping bool) {
	p.lock.RLock()
	defer p.lock.RUnlock()
	return p.state, p.problem, p.stopping
}

func (p *plugin) stop() {
	p.lock.Lock()
	defer p.lock.Unlock()
	p.stopping = true
}

// refusal is why no execution is taken at the moment; nil if one is.
func (p *plugin) refusal() *refusal {
	state, problem, stopping := p.get()
	switch {
	case stopping:
		problem = "The plugin is stopping."
	case state == stateReady:
		return nil
	case problem == "":
		problem = "The plugin is still starting."
	}
	return &refusal{status: 503, outcome: outcomeUnavailable, text: problem}
}

// start runs Setup. It ends the context after limit, and tells onReady just before the plugin is ready.
func (p *plugin) start(setup func(context.Context) error, limit time.Duration, log *logger, onReady func()) {
	started := time.Now()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	refused := failed("it ended its goroutine, as runtime.Goexit does")
	defer func() { // also where Setup ends its goroutine
		problem := ""
		if refused != nil {
			problem = "Setup failed: " + refused.text
			more := []field{}
			if refused.exception != "" {
				more = append(more, field{"exception", refused.exception})
			}
			log.say(levelCritical, problem, more...)
		} else {
			log.say(levelDebug, fmt.Sprintf("Setup took %.2f s", time.Since(started).Seconds()))
			onReady()
		}
		p.lock.Lock()
		defer p.lock.Unlock()
		p.state, p.problem = stateReady, problem
		if problem != "" {
			p.state = stateFailed
		}
		close(p.settled)
	}()
	refused = protected(ctx, setup)
}

func protected(ctx context.Context, setup func(context.Context) error) (refused *refusal) {
	defer func() {
		if what := recover(); what != nil {
			refused = panicked(what)
		}
	}()
	if err := setup(ctx); err != nil {
		return failed(explain(err))
	}
	return nil
}

// awaitReady returns why the process has to end: the plugin is not ready after limit. The host
// leaves a container that does not get healthy running for ever; Compose and Kubernetes restart it.
func (p *plugin) awaitReady(limit time.Duration) (problem string) {
	select {
	case <-p.settled:
	case <-time.After(limit):
		select {
		case <-p.settled:
		default:
			return fmt.Sprintf("its Setup did not finish within %s s (PLUGIN_START_SECONDS)", plainNumber(limit.Seconds()))
		}
	}
	state, problem, _ := p.get()
	if state == stateReady {
		return ""
	}
	time.Sleep(failedTime)
	return problem
}
