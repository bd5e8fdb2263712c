package pluginruntime

import (
	"bytes"
	"encoding/json/v2"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
	"time"
)

func TestTheMemoryIsHeldAndGivenBack(t *testing.T) {
	b := newBudget(80 * mebibyte)
	if b.size != 48*mebibyte {
		t.Fatal(b.size)
	}
	one, other := &share{budget: b}, &share{budget: b}
	if err := one.hold(50*mebibyte, 0); err == nil || err.(*noRoom).status != 413 ||
		!strings.HasSuffix(err.Error(), `Raise container.resources.memory in manifest.json: "memory": "128m"`) {
		t.Error(err)
	}
	if err := (&share{budget: newBudget(128 * mebibyte)}).hold(50*mebibyte, 0); err != nil {
		t.Error("what is advised is enough", err)
	}
	if err := one.hold(30*mebibyte, 0); err != nil {
		t.Error(err)
	}
	if err := other.hold(20*mebibyte, 0); err == nil || err.(*noRoom).status != 429 || !b.isShort() {
		t.Error(err)
	}
	if err := other.hold(15*mebibyte, 0); err == nil {
		t.Error("the last eighth is for small requests")
	}
	if err := other.hold(mebibyte/2, 0); err != nil {
		t.Error(err)
	}
	if err := other.hold(smallBytes, 0); err != nil || other.size != 0 {
		t.Error("what is small is not counted", err)
	}
	time.AfterFunc(20*time.Millisecond, one.release)
	if err := other.hold(20*mebibyte, 10*time.Second); err != nil {
		t.Error("it waits for the memory", err)
	}
	other.release()
	if b.used != 0 {
		t.Error(b.used)
	}
}

func TestTheMemoryOfTheProcessIsLeftOut(t *testing.T) {
	b := newBudget(256 * mebibyte)
	before := b.size
	taken := make([]byte, 32*mebibyte)
	for at := 0; at < len(taken); at += 4096 {
		taken[at] = 1
	}
	b.measure()
	if b.size > before-12*mebibyte {
		t.Error(b.size, before)
	}
	runtime.KeepAlive(taken)
}

func TestALimitOfTheCgroupCountsWhereItIsLower(t *testing.T) {
	file := filepath.Join(t.TempDir(), "memory.max")
	defer func(usual []string) { cgroupLimits = usual }(cgroupLimits)
	cgroupLimits = []string{filepath.Join(t.TempDir(), "none"), file}
	m := &manifest{}
	m.Container.Memory = "256m"
	for text, wanted := range map[string]int64{"33554432\n": 32 * mebibyte, "1073741824\n": 256 * mebibyte, "max\n": 256 * mebibyte} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if found := memoryLimit(m); found != wanted {
			t.Error(text, found)
		}
	}
}

func TestOnlyOneWaitsForMemory(t *testing.T) {
	b := newBudget(80 * mebibyte)
	first := &share{budget: b}
	if err := first.hold(40*mebibyte, 0); err != nil {
		t.Fatal(err)
	}
	waited := make(chan error)
	go func() { waited <- (&share{budget: b}).hold(20*mebibyte, 10*time.Second) }()
	for isWaiting := false; !isWaiting; time.Sleep(time.Millisecond) {
		b.lock.Lock()
		isWaiting = b.hasWaiter
		b.lock.Unlock()
	}
	started := time.Now()
	if err := (&share{budget: b}).hold(20*mebibyte, 10*time.Second); err == nil || time.Since(started) > 5*time.Second {
		t.Error("the next one is refused at once", err)
	}
	first.release()
	if err := <-waited; err != nil {
		t.Error(err)
	}
}

func TestSizesAreRead(t *testing.T) {
	for text, wanted := range map[string]int64{"256m": 256 << 20, "1G": 1 << 30, "64k": 64 << 10, "1000": 1000, "": 0, "<nil>": 0, "1.5g": 0, "-1m": 0} {
		if found := parseSize(text); found != wanted {
			t.Errorf("%q: %d", text, found)
		}
	}
}

// The estimate has to cover what a body really takes, with the body itself, its inputs as one
// object, and the author's values; whatever its shape.
func TestDecodingTakesNoMoreThanItsEstimate(t *testing.T) {
	for name, value := range map[string]string{
		"empty lists": "[" + strings.Repeat("[],", 100_000) + "[]]", "empty objects": "[" + strings.Repeat("{},", 100_000) + "{}]",
		"numbers": "[" + strings.Repeat("1,", 200_000) + "1]", "nulls": "[" + strings.Repeat("null,", 100_000) + "null]",
		"short texts": "[" + strings.Repeat(`"a",`, 100_000) + `"a"]`, "one text": `"` + strings.Repeat("x", 1<<20) + `"`,
		"escaped text": `"` + strings.Repeat(`é`, 100_000) + `"`, "small objects": "[" + strings.Repeat(`{"a":1},`, 50_000) + "{}]",
		"nested objects": "[" + strings.Repeat(`{"a":{"b":{"c":{}}}},`, 20_000) + "{}]", "long keys": "[" + strings.Repeat(`{"a-key-that-is-long":"a value"},`, 30_000) + "{}]",
		"one object": manyKeys(50_000), "lists of two": "[" + strings.Repeat("[1,2],", 50_000) + "[]]",
	} {
		body := []byte(`{"inputs":{"value":` + value + `}}`)
		var cost decodingCost
		if err := cost.add(body); err != nil {
			t.Fatal(err)
		}
		taken := heapOf(func() any {
			document, err := parse(body, 100)
			if err != nil {
				t.Fatal(name, err)
			}
			given := members(members(document)["inputs"])
			found := readInputs([]*definition{{Name: "value", Type: "any"}}, given, false, 100)
			var inputs struct {
				Value any `json:"value"`
			}
			if err := json.Unmarshal(found.values, &inputs); err != nil {
				t.Fatal(name, err)
			}
			return []any{inputs, given, found}
		}) + int64(len(body))
		if taken > cost.bytes {
			t.Errorf("%s: %d bytes take %.1f MiB, estimated %.1f", name, len(body), float64(taken)/mebibyte, float64(cost.bytes)/mebibyte)
		}
		t.Logf("%s: %.1f of %.1f MiB", name, float64(taken)/mebibyte, float64(cost.bytes)/mebibyte)
	}
	var cost decodingCost
	if err := cost.add(bytes.Repeat([]byte("["), mostLists+1)); err == nil {
		t.Error("too many lists")
	}
}

func manyKeys(number int) string {
	var text strings.Builder
	text.WriteString(`{"a":1`)
	for key := range number {
		fmt.Fprintf(&text, `,"%d":1`, key)
	}
	return text.String() + "}"
}

// heapOf tells how many bytes of the heap are in use at the end, without what can be collected.
func heapOf(work func() any) int64 {
	defer debug.SetGCPercent(debug.SetGCPercent(100))
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	kept := work()
	runtime.GC()
	runtime.ReadMemStats(&after)
	runtime.KeepAlive(kept)
	return int64(after.HeapAlloc) - int64(before.HeapAlloc)
}
