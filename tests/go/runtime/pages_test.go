package pluginruntime

import (
	"context"
	"encoding/json/jsontext"
	"net/http"
	"strings"
	"testing"
	"time"
)

const ofEnvironment = "token-4711-0815"

// appOf makes an app that knows a secret of the environment, around a function.
func appOf(its logic, slots int) *app {
	e, _ := endpointOf(its, slots, time.Hour)
	e.log.secrets.environment = secretsOf(nil, ofEnvironment)
	e.manifest.API.Endpoint, e.manifest.API.Method, e.manifest.Container.HealthPath = "/execute", "POST", "/health"
	return newApp(e)
}

func TestPagesAreFoundByPathAndMethod(t *testing.T) {
	a := appOf(nil, 1)
	for request, wanted := range map[string]bool{"POST /execute": true, "GET /execute": false, "POST /health": false} {
		method, path, _ := strings.Cut(request, " ")
		if a.isExecution(method, path) != wanted {
			t.Error(request)
		}
	}
	long := "/" + strings.Repeat("x", 300)
	for request, wanted := range map[string]struct {
		status int
		allow  string
		text   string
	}{
		"GET /health":                         {200, "", `"status":"healthy"`},
		"HEAD /health":                        {200, "", `"status":"healthy"`},
		"PUT /health":                         {405, "GET, HEAD", "/health takes GET, HEAD, not PUT."},
		"GET /execute":                        {405, "POST", "/execute takes POST, not GET."},
		"ABCDEFGHIJKLMNOPQRSTUVWXYZ /metrics": {405, "GET, HEAD", "not ABCDEFGHIJKLMNOPQRST."},
		"GET /" + ofEnvironment:               {404, "", "There is no '/[redacted]' here; the paths are POST /execute, GET /health/live,"},
		"GET " + long:                         {404, "", "There is no '" + long[:200] + "' here;"},
	} {
		method, path, _ := strings.Cut(request, " ")
		found := a.page(method, path)
		if found.status != wanted.status || found.allow != wanted.allow || !strings.Contains(string(found.body), wanted.text) {
			t.Errorf("%.60s: %d %q %s", request, found.status, found.allow, found.body)
		}
	}
	if count := a.endpoint.metrics.redactions.Load(); count != 1 {
		t.Error(count, "redactions")
	}
}

func TestHealthTellsOfTheState(t *testing.T) {
	a := appOf(nil, 2)
	p := a.endpoint.plugin
	tell := func(wanted string) {
		t.Helper()
		for _, path := range []string{"/health", "/health/ready"} {
			if found := a.page("GET", path); found.status != 503 || !strings.Contains(string(found.body), wanted) {
				t.Error(path, found.status, string(found.body))
			}
		}
		if found := a.page("GET", "/health/live"); found.status != 200 {
			t.Error(found.status, string(found.body))
		}
		if metrics := string(a.page("GET", "/metrics").body); !strings.Contains(metrics, "\nplugin_ready 0\n") {
			t.Error(metrics)
		}
	}
	p.state = stateStarting
	tell(`"status":"starting"`)
	p.state, p.problem = stateFailed, "no database; "+ofEnvironment
	tell(`"error":"no database; [redacted]"`)
	p.state, p.problem = stateReady, ""
	if metrics := string(a.page("GET", "/metrics").body); !strings.Contains(metrics, "\nplugin_ready 1\n") {
		t.Error(metrics)
	}
	late := []*job{a.endpoint.slots.take(), a.endpoint.slots.take()}
	for _, one := range late {
		one.giveUp()
	}
	if found := a.page("GET", "/health/ready"); found.status != 503 || !strings.Contains(string(found.body), `"in_flight":2,"stuck":2`) {
		t.Error(found.status, string(found.body))
	}
	a.endpoint.settings.stuckSeconds = 100
	if found := a.page("GET", "/health"); found.status != 200 {
		t.Error(found.status, "it may recover")
	}
	for _, one := range late {
		one.finish()
	}
	p.stop()
	tell(`"status":"stopping"`)
	if refused := p.refusal(); refused == nil || refused.status != 503 || refused.text != "The plugin is stopping." {
		t.Error(refused)
	}
}

