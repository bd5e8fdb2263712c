package main

import (
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
)

// settings returns what the file has that ENV_FILE names: one NAME=value per line.
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

func needPortNumber() error {
	if number, err := strconv.ParseUint(port(), 10, 16); err != nil || number == 0 {
		return fmt.Errorf("PLUGIN_HOST_PORT=%s must be a number from 1 to 65535, such as 18080", port())
	}
	return nil
}

// needPort says why the port cannot be listened on; the server knows it by another name.
func needPort() error {
	listener, err := net.Listen("tcp", net.JoinHostPort(address(), port()))
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("Port %s is taken: make run PLUGIN_HOST_PORT=%s", port(), nextPort())
	}
	if err != nil {
		return fmt.Errorf("PLUGIN_HOST_ADDRESS=%s PLUGIN_HOST_PORT=%s cannot be listened on: %w", address(), port(), err)
	}
	return listener.Close()
}

func nextPort() string {
	number, _ := strconv.Atoi(port())
	if number == 65535 {
		return strconv.Itoa(number - 1)
	}
	return strconv.Itoa(number + 1)
}

// runPlugin becomes the plugin, so that every signal reaches it.
func runPlugin() error {
	if err := needPortNumber(); err != nil {
		return err
	}
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

// memoryBytes reads a limit as the host does: 256m.
func memoryBytes(limit any) (int64, error) {
	size := regexp.MustCompile(`^(\d+)([kmg]?)$`).FindStringSubmatch(strings.ToLower(fmt.Sprint(limit)))
	if size == nil {
		return 0, fmt.Errorf("container.resources.memory of manifest.json is %v; it must be like 256m", limit)
	}
	number, err := strconv.ParseInt(size[1], 10, 64)
	return number << map[string]int{"": 0, "k": 10, "m": 20, "g": 30}[size[2]], err
}

// runLimits returns the options of `docker run` that compose.yaml has too: the processor is a weight.
func runLimits(plugin manifest) ([]string, error) {
	memory, err := memoryBytes(plugin.Container.Resources.Memory)
	if err != nil {
		return nil, err
	}
	cpu, err := strconv.ParseFloat(fmt.Sprint(plugin.Container.Resources.CPU), 64)
	if err != nil || len(plugin.Container.Ports) == 0 {
		return nil, fmt.Errorf("manifest.json needs container.resources.cpu, such as 0.5, and container.ports")
	}
	return []string{
		fmt.Sprintf("--memory=%d", memory), fmt.Sprintf("--cpu-shares=%d", int(cpu*1024)),
		fmt.Sprintf("--tmpfs=/tmp:size=%d,exec", memory/4), "--pids-limit=512",
		fmt.Sprintf("--publish=%s:%s:%d", address(), port(), plugin.Container.Ports[0].Container),
		"--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges",
	}, nil
}

// settingsToPass returns what a container gets: all of ENV_FILE, and declared settings of this
// environment. `make up` publishes the port, so port and host cannot be chosen in the container.
func settingsToPass(plugin manifest) (map[string]string, error) {
	ofFile, err := settings()
	if err != nil {
		return nil, err
	}
	given, err := known()
	names := slices.Collect(maps.Keys(ofFile))
	for _, one := range plugin.Configuration {
		names = append(names, one.Key)
	}
	passed := map[string]string{}
	for _, name := range names {
		if value, is := given[name]; is && name != "PLUGIN_PORT" && name != "PLUGIN_HOST" {
			passed[name] = value
		}
	}
	return passed, err
}
