// Package pluginruntime is the server around a plugin's own code. Its README.md says what it promises.
package pluginruntime

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"
	"time"
)

const programBytes = 12 * mebibyte // of the process that Go's limit does not count

// Main serves the plugin until SIGTERM, and ends the process. With the argument healthcheck, it
// asks the plugin that runs for its health.
//
// Execute is called for each execution, several at once. Its context ends at the deadline; a
// function that does not heed it keeps its slot until it returns. Setup is called once, before the
// plugin is ready.
func Main[In, Out any](execute func(context.Context, In) (Out, error), setup func(context.Context) error) {
	dropDebugging()
	if len(os.Args) > 1 && os.Args[1] == "healthcheck" {
		os.Exit(healthcheck())
	}
	if len(os.Args) > 1 {
		fmt.Fprintf(os.Stderr, "usage: %s [healthcheck]\n", os.Args[0])
		os.Exit(2)
	}
	os.Exit(run(logicOf(execute), setup))
}

// run serves the plugin and returns the exit status.
func run(its logic, setup func(context.Context) error) int {
	signals := make(chan os.Signal, 4)
	registered := make(chan struct{})
	go func() { // it starts a thread and waits for it, which on a busy machine takes milliseconds
		signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP)
		close(registered)
	}()
	first := listenFirst()
	m, err := readManifest()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	m.adoptConfiguration()
	names := secretNames()
	known := newRequestSecrets(m, secretsOfEnvironment(m, os.Environ(), names))
	counters := newMetrics()
	log := newLogger(m, known, counters, isReadable())
	writer := newLogWriter(os.Stdout, func() { counters.droppedLines.Add(1) }, func(lost int) []byte {
		text := fmt.Sprintf("%d log lines were dropped, because standard output was not read", lost)
		return log.line(levelWarning, ownLogger, text, "", noSecrets, []field{{"dropped", lost}})
	})
	log.sink = writer.write
	defer writer.flush()

	values, err := loadSettings(m)
	if err != nil {
		log.say(levelCritical, "wrong settings: "+err.Error())
		return 2
	}
	if err := m.prepare(); err != nil {
		log.say(levelCritical, "wrong "+manifestName+": "+err.Error())
		return 2
	}
	if problems := m.wrongConfiguration(); problems != nil {
		log.say(levelCritical, "the plugin cannot start: "+strings.Join(problems, "; "))
		return 2
	}
	log.setLevel(values.logLevel)
	warnOfSecrets(log, names)
	adoptEnvironment()
	adoptLimits(values)

	listener, err := first.orListen(values)
	if err != nil {
		log.say(levelCritical, fmt.Sprintf("cannot listen on PLUGIN_HOST='%s' PLUGIN_PORT='%d': %v", values.host, values.port, err))
		return 2
	}
	printed := capture(log)
	defer printed.finish()
	e := &endpoint{
		manifest: m, settings: values, logic: its, secrets: known, log: log, metrics: counters,
		slots: newSlots(context.Background(), int(values.concurrency), values.deadline()), plugin: newPlugin(), printed: printed,
	}
	memory := newBudget(values.memoryBytes)
	patience, stopWaiting := context.WithTimeout(context.Background(), startTime)
	s := &server{
		app: newApp(e), settings: values, budget: memory,
		connections: newConnections(listener, values, memory), started: patience.Done(),
	}
	go func() {
		e.plugin.start(setup, seconds(values.startSeconds), log, memory.measure)
		stopWaiting()
	}()
	<-registered // who has an answer may stop the plugin
	go func() { _ = s.http().Serve(s.connections) }()
	go func() {
		<-patience.Done()
		address := listener.Addr().String()
		log.say(levelInfo, "listening on "+address, field{"address", address}, field{"slots", values.concurrency})
	}()
	unready := make(chan string, 1)
	go func() {
		if problem := e.plugin.awaitReady(seconds(values.startSeconds)); problem != "" {
			unready <- problem
		}
	}()
	return s.serve(signals, unready)
}

func warnOfSecrets(log *logger, names []string) {
	var missing []string
	for _, name := range names {
		if _, found := os.LookupEnv(name); !found {
			missing = append(missing, name)
		}
	}
	if missing != nil {
		log.say(levelWarning, "PLUGIN_SECRET_ENV names variables that are not set: "+strings.Join(missing, ", "))
	}
	if !log.secrets.environment.isComplete {
		log.say(levelWarning, "some secrets of the environment are not redacted: name them exactly, as in PLUGIN_SECRET_ENV=DB_PASSWORD,API_KEY")
	}
}

// adoptLimits fits Go's runtime to the container, whatever GOGC, GOMEMLIMIT and GOMAXPROCS the host
// injects. Each of these calls stops everything for a moment, and the host waits for the start.
func adoptLimits(values settings) {
	if os.Getenv("GOGC") != "" {
		debug.SetGCPercent(100)
	}
	limit := values.memoryBytes
	debug.SetMemoryLimit(max(limit/2, limit-max(limit/10, programBytes)))
	if os.Getenv("GOMAXPROCS") != "" {
		runtime.SetDefaultGOMAXPROCS()
	}
}

// serve waits for a signal, or until it is known that the plugin does not get ready.
func (s *server) serve(signals <-chan os.Signal, unready <-chan string) int {
	log := s.app.endpoint.log
	rounds := time.NewTicker(roundTime)
	defer rounds.Stop()
	isInit, left := os.Getpid() == 1, orphans{}
	for {
		select {
		case now := <-rounds.C:
			s.connections.closeTheSlow()
			if isInit {
				inFlight, _ := s.app.endpoint.slots.counts()
				left.reap(now, inFlight > 0)
			}
		case problem := <-unready:
			log.say(levelCritical, "the process ends, because the plugin is not ready: "+problem)
			return 1
		case <-signals:
			return s.drain(signals)
		}
	}
}
