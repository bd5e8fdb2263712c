package pluginruntime

import (
	"context"
	"encoding/json/v2"
	"net/http"
)

// Try executes the body of a request as the server does, in this process: unwraps, converts and
// checks its inputs, fills in defaults, runs execute, and checks its outputs. For tests: it reads
// manifest.json from the working directory or the one above, and panics where that is wrong.
func Try[In, Out any](ctx context.Context, execute func(context.Context, In) (Out, error), body []byte) (status int, answer map[string]any) {
	m, err := readManifest()
	if err == nil {
		err = m.prepare()
	}
	if err != nil {
		panic(err)
	}
	values, err := loadSettings(m)
	if err != nil {
		panic(err)
	}
	known := newRequestSecrets(m, noSecrets)
	counters := newMetrics()
	log := newLogger(m, known, counters, false)
	ready := newPlugin()
	ready.state = stateReady
	e := &endpoint{
		manifest: m, settings: values, logic: logicOf(execute), secrets: known, metrics: counters,
		log: log, slots: newSlots(ctx, 1, values.deadline()), plugin: ready, printed: &printed{logger: log},
	}
	made := e.execute(&arrival{body: body, header: http.Header{}, held: &share{budget: newBudget(values.memoryBytes)}})
	if err := json.Unmarshal(made.body, &answer); err != nil {
		panic(err)
	}
	return made.status, answer
}
