package pluginruntime

import (
	"encoding/json/jsontext"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
)

const allStuck = "Every execution slot is past its deadline."

// app is the server's pages other than the endpoint.
type app struct {
	endpoint *endpoint
	document func() response
}

func newApp(e *endpoint) *app {
	return &app{endpoint: e, document: sync.OnceValue(func() response {
		return response{status: 200, body: openAPI(e.manifest), kind: jsonType}
	})}
}

func (a *app) isExecution(method, path string) bool {
	api := &a.endpoint.manifest.API
	return path == api.Endpoint && method == api.Method
}

// page is the answer to any request that is not an execution.
func (a *app) page(method, path string) response {
	m := a.endpoint.manifest
	isPage := slices.Contains(a.paths(), path)
	if isPage && (method == "GET" || method == "HEAD") {
		return a.pageAt(path)
	}
	var allowed []string
	if isPage {
		allowed = append(allowed, "GET", "HEAD")
	}
	if path == m.API.Endpoint {
		allowed = append(allowed, m.API.Method)
	}
	if allowed != nil {
		allow := strings.Join(allowed, ", ")
		refused := failure(405, a.redacted(fmt.Sprintf("%s takes %s, not %s.", path, allow, shortened(method, 20))), "")
		refused.allow = allow
		return refused
	}
	known := []string{m.API.Method + " " + m.API.Endpoint}
	for _, one := range a.paths() {
		known = append(known, "GET "+one)
	}
	text := fmt.Sprintf("There is no '%s' here; the paths are %s.", shortened(path, 200), strings.Join(known, ", "))
	return failure(404, a.redacted(text), "")
}

func shortened(text string, most int) string { return text[:min(len(text), most)] }

func (a *app) paths() []string {
	return []string{"/health/live", "/health/ready", "/metrics", "/openapi.json", a.endpoint.manifest.Container.HealthPath}
}

func (a *app) pageAt(path string) response {
	switch path {
	case "/health/live":
		if a.isStuck() {
			return a.state(503, "stuck", allStuck)
		}
		return a.state(200, "healthy", "")
	case "/health/ready":
		return a.ready()
	case "/metrics":
		return a.metrics()
	case "/openapi.json":
		return a.document()
	}
	return a.health()
}

func (a *app) isStuck() bool {
	return a.endpoint.slots.areStuckFor(seconds(a.endpoint.settings.stuckSeconds))
}

func (a *app) health() response {
	state, problem, stopping := a.endpoint.plugin.get()
	switch {
	case stopping:
		return a.state(503, "stopping", "")
	case a.isStuck():
		return a.state(503, "stuck", allStuck)
	case state == stateReady:
		return a.state(200, "healthy", "")
	}
	return a.state(503, state, problem)
}

func (a *app) ready() response {
	if _, stuck := a.endpoint.slots.counts(); stuck >= a.endpoint.slots.size {
		return a.state(503, "stuck", allStuck)
	}
	return a.health()
}

func (a *app) state(status int, word, problem string) response {
	m := a.endpoint.manifest
	inFlight, stuck := a.endpoint.slots.counts()
	document := []member{
		{"status", quoted(word)}, {"plugin_id", quoted(m.ID)}, {"version", quoted(m.Version)},
		{"in_flight", jsontext.Value(strconv.Itoa(inFlight))}, {"stuck", jsontext.Value(strconv.Itoa(stuck))},
	}
	if problem != "" {
		document = append(document, member{"error", quoted(a.redacted(problem))})
	}
	return jsonResponse(status, document...)
}

func (a *app) metrics() response {
	inFlight, stuck := a.endpoint.slots.counts()
	ready := 0.0
	if a.ready().status == 200 {
		ready = 1
	}
	page := a.endpoint.metrics.render(a.endpoint.manifest, []gauge{
		{"plugin_executions_in_flight", "Execution slots in use, including stuck ones.", float64(inFlight)},
		{"plugin_executions_stuck", "Executions past their deadline that are still running.", float64(stuck)},
		{"plugin_execution_slots", "Concurrent executions allowed.", float64(a.endpoint.slots.size)},
		{"plugin_ready", "1 when /health/ready answers 200, else 0.", ready},
	})
	return response{status: 200, body: []byte(page), kind: metricsType}
}

func (a *app) redacted(text string) string {
	redacted, count := a.endpoint.secrets.environment.redactText(text)
	a.endpoint.metrics.redactions.Add(int64(count))
	return redacted
}