// answerOf is what an execution says to its caller.
func answerOf(e *endpoint, body string, b *budget) (int, string) {
	found := e.execute(arrivalOf(body, b))
	return found.status, string(found.body)
}

func TestAnAnswerThatIsTooLargeIsRefused(t *testing.T) {
	text := strings.Repeat("x", 100_000)
	e, _ := endpointOf(func(context.Context, jsontext.Value) (jsontext.Value, error) {
		return jsontext.Value(`{"text": "` + text + `"}`), nil
	}, 1, time.Hour)
	const body = `{"inputs": {"text": "a"}}`
	e.settings.maxOutputBytes = int64(len(text) + 100)
	if status, answer := answerOf(e, body, newBudget(256*mebibyte)); status != 200 {
		t.Error(status, answer)
	}
	e.settings.maxOutputBytes = int64(len(text))
	if status, answer := answerOf(e, body, newBudget(256*mebibyte)); status != 500 || !strings.Contains(answer, "PLUGIN_MAX_OUTPUT_BYTES allows 100000") {
		t.Error(status, answer)
	}
	e.settings.maxOutputBytes = mebibyte
	small := newBudget(256 * mebibyte)
	small.size = 2 * int64(len(text)) // not three times
	if status, answer := answerOf(e, body, small); status != 500 || !strings.Contains(answer, "The answer is too large: ") {
		t.Error(status, answer)
	}
	taken := newBudget(256 * mebibyte)
	taken.size = 10 * int64(len(text))
	taken.used = 8 * int64(len(text))
	if status, answer := answerOf(e, body, taken); status != 503 || !strings.Contains(answer, "in use by other requests") {
		t.Error(status, answer)
	}
	if page := e.metrics.render(e.manifest, nil); !strings.Contains(page, `{outcome="busy"} 1`) {
		t.Error(page)
	}
}

func TestAnErrorIsOneLineWithoutSecrets(t *testing.T) {
	e, said := endpointOf(func(context.Context, jsontext.Value) (jsontext.Value, error) {
		return nil, failed("line one\n\tline two "+ofEnvironment, "also "+ofEnvironment)
	}, 1, time.Hour)
	e.secrets.environment = secretsOf(nil, ofEnvironment)
	status, answer := answerOf(e, `{"inputs": {"text": "a"}}`, newBudget(256*mebibyte))
	if status != 500 || !strings.Contains(answer, `"error":"line one line two [redacted]"`) || !strings.Contains(answer, `"errors":["also [redacted]"]`) {
		t.Error(status, answer)
	}
	if text := strings.Join(said(), ""); strings.Contains(text, ofEnvironment) || e.metrics.redactions.Load() != 2 {
		t.Error(text, e.metrics.redactions.Load())
	}
}

func TestACallKnowsWhatTheHostSends(t *testing.T) {
	none := FromContext(t.Context())
	if none.TraceID != "" || len(none.HostInputs()) != 0 || len(none.Context()) != 0 || identityOf(t.Context()) != nil {
		t.Error(none)
	}
	found := decodedLater(map[string]jsontext.Value{"a": jsontext.Value(`{"b": [1]}`), "wrong": jsontext.Value("{")})()
	inner, _ := found["a"].(map[string]any)
	if list, _ := inner["b"].([]any); len(found) != 1 || len(list) != 1 {
		t.Error(found)
	}
}

func TestLiveIsAnsweredBeforeTheStart(t *testing.T) {
	a := appOf(nil, 1)
	s := &server{app: a, started: make(chan struct{})}
	request := &http.Request{Method: "GET", RequestURI: "/health/live?a=b"}
	if found := s.answer(request, arrivalOf("", newBudget(mebibyte))); found.status != 200 {
		t.Error(found.status)
	}
}
