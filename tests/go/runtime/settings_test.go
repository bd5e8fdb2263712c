package pluginruntime

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

func manifestOf(t *testing.T, more string) *manifest {
	t.Helper()
	m, err := parseManifest([]byte(`{"id": "a", "version": "1.0.0", "inputDefinitions": [], "outputDefinitions": [],
		"container": {"ports": [{"container": 8080}], "resources": {"memory": "256m", "cpu": "0.5"}}, "api": {"endpoint": "/execute", "method": "POST"}` + more + "}"))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestEveryWrongSettingIsNamed(t *testing.T) {
	m := manifestOf(t, "")
	for _, name := range []string{"PLUGIN_PORT", "PLUGIN_TIMEOUT_MS", "PLUGIN_LOG_LEVEL"} {
		t.Setenv(name, "loud")
	}
	t.Setenv("PLUGIN_IDLE_SECONDS", "0")
	t.Setenv("PLUGIN_HOST", "")
	_, err := loadSettings(m)
	for _, wanted := range []string{
		"PLUGIN_PORT='loud': use a whole number from 0 to 65535, such as 8080", "PLUGIN_TIMEOUT_MS='loud'", "PLUGIN_IDLE_SECONDS='0'",
		"PLUGIN_LOG_LEVEL='loud': use one of DEBUG, INFO, WARNING, ERROR",
	} {
		if err == nil || !strings.Contains(err.Error(), wanted) {
			t.Errorf("%v, not %q", err, wanted)
		}
	}
}

func TestDefaultsComeFromTheManifest(t *testing.T) {
	t.Setenv("PLUGIN_LOG_LEVEL", "warning")
	t.Setenv("PLUGIN_DRAIN_SECONDS", " 0 ")
	s, err := loadSettings(manifestOf(t, ""))
	if err != nil || s.port != 8080 || s.concurrency != 8 || s.timeoutMs != 30000 || s.logLevel != "WARNING" || s.drainSeconds != 0 || s.host != "0.0.0.0" {
		t.Errorf("%+v %v", s, err)
	}
	if s.deadline() != 29*time.Second {
		t.Error(s.deadline())
	}
	s.timeoutMs = 500
	if s.deadline() != 450*time.Millisecond {
		t.Error(s.deadline())
	}
}

func TestTheAuthorsSettings(t *testing.T) {
	m := manifestOf(t, `, "configuration": [
		{"key": "T_NEEDED", "required": true, "description": "A\n key"}, {"key": "T_NUMBER", "type": "number", "value": 0.5},
		{"key": "T_FLAG", "type": "boolean"}, {"key": "T_TEXT", "value": "from the manifest"},
		{"key": "T_NULL", "value": null}, {"key": "T_OWN", "value": "from the manifest"}]`)
	t.Setenv("T_NULL", "")
	t.Setenv("T_OWN", "from the environment")
	for _, name := range []string{"T_NEEDED", "T_NUMBER", "T_TEXT"} {
		t.Setenv(name, "")
	}
	t.Setenv("T_FLAG", "a-secret-in-a-wrong-place")
	m.adoptConfiguration()
	for name, wanted := range map[string]string{
		"T_NUMBER": "0.5", "T_TEXT": "from the manifest", "T_NULL": "", "T_OWN": "from the environment",
	} {
		if found := os.Getenv(name); found != wanted {
			t.Error(name, found)
		}
	}
	wanted := []string{"T_NEEDED is required (A key): " + whereToSet, "T_FLAG must be one of true, false, 1, 0"}
	if problems := m.wrongConfiguration(); !slices.Equal(problems, wanted) {
		t.Error(problems)
	}
	for _, wrong := range []string{"Infinity", "NaN", "1,5"} {
		t.Setenv("T_NUMBER", wrong)
		if problems := m.wrongConfiguration(); len(problems) != 3 {
			t.Error(problems)
		}
	}
}

func TestTheHostsEnvironmentIsMadeToWork(t *testing.T) {
	t.Setenv("PATH", "/host/bin::/usr/bin")
	t.Setenv("HOME", "/no/such/folder")
	adoptEnvironment()
	if os.Getenv("PATH") != "/host/bin:/usr/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/sbin:/bin" || os.Getenv("HOME") != os.TempDir() {
		t.Error(os.Getenv("PATH"), os.Getenv("HOME"))
	}
}

func TestThePathOfARequest(t *testing.T) {
	for target, wanted := range map[string]string{"/health?a=b": "/health", "//health": "/health", "http://a:80/x?y": "/x", "/a%20b": "/a%20b"} {
		if found := pathOf(target); found != wanted {
			t.Error(target, found)
		}
	}
}

func TestTimesAreCountedInTheirBuckets(t *testing.T) {
	counters := newMetrics()
	for _, took := range []time.Duration{5 * time.Millisecond, 6 * time.Millisecond, time.Hour} {
		counters.count(outcomeFailed, took)
	}
	page := counters.render(manifestOf(t, ""), nil)
	for _, wanted := range []string{
		`plugin_executions_total{outcome="failed"} 3`, `bucket{le="0.005"} 1`, `bucket{le="0.01"} 2`, `bucket{le="1.0"} 2`, `bucket{le="60.0"} 2`, `bucket{le="+Inf"} 3`,
		"plugin_execution_duration_seconds_sum 3600.011000", "plugin_execution_duration_seconds_count 3",
	} {
		if !strings.Contains(page, wanted+"\n") {
			t.Errorf("%s is not in\n%s", wanted, page)
		}
	}
}
