package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

const canary = "canary-token-0123456789"

var wrong = map[string]any{
	"string":  map[string]any{"not": "text"},
	"number":  "not a number",
	"boolean": "not a boolean",
}

// server is the plugin behind its HTTP API, as a process of this machine.
type server struct {
	url   string
	end   func() error
	log   *output
	ended chan error
}

// output is what a process writes.
type output struct {
	mutex sync.Mutex
	text  bytes.Buffer
}

func (o *output) Write(data []byte) (int, error) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	return o.text.Write(data)
}

func (o *output) String() string {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	return o.text.String()
}

var program = sync.OnceValues(func() (string, error) {
	folder, err := os.MkdirTemp("", "plugin-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(folder, "plugin")
	command := exec.Command("go", "build", "-o", path, ".")
	command.Dir = inPlugin(".")
	if said, err := command.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, said)
	}
	return path, nil
})

func TestMain(m *testing.M) {
	status := m.Run()
	if path, err := program(); err == nil {
		os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(status)
}

func start(t *testing.T) *server {
	t.Helper()
	given, err := known()
	if err != nil {
		t.Fatal(err)
	}
	if reason := plugin(t).lacking(given); reason != "" {
		t.Skip(reason)
	}
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := listener.Addr().(*net.TCPAddr).Port
	listener.Close()
	started := &server{url: fmt.Sprintf("http://127.0.0.1:%d", port), log: &output{}, ended: make(chan error, 1)}
	command := exec.CommandContext(context.WithoutCancel(t.Context()), path)
	command.Dir = inPlugin(".")
	command.Env = append(pairs(given), fmt.Sprintf("PLUGIN_PORT=%d", port), "PLUGIN_HOST=127.0.0.1", "PLUGIN_ENV=production")
	command.Stdout, command.Stderr = started.log, started.log
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	started.end = func() error { return command.Process.Signal(syscall.SIGTERM) }
	go func() { started.ended <- command.Wait() }()
	t.Cleanup(func() { command.Process.Kill() })
	for until := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		if answer, err := http.Get(started.url + "/health"); err == nil {
			answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return started
			}
		}
		select {
		case err := <-started.ended:
			t.Fatalf("it ended while it started: %v\n%s", err, started.log)
		default:
		}
		if time.Now().After(until) {
			t.Fatalf("it is not healthy:\n%s", started.log)
		}
	}
}

func (s *server) call(t *testing.T, method, path, body string) (int, map[string]any) {
	t.Helper()
	request, err := http.NewRequest(method, s.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	content, err := io.ReadAll(answer.Body)
	var document map[string]any
	if err != nil || json.Unmarshal(content, &document) != nil {
		t.Fatalf("%s %s: %v %q is not a JSON object", method, path, err, content)
	}
	return answer.StatusCode, document
}

func (s *server) execute(t *testing.T, inputs map[string]any) (int, map[string]any) {
	t.Helper()
	body, err := json.Marshal(map[string]any{"inputs": inputs})
	if err != nil {
		t.Fatal(err)
	}
	return s.call(t, "POST", plugin(t).API.Endpoint, string(body))
}

func TestServer(t *testing.T) {
	server, found := start(t), plugin(t)
	t.Run("it is healthy", func(t *testing.T) {
		for _, path := range []string{"/health", "/health/live", "/health/ready"} {
			if status, answer := server.call(t, "GET", path, ""); status != 200 || answer["status"] != "healthy" {
				t.Error(path, status, answer)
			}
		}
	})
	t.Run("success and status agree", func(t *testing.T) {
		status, answer := server.execute(t, example(t))
		_, told := answer[map[bool]string{true: "outputs", false: "error"}[status == 200]]
		if answer["success"] != (status == 200) || !told {
			t.Error(status, answer)
		}
	})
	t.Run("undeclared inputs of the host are accepted, and its tokens are not logged", func(t *testing.T) {
		before, _ := server.execute(t, example(t))
		inputs := example(t)
		inputs["stepId"], inputs["availablePlugins"], inputs["__auth_token"] = "1", "[]", canary
		status, answer := server.execute(t, inputs)
		if status != before || strings.Contains(fmt.Sprint(answer, server.log), canary) {
			t.Error(status, answer, server.log)
		}
	})
	t.Run("a wrong type is refused for each input", func(t *testing.T) {
		inputs := map[string]any{}
		for _, one := range found.InputDefinitions {
			if value, known := wrong[one.Type]; known {
				inputs[one.Name] = value
			} else if one.Type != "any" {
				inputs[one.Name] = 5
			}
		}
		if len(inputs) == 0 {
			t.Skip("every input may be anything")
		}
		status, answer := server.execute(t, inputs)
		for name := range inputs {
			if status != 422 || !strings.Contains(fmt.Sprint(answer["errors"]), "'"+name+"'") {
				t.Error(name, status, answer)
			}
		}
	})
	t.Run("failures have an error status", func(t *testing.T) {
		endpoint := found.API.Endpoint
		for _, one := range []struct {
			method, path, body string
			status             int
		}{{"POST", endpoint, "{", 400}, {"POST", endpoint, "[]", 400}, {"GET", endpoint, "", 405}, {"GET", "/nothing", "", 404}} {
			if status, answer := server.call(t, one.method, one.path, one.body); status != one.status {
				t.Error(one, status, answer)
			}
		}
	})
	t.Run("SIGTERM ends an idle plugin at once", func(t *testing.T) {
		if err := server.end(); err != nil {
			t.Fatal(err)
		}
		select {
		case err := <-server.ended:
			if err != nil {
				t.Error(err)
			}
		case <-time.After(5 * time.Second):
			t.Error("it still runs")
		}
	})
}
