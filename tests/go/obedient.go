// Does what its inputs ask for, so that a test can see what the server makes of it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log"
	"log/slog"
	"maps"
	"math"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"time"

	pluginruntime "stage7plugin/plugin_runtime"
)

var kept []string

func Setup(ctx context.Context) error {
	switch os.Getenv("AT_IMPORT") {
	case "slow":
		fmt.Println("importing")
		time.Sleep(4 * time.Second)
	case "panic":
		panic("no licence")
	case "goexit":
		runtime.Goexit()
	}
	if seconds, err := strconv.ParseFloat(os.Getenv("SETUP_SECONDS"), 64); err == nil {
		time.Sleep(time.Duration(seconds * float64(time.Second)))
	}
	if token := os.Getenv("DATABASE_TOKEN"); os.Getenv("SETUP_FAILS") != "" {
		return fmt.Errorf("no database; token %s", token)
	}
	return nil
}

type unprintable struct{}

func (unprintable) Error() string { panic("no text") }

func Execute(ctx context.Context, inputs map[string]any) (any, error) {
	value := inputs["value"]
	number, _ := inputs["seconds"].(float64)
	pause := time.Duration(number * float64(time.Second))
	switch do := inputs["do"]; do {
	case "return value":
		return result(value)
	case "return inputs":
		return result(inputs)
	case "return context":
		return result(contextOf(ctx))
	case "return raw":
		return value, nil
	case "return nan":
		return result(math.NaN())
	case "return large", "large":
		text, _ := value.(string)
		wait, _ := strconv.ParseFloat(text, 64)
		time.Sleep(time.Duration(wait * float64(time.Second)))
		return result(strings.Repeat("x", int(number)))
	case "sleep":
		fmt.Println("sleeping")
		time.Sleep(pause)
		return result("slept")
	case "wait for a file":
		for file := fmt.Sprint(value); ; time.Sleep(10 * time.Millisecond) {
			if _, err := os.Stat(file); err == nil {
				return result("waited")
			}
		}
	case "heed":
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("heeding: %w", ctx.Err())
		case <-time.After(pause):
			return result("slept")
		}
	case "spin":
		for end := time.Now().Add(pause); time.Now().Before(end); {
			_ = math.Sqrt(number)
		}
		return result("spun")
	case "raise":
		panic(fmt.Errorf("ValueError: %v", value))
	case "nil":
		var nothing map[string]any
		nothing["a"] = 1
	case "raise unprintable":
		return nil, unprintable{}
	case "fail":
		return nil, fmt.Errorf("line one\nline two: %w", map[any]error{
			"denied": &fs.PathError{Op: "open", Path: "/x", Err: syscall.EACCES}, "program": exec.ErrNotFound,
			"full": syscall.ENOSPC, "empty": errors.New(""),
		}[value])
	case "exit":
		runtime.Goexit()
	case "print", "say":
		fmt.Println(value)
		if do == "print" {
			fmt.Fprintln(os.Stderr, "to stderr")
			slog.WarnContext(ctx, fmt.Sprint("logged ", value), "colour", "red", slog.Group("more", "deep", 1))
			log.Print("by log ", value)
			fmt.Print("without a line end")
		}
		return result("printed")
	case "print in a thread":
		go fmt.Println(value)
		return result("printed")
	case "dots":
		for range 100_000 {
			fmt.Print(".")
		}
		return result("dotted")
	case "child":
		command := exec.Command("/bin/sh", "-c", "echo said by a child")
		command.Stdout = os.Stdout
		return result(fmt.Sprint(command.Run()))
	case "leave orphans":
		return result(fmt.Sprint(exec.Command("/bin/sh", "-c", "true & true & exit 0").Run()))
	case "environment":
		fmt.Println(os.Getenv(fmt.Sprint(value)))
		return result(strings.TrimSpace(os.Getenv(fmt.Sprint(value))))
	case "keep":
		kept = append(kept, fmt.Sprint(inputs["password"]))
		return result("kept")
	case "tell":
		fmt.Println(kept[len(kept)-1])
		return result(kept[len(kept)-1])
	case "collect garbage":
		runtime.GC()
		return result("collected")
	case "limits":
		percent := debug.SetGCPercent(100)
		return result(map[string]any{
			"percent": percent, "limit": debug.SetMemoryLimit(-1), "processors": runtime.GOMAXPROCS(0),
		})
	case "change the default":
		names := inputs["names"].([]any)
		names[0] = "again"
		return result(names)
	default:
		return nil, fmt.Errorf("unknown: %v", do)
	}
	return nil, nil
}

func result(value any) (any, error) { return map[string]any{"result": value}, nil }

func contextOf(ctx context.Context) map[string]any {
	call := pluginruntime.FromContext(ctx)
	found := maps.Clone(call.Context())
	maps.Copy(found, map[string]any{
		"trace_id": call.TraceID, "plugin_id": call.PluginID, "version": call.Version, "step_id": call.StepID,
		"traceparent": call.TraceParent, "args": call.Args, "host_inputs": call.HostInputs(),
	})
	return found
}
