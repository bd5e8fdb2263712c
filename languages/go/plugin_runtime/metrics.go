package pluginruntime

import (
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const metricsType = "text/plain; version=0.0.4; charset=utf-8"

// Outcomes of a request to the endpoint.
const (
	outcomeSuccess     = "success"
	outcomeFailed      = "failed"
	outcomeInvalid     = "invalid"
	outcomeBusy        = "busy"
	outcomeTimeout     = "timeout"
	outcomeUnavailable = "unavailable"
)

var (
	outcomes = []string{outcomeSuccess, outcomeFailed, outcomeInvalid, outcomeBusy, outcomeTimeout, outcomeUnavailable}
	buckets  = []float64{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60} // seconds
)

// metrics are the counters of one process, in the Prometheus text format (version 0.0.4).
type metrics struct {
	redactions, droppedLines atomic.Int64

	started time.Time
	lock    sync.Mutex
	counts  map[string]int
	times   []int // by bucket, the last one without a bound
	seconds float64
}

func newMetrics() *metrics {
	return &metrics{started: time.Now(), counts: map[string]int{}, times: make([]int, len(buckets)+1)}
}

// count counts one request to the endpoint: its outcome and how long it took.
func (m *metrics) count(outcome string, took time.Duration) {
	m.lock.Lock()
	defer m.lock.Unlock()
	m.counts[outcome]++
	at, _ := slices.BinarySearch(buckets, took.Seconds())
	m.times[at]++
	m.seconds += took.Seconds()
}

// gauge is a value of the moment.
type gauge struct {
	name, help string
	value      float64
}

// render writes the whole page.
func (m *metrics) render(its *manifest, gauges []gauge) string {
	m.lock.Lock()
	defer m.lock.Unlock()
	var page strings.Builder
	line := func(format string, parts ...any) { fmt.Fprintf(&page, format+"\n", parts...) }
	head := func(name, help, kind string) { line("# HELP %s %s\n# TYPE %s %s", name, help, name, kind) }

	head("plugin_executions_total", "Requests to the endpoint by outcome.", "counter")
	for _, outcome := range outcomes {
		line("plugin_executions_total{outcome=%q} %d", outcome, m.counts[outcome])
	}
	head("plugin_execution_duration_seconds", "Time from request to answer.", "histogram")
	total := 0
	for at, count := range m.times {
		total += count
		bound := "+Inf"
		if at < len(buckets) {
			bound = strconv.FormatFloat(buckets[at], 'f', -1, 64)
			if !strings.Contains(bound, ".") {
				bound += ".0"
			}
		}
		line("plugin_execution_duration_seconds_bucket{le=%q} %d", bound, total)
	}
	line("plugin_execution_duration_seconds_sum %.6f", m.seconds)
	line("plugin_execution_duration_seconds_count %d", total)
	head("plugin_redactions_total", "Places in which a secret was replaced.", "counter")
	line("plugin_redactions_total %d", m.redactions.Load())
	head("plugin_log_lines_dropped_total", "Log lines dropped because nothing read stdout.", "counter")
	line("plugin_log_lines_dropped_total %d", m.droppedLines.Load())
	for _, one := range append(gauges, gauge{"plugin_uptime_seconds", "Seconds since the start.", time.Since(m.started).Seconds()}) {
		head(one.name, one.help, "gauge")
		line("%s %s", one.name, strconv.FormatFloat(one.value, 'f', -1, 64))
	}
	head("plugin_build_info", "The plugin and its runtime.", "gauge")
	line("plugin_build_info{plugin_id=%q,version=%q,go_version=%q} 1", its.ID, its.Version, strings.TrimPrefix(runtime.Version(), "go"))
	return page.String()
}
