package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"os/signal"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	before    = ".before"        // what the container that ran before is called meanwhile; no slug has a dot
	slowTime  = 30 * time.Second // for a slow engine, on top of the time that the plugin gives itself
	startTime = 30 * time.Second // the default of PLUGIN_START_SECONDS
)

var errInterrupted = errors.New("interrupted")

var takenPort = regexp.MustCompile(`already (allocated|in use)|not available`)

// docker runs the Docker client; variables, NAME=value each, are added to its environment.
func docker(variables []string, words ...string) (output, problem string, err error) {
	var out, bad bytes.Buffer
	command := exec.Command("docker", words...)
	command.Env, command.Stdout, command.Stderr = append(os.Environ(), variables...), &out, &bad
	err = command.Run()
	return strings.TrimSpace(out.String()), strings.TrimSpace(bad.String()), err
}

// needEngine says what to do where docker cannot be used, or does not know what to build.
func needEngine() error {
	if _, err := readManifest(); err != nil {
		return err
	}
	if _, err := exec.LookPath("docker"); err != nil {
		return errors.New("Docker is not installed: https://docs.docker.com/get-docker/ (or use make run)")
	}
	if _, problem, err := docker(nil, "version", "--format", "{{.Server.Version}}"); err != nil {
		lines := strings.Split(problem, "\n")
		return fmt.Errorf("No Docker engine answers: %s\nStart it (or use make run).", lines[len(lines)-1])
	}
	return nil
}

// containerState is what the engine knows about a container.
type containerState struct {
	exists, isRunning bool
	exitStatus        string
}

// stateOf asks for the plugin's container of that name; the error is for one of another program.
func stateOf(name string) (containerState, error) {
	format := `{{.State.Running}} {{.State.ExitCode}} {{index .Config.Labels "org.opencontainers.image.title"}}`
	output, _, err := docker(nil, "container", "inspect", "--format", format, name)
	if err != nil {
		return containerState{exitStatus: "unknown"}, nil
	}
	isRunning, rest, _ := strings.Cut(output, " ")
	status, title, _ := strings.Cut(rest, " ")
	if title != strings.TrimSuffix(name, before) {
		return containerState{}, fmt.Errorf("the container %s is not this plugin's: rename it, docker rename %s NAME", name, name)
	}
	return containerState{true, isRunning == "true", status}, nil
}

// remove stops and removes the plugin's container; it tells whether there was one.
func remove(name string) (bool, error) {
	state, err := stateOf(name)
	if err != nil || !state.exists {
		return false, err
	}
	docker(nil, "stop", name)
	if _, problem, err := docker(nil, "rm", "--force", name); err != nil {
		return false, fmt.Errorf("docker rm failed: %w\n%s", err, problem)
	}
	return true, nil
}

// putAside stops the plugin's container and keeps it; it tells whether there is one to bring back.
func putAside(name string) (bool, error) {
	state, err := stateOf(name)
	if err != nil {
		return false, err
	}
	if !state.exists { // or one that a killed `make up` has put aside
		old, err := stateOf(name + before)
		return old.exists, err
	}
	if _, err := remove(name + before); err != nil {
		return false, err
	}
	if !state.isRunning {
		_, err := remove(name)
		return false, err
	}
	docker(nil, "stop", name)
	_, problem, err := docker(nil, "rename", name, name+before)
	if err != nil {
		return false, fmt.Errorf("docker rename failed: %w\n%s", err, problem)
	}
	return true, nil
}

// bringBack starts again what putAside has kept, and returns what to say about it.
func bringBack(name string) string {
	docker(nil, "rename", name+before, name)
	if _, problem, err := docker(nil, "start", name); err != nil {
		return "The previous container cannot be started again: " + problem
	}
	return "The previous container is running again."
}

// startContainer starts the image in place of the container that runs, and waits until it is
// healthy. If it does not get there, or after Ctrl-C, the previous container runs again.
func startContainer() error {
	if err := needPortNumber(); err != nil {
		return err
	}
	plugin, err := readManifest()
	if err != nil {
		return err
	}
	options, err := runLimits(plugin)
	if err != nil {
		return err
	}
	passed, err := settingsToPass(plugin)
	if err != nil {
		return err
	}
	interrupted, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	hasBefore, err := putAside(plugin.ID)
	if err != nil {
		return err
	}
	if err := startUntilHealthy(interrupted, plugin, options, passed); err != nil {
		docker(nil, "rm", "--force", plugin.ID)
		if hasBefore {
			err = fmt.Errorf("%w\n%s", err, bringBack(plugin.ID))
		}
		return err
	}
	if _, err := remove(plugin.ID + before); err != nil {
		return err
	}
	fmt.Printf("It listens on http://localhost:%s; make logs shows its log, make down stops it.\n", port())
	return nil
}

// startUntilHealthy starts the image; the error says why the plugin did not get healthy.
func startUntilHealthy(interrupted context.Context, plugin manifest, options []string, passed map[string]string) error {
	words := append([]string{"run", "--detach", "--name=" + plugin.ID}, options...)
	for _, name := range slices.Sorted(maps.Keys(passed)) {
		words = append(words, "--env="+name)
	}
	if _, problem, err := docker(pairs(passed), append(words, plugin.Container.Image)...); err != nil {
		if interrupted.Err() != nil {
			return errInterrupted
		}
		if takenPort.MatchString(problem) {
			problem += fmt.Sprintf("\nPort %s is taken: make up PLUGIN_HOST_PORT=%s", port(), nextPort())
		}
		return fmt.Errorf("the container did not start: %w\n%s", err, problem)
	}
	limit := startTime
	if seconds, err := strconv.ParseUint(passed["PLUGIN_START_SECONDS"], 10, 31); err == nil {
		limit = time.Duration(seconds) * time.Second
	}
	err := waitUntilHealthy(interrupted, plugin.ID, limit+slowTime)
	if err == nil || errors.Is(err, errInterrupted) {
		return err
	}
	output, problem, _ := docker(nil, "logs", "--tail=20", plugin.ID)
	return fmt.Errorf("%s\n%s\n\nThe plugin did not become healthy: %w; its last log lines are above", output, problem, err)
}

// waitUntilHealthy waits for health; the error says why it does not come.
func waitUntilHealthy(interrupted context.Context, name string, limit time.Duration) error {
	for until := time.Now().Add(limit); ; {
		output, problem, err := docker(nil, "exec", name, "/app/plugin", "healthcheck")
		if err == nil {
			return nil
		}
		state, err := stateOf(name)
		switch {
		case interrupted.Err() != nil:
			return errInterrupted
		case err != nil:
			return err
		case !state.isRunning:
			return errors.New("it ended with exit status " + state.exitStatus)
		case time.Now().After(until):
			return fmt.Errorf("its health check says: %s%s", output, problem)
		}
		select {
		case <-interrupted.Done():
		case <-time.After(200 * time.Millisecond):
		}
	}
}

func stopContainer() error {
	plugin, err := readManifest()
	if err != nil {
		return err
	}
	if _, err := remove(plugin.ID + before); err != nil {
		return err
	}
	isStopped, err := remove(plugin.ID)
	if isStopped {
		fmt.Println(plugin.ID + " is stopped.")
	}
	return err
}
