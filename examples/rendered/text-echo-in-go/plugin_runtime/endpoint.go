package pluginruntime

import (
	"context"
	"encoding/json/jsontext"
	"errors"
	"fmt"
	"runtime/debug"
	"time"
)

// logic runs the author's Execute on the JSON of its inputs, and returns the JSON of its outputs.
type logic func(ctx context.Context, inputs jsontext.Value) (jsontext.Value, error)

// logicOf hides the types of an author's function.
func logicOf[In, Out any](execute func(context.Context, In) (Out, error)) logic {
	return func(ctx context.Context, inputs jsontext.Value) (jsontext.Value, error) {
		var in In
		if err := decodeInputs(inputs, &in); err != nil {
			return nil, err
		}
		out, err := execute(ctx, in)
		if err != nil {
			return nil, err
		}
		return encode(out)
	}
}

// endpoint answers requests to the endpoint: reads them, runs the plugin, checks its outputs.
type endpoint struct {
	manifest *manifest
	settings settings
	logic    logic
	secrets  *requestSecrets
	log      *logger
	metrics  *metrics
	slots    *slots
	plugin   *plugin
	printed  *printed
}

// made is what one execution says to its caller and to the log.
type made struct {
	response response
	outcome  string
	details  []field
}

// execute answers one request. What its body takes of the memory is given back once that is free
// again, which for an execution past its deadline is after the answer.
func (e *endpoint) execute(arrived *arrival) response {
	started := time.Now()
	id := &identity{traceID: traceOf(arrived.header), secrets: e.secrets.ofHeader(arrived.header)}
	result, isReleasedLater := e.attempt(arrived, id)
	if !isReleasedLater {
		arrived.held.release()
	}
	took := time.Since(started)
	e.metrics.count(result.outcome, took)
	// The host drops the text of a failure, so it is only visible here. A 429 is not an error: the
	// caller comes back.
	level := levelError
	switch result.outcome {
	case outcomeSuccess:
		level = levelInfo
	case outcomeBusy:
		level = levelWarning
	}
	e.log.tell(id, level, fmt.Sprintf("%s in %.3f s", result.outcome, took.Seconds()), append([]field{
		{"outcome", result.outcome}, {"status", result.response.status}, {"seconds", float64(took.Microseconds()) / 1e6},
	}, result.details...)...)
	return result.response
}

func (e *endpoint) attempt(arrived *arrival, id *identity) (result made, isReleasedLater bool) {
	if refused := e.plugin.refusal(); refused != nil {
		return e.refuse(id, refused), false
	}
	one := e.slots.take()
	if one == nil {
		text := fmt.Sprintf("All %d execution slots are taken; try again.", e.slots.size)
		return e.refuse(id, &refusal{status: 429, outcome: outcomeBusy, text: text}), false
	}
	inputs, call, refused := e.read(arrived, id)
	if refused != nil {
		one.finish()
		return e.refuse(id, refused), false
	}
	done := make(chan made, 1)
	ctx := context.WithValue(one.ctx, callKey{}, call)
	e.log.begin(id)
	go func() {
		result := made{}
		defer func() {
			// Also where the author's code ends the goroutine, with runtime.Goexit.
			if result.outcome == "" {
				result = e.refuse(id, failed("The plugin ended its goroutine, as runtime.Goexit does."))
			}
			e.printed.finish()
			e.log.end(id)
			if one.finish() {
				done <- result
				return
			}
			arrived.held.release()
			e.log.tell(id, levelWarning, fmt.Sprintf("ended %.1f s after its start, past its deadline", time.Since(one.started).Seconds()))
		}()
		result = e.run(ctx, one, inputs, id, arrived.held)
	}()
	select {
	case result = <-done:
		return result, false
	case <-one.ctx.Done():
	}
	if !one.giveUp() {
		return <-done, false
	}
	return e.refuse(id, e.lateness(one)), true
}

func (e *endpoint) lateness(one *job) *refusal {
	if one.wasStopped() {
		return &refusal{status: 503, outcome: outcomeUnavailable, text: "The plugin was stopped during the execution."}
	}
	text := fmt.Sprintf("The execution took longer than %s s.", plainNumber(e.slots.limit.Seconds()))
	return &refusal{status: 504, outcome: outcomeTimeout, text: text}
}

// run calls the author's code and writes its answer.
func (e *endpoint) run(ctx context.Context, one *job, inputs jsontext.Value, id *identity, held *share) made {
	result, err := e.call(ctx, inputs)
	if err == nil {
		var text []byte
		if text, err = e.write(result, id, held); err == nil {
			return made{response: response{status: 200, body: text, kind: jsonType}, outcome: outcomeSuccess}
		}
	}
	var refused *refusal
	switch {
	case errors.As(err, &refused):
	case ctx.Err() != nil: // it has heeded its context
		refused = e.lateness(one)
	default:
		refused = failed(explain(err))
	}
	return e.refuse(id, refused)
}

// call runs the author's code; a panic is an error.
func (e *endpoint) call(ctx context.Context, inputs jsontext.Value) (result jsontext.Value, err error) {
	defer func() {
		if what := recover(); what != nil {
			err = panicked(what)
		}
	}()
	return e.logic(ctx, inputs)
}

func panicked(what any) *refusal {
	problem, isError := what.(error)
	if !isError {
		problem = fmt.Errorf("%v", what)
	}
	refused := failed("panic: " + explain(problem))
	refused.exception = string(debug.Stack())
	return refused
}

func (e *endpoint) refuse(id *identity, refused *refusal) made {
	text, count := id.secrets.redactText(refused.text)
	text = oneLine(text) // only now: a secret of several lines would not be found in it
	errors := make([]string, len(refused.errors))
	for index, one := range refused.errors {
		redacted, places := id.secrets.redactText(one)
		errors[index] = redacted
		count += places
	}
	e.metrics.redactions.Add(int64(count))
	details := []field{{"error", text}}
	if len(errors) > 0 {
		details = append(details, field{"errors", errors})
	}
	if refused.exception != "" {
		details = append(details, field{"exception", refused.exception})
	}
	return made{failure(refused.status, text, id.traceID, errors...), refused.outcome, details}
}

// write is the JSON of a success, without secrets.
func (e *endpoint) write(result jsontext.Value, id *identity, held *share) ([]byte, error) {
	if err := makeRoom(held, int64(len(result))); err != nil {
		return nil, err
	}
	outputs, err := outputsOf(result, e.manifest.OutputDefinitions)
	if err != nil {
		return nil, err
	}
	if number := roundedIn(outputs); number != "" {
		e.log.tell(id, levelWarning, fmt.Sprintf("an output holds %s; integers above 2**53 are rounded by the host. Declare a string.", number))
	}
	text, count := id.secrets.redact(outputs)
	e.metrics.redactions.Add(int64(count))
	if limit := e.settings.maxOutputBytes; int64(len(text)) > limit {
		return nil, failed(fmt.Sprintf("The answer has %d bytes; PLUGIN_MAX_OUTPUT_BYTES allows %d.", len(text), limit))
	}
	return text, nil
}

// makeRoom has memory for what is made of the JSON of outputs: the answer, and the copy in which
// secrets are replaced.
func makeRoom(held *share, size int64) error {
	if size <= smallBytes {
		return nil
	}
	err := held.hold(held.size+3*size, 0)
	var full *noRoom
	switch {
	case !errors.As(err, &full):
		return nil
	case full.status == 413:
		return failed("The answer is too large: " + full.text)
	}
	return &refusal{status: 503, outcome: outcomeBusy, text: full.text}
}
