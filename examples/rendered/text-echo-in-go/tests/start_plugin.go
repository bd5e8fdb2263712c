package main

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const healthyWithin = time.Minute

// settings returns what the file has that ENV_FILE names: one NAME=value a line.
func settings() (map[string]string, error) {
	found := map[string]string{}
	name := os.Getenv("ENV_FILE")
	if name == "" {
		return found, nil
	}
	path := name
	if !filepath.IsAbs(path) {
		path = inPlugin(path)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("ENV_FILE=%s cannot be read: %w", name, err)
	}
	for number, line := range strings.Split(string(content), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		key, value, is := strings.Cut(strings.TrimPrefix(line, "export "), "=")
		if !is {
			return nil, fmt.Errorf("ENV_FILE=%s, line %d: it must be NAME=value", name, number+1)
		}
		value = strings.TrimSpace(value)
		if quote := value[:min(1, len(value))]; len(value) > 1 && (quote == `"` || quote == "'") && strings.HasSuffix(value, quote) {
			value = value[1 : len(value)-1]
		}
		found[strings.TrimSpace(key)] = value
	}
	return found, nil
}

func variable(name, fallback string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return fallback
}

func port() string    { return variable("PLUGIN_HOST_PORT", "18080") }
func address() string { return variable("PLUGIN_HOST_ADDRESS", "127.0.0.1") }

// known returns the settings of ENV_FILE and the environment, which comes first.
func known() (map[string]string, error) {
	found, err := settings()
	for _, pair := range os.Environ() {
		if name, value, _ := strings.Cut(pair, "="); err == nil {
			found[name] = value
		}
	}
	return found, err
}

func pairs(of map[string]string) (all []string) {
	for name, value := range of {
		all = append(all, name+"="+value)
	}
	return all
}

// runTests becomes a command, `go test`, with the settings of ENV_FILE in its environment.
func runTests(words []string) error {
	found, err := readManifest()
	if err != nil {
		return err
	}
	given, err := known()
	if err != nil {
		return err
	}
	if reason := found.lacking(given); reason != "" { // go test does not tell of tests that it skips
		fmt.Fprintln(os.Stderr, reason+"; the tests that start the plugin are skipped")
	}
	program, err := exec.LookPath(words[0])
	if err != nil {
		return err
	}
	return syscall.Exec(program, words, pairs(given))
}

// needPort says which other port to take where this one is taken; the server knows it by another name.
func needPort() error {
	listener, err := net.Listen("tcp", net.JoinHostPort(address(), port()))
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("Port %s is taken: make run PLUGIN_HOST_PORT=%s", port(), nextPort())
	}
	if err == nil {
		return listener.Close()
	}
	return nil // the server says what is wrong with it
}

func nextPort() string {
	number, _ := strconv.Atoi(port())
	return strconv.Itoa(number + 1)
}

// runPlugin becomes the plugin, so that every signal reaches it.
func runPlugin() error {
	if err := needPort(); err != nil {
		return err
	}
	given, err := known()
	if err != nil {
		return err
	}
	given["PLUGIN_PORT"], given["PLUGIN_HOST"] = port(), address()
	if given["PLUGIN_ENV"] == "" {
		given["PLUGIN_ENV"] = "development"
	}
	return syscall.Exec(".cache/plugin", []string{".cache/plugin"}, pairs(given))
}

func docker(environment []string, words ...string) (output, problem string, err error) {
	var out, bad bytes.Buffer
	command := exec.Command("docker", words...)
	command.Env, command.Stdout, command.Stderr = environment, &out, &bad
	err = command.Run()
	return strings.TrimSpace(out.String()), strings.TrimSpace(bad.String()), err
}

// memoryBytes reads a limit as the host does: 256m.
func memoryBytes(limit any) (int64, error) {
	size := regexp.MustCompile(`^(\d+)([kmg]?)$`).FindStringSubmatch(strings.ToLower(fmt.Sprint(limit)))
	if size == nil {
		return 0, fmt.Errorf("container.resources.memory of manifest.json is %v; it must be like 256m", limit)
	}
	number, err := strconv.ParseInt(size[1], 10, 64)
	return number << map[string]int{"": 0, "k": 10, "m": 20, "g": 30}[size[2]], err
}

// startContainer starts the image with the manifest's limits, and waits until it is healthy.
func startContainer() error {
	plugin, err := readManifest()
	if err != nil {
		return err
	}
	words, environment, err := runOptions(plugin)
	if err != nil {
		return err
	}
	docker(nil, "rm", "--force", plugin.ID)
	if _, problem, err := docker(environment, words...); err != nil {
		docker(nil, "rm", "--force", plugin.ID)
		if regexp.MustCompile(`already (allocated|in use)|not available`).MatchString(problem) {
			problem += fmt.Sprintf("\nPort %s is taken: make up PLUGIN_HOST_PORT=%s", port(), nextPort())
		}
		return fmt.Errorf("the container did not start: %w\n%s", err, problem)
	}
	for until := time.Now().Add(healthyWithin); ; time.Sleep(200 * time.Millisecond) {
		if _, _, err := docker(nil, "exec", plugin.ID, "/app/plugin", "healthcheck"); err == nil {
			break
		}
		running, _, _ := docker(nil, "inspect", "--format={{.State.Running}}", plugin.ID)
		if running != "true" || time.Now().After(until) {
			output, problem, _ := docker(nil, "logs", "--tail=20", plugin.ID)
			docker(nil, "rm", "--force", plugin.ID)
			return fmt.Errorf("%s%s\nThe plugin did not get healthy; its last log lines are above.", output, problem)
		}
	}
	fmt.Printf("It listens on http://localhost:%s; make logs shows its log, make down stops it.\n", port())
	return nil
}

// runOptions returns the words of `docker run` and its environment, which has the settings.
func runOptions(plugin manifest) ([]string, []string, error) {
	memory, err := memoryBytes(plugin.Container.Resources.Memory)
	if err != nil {
		return nil, nil, err
	}
	cpu, err := strconv.ParseFloat(fmt.Sprint(plugin.Container.Resources.CPU), 64)
	if err != nil || len(plugin.Container.Ports) == 0 {
		return nil, nil, fmt.Errorf("manifest.json needs container.resources.cpu, such as 0.5, and container.ports")
	}
	given, err := known()
	if err != nil {
		return nil, nil, err
	}
	ofFile, _ := settings()
	names := slices.Sorted(maps.Keys(ofFile))
	for _, one := range plugin.Configuration {
		names = append(names, one.Key)
	}
	words := []string{
		"run", "--detach", "--name=" + plugin.ID, "--pids-limit=512", "--read-only",
		fmt.Sprintf("--memory=%d", memory), fmt.Sprintf("--cpu-shares=%d", int(cpu*1024)),
		fmt.Sprintf("--tmpfs=/tmp:size=%d,exec", memory/4), "--cap-drop=ALL",
		"--security-opt=no-new-privileges",
		fmt.Sprintf("--publish=%s:%s:%d", address(), port(), plugin.Container.Ports[0].Container),
	}
	for _, name := range names {
		if _, is := given[name]; is {
			words = append(words, "--env="+name)
		}
	}
	return append(words, plugin.Container.Image), pairs(given), nil
}

func stopContainer() error {
	plugin, err := readManifest()
	if err != nil {
		return err
	}
	output, problem, err := docker(nil, "rm", "--force", plugin.ID)
	if err != nil {
		return fmt.Errorf("docker rm failed: %w\n%s", err, problem)
	}
	if output != "" {
		fmt.Println(plugin.ID + " is stopped.")
	}
	return nil
}
