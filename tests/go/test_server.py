"""What only the Go server has to keep: Go's own ways of failing, printing and starting."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from stage7_plugin.spec.openapi import openapi
from tests.runtime.plugin_process import MANIFEST, SOON, PluginProcess, free_port
from tests.runtime.steps import answer_on, busy, still_works, until
from tests.support import go
from tests.support.servers import Server, Start

TABLE = json.loads((go.REPOSITORY / "tests/cases/http.json").read_text("utf-8"))
MANIFESTS = sorted((go.REPOSITORY / "examples").glob("*/python/manifest.json"))


def run_tests_of_the_parts(folder: Path, *options: str) -> str:
    """Run the Go tests of the server's parts; return what they say."""
    go.sources(folder)
    for test in (go.TESTS / "runtime").glob("*_test.go"):
        (folder / "plugin_runtime" / test.name).write_bytes(test.read_bytes())
    variables = [f"TABLES={go.REPOSITORY / 'tests' / 'cases'}"]
    variables += ["CGO_ENABLED=1"] * ("-race" in options)
    done = go.run(folder, "go", "test", *options, "./plugin_runtime", variables=variables)
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_the_parts_of_the_server_do_what_they_promise(tmp_path: Path) -> None:
    said = run_tests_of_the_parts(tmp_path, "-v")
    assert said.count("--- PASS: Test") >= 20, "some were passed over"


@pytest.mark.slow  # the standard library is compiled once more for it
def test_the_parts_of_the_server_race_for_nothing(tmp_path: Path) -> None:
    if shutil.which("gcc") is None:
        pytest.skip("go test -race needs gcc")
    run_tests_of_the_parts(tmp_path, "-race")


def test_the_sources_are_formatted_and_vetted(tmp_path: Path) -> None:
    assert go.run(go.SOURCES, "gofmt", "-l", ".", str(go.TESTS)).stdout == ""
    go.sources(tmp_path)
    done = go.run(tmp_path, "go", "vet", "./plugin_runtime")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        ({"do": "something else"}, "unknown: something else"),
        ({"do": "raise", "value": "too long"}, "panic: ValueError: too long"),
        ({"do": "nil"}, "panic: assignment to entry in nil map"),
        ({"do": "raise unprintable"}, "an error without a text"),
        ({"do": "exit"}, "The plugin ended its goroutine, as runtime.Goexit does."),
        ({"do": "fail", "value": "empty"}, "line one line two:"),
        (
            {"do": "fail", "value": "denied"},
            "only /tmp, which is also the home folder, is writable",
        ),
        ({"do": "fail", "value": "program"}, "no programs beside the plugin"),
        ({"do": "fail", "value": "full"}, "holds a quarter of container.resources.memory"),
        ({"do": "return nan"}, "The plugin's outputs cannot be written."),
        ({"do": "return raw", "value": None}, "'outputs' must be an object, but is null."),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_the_plugin_did_is_told(start: Start, inputs: dict[str, Any], words: str) -> None:
    plugin = start()
    status, answer = plugin.execute(inputs, {"trace_id": "told"})
    assert status == 500
    assert words in answer["error"]
    assert "\n" not in answer["error"]
    line = plugin.wait_for_line(lambda line: line.get("trace_id") == "told")
    assert (line["outcome"], line["error"]) == ("failed", answer["error"])
    assert ("obedient.go" in line.get("exception", "")) == ("panic: " in words)
    still_works(plugin)


def test_logic_that_heeds_its_context_frees_its_slot(start: Start) -> None:
    plugin = start(PLUGIN_TIMEOUT_MS="500", PLUGIN_CONCURRENCY="1")
    status, answer = plugin.execute({"do": "heed", "seconds": 60})
    assert (status, answer["error"]) == (504, "The execution took longer than 0.45 s.")
    until(lambda: plugin.metric("plugin_executions_in_flight") == 0)
    still_works(plugin)


def test_whatever_is_printed_or_logged_keeps_its_order_and_has_the_trace_id(start: Start) -> None:
    plugin = start()
    plugin.execute({"do": "print", "value": "a value"}, {"trace_id": "t-7"})
    said = [
        (line["logger"], line["level"], line["message"])
        for line in plugin.lines
        if line.get("trace_id") == "t-7" and line["logger"] not in ("plugin", "stderr")
    ]
    assert said == [
        ("stdout", "INFO", "a value"),
        ("slog", "WARNING", "logged a value"),
        ("log", "INFO", "by log a value"),
        ("stdout", "INFO", "without a line end"),
    ]
    (warning,) = [line for line in plugin.lines if line["logger"] == "slog"]
    assert (warning["colour"], warning["more.deep"]) == ("red", 1)
    (error,) = [line for line in plugin.lines if line["logger"] == "stderr"]
    assert (error["level"], error["message"], error["trace_id"]) == ("WARNING", "to stderr", "t-7")


def test_a_print_has_no_trace_id_where_two_could_have_printed_it(start: Start) -> None:
    plugin = start(PLUGIN_TIMEOUT_MS="20000")
    waiting = busy(plugin, 1, do="sleep", seconds=1)
    plugin.execute({"do": "print", "value": "whose?"}, {"trace_id": "t-8"})
    line = plugin.wait_for_line(lambda line: line["message"] == "whose?")
    assert "trace_id" not in line
    logged = plugin.wait_for_line(lambda line: line["message"] == "logged whose?")
    assert logged["trace_id"] == "t-8", "slog knows it from the context"
    assert waiting[0]()[0] == 200


def test_a_secret_is_hidden_in_a_line_of_which_no_execution_is_known(start: Start) -> None:
    plugin = start(PLUGIN_TIMEOUT_MS="20000")
    waiting = busy(plugin, 1, do="sleep", seconds=1)
    plugin.execute({"do": "print", "value": "8-15-4711-x", "password": "8-15-4711-x"})
    until(lambda: "by log [redacted]" in plugin.log)
    assert waiting[0]()[0] == 200
    assert "8-15-4711-x" not in plugin.log


def test_a_secret_of_the_header_is_hidden_in_what_is_printed(start: Start) -> None:
    plugin = start()
    body = b'{"inputs": {"do": "print", "value": "abcdefgh12345"}}'
    assert plugin.post(body, Authorization="Bearer abcdefgh12345")[0] == 200
    until(lambda: "by log [redacted]" in plugin.log)
    assert "abcdefgh12345" not in plugin.log


def test_a_body_that_is_only_announced_is_refused_at_once(start: Start) -> None:
    plugin = start(PLUGIN_MAX_BODY_BYTES="1024")
    with plugin.connect() as connection:
        connection.settimeout(SOON)
        connection.sendall(b"POST /execute HTTP/1.1\r\nHost: a\r\nContent-Length: 9000\r\n\r\n{")
        assert answer_on(connection)[0] == 413


def test_what_a_child_process_prints_is_logged(start: Start) -> None:
    plugin = start()
    assert plugin.execute({"do": "child"})[1]["outputs"] == {"result": "<nil>"}
    assert plugin.wait_for_line(lambda line: line["message"] == "said by a child")


def children(pid: int) -> list[int]:
    """The process ids of a process's children, whichever of its threads has started them."""
    lists = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for one in lists for child in one.read_text("ascii").split()]


@pytest.mark.slow  # what has ended is left alone for 10 s
def test_as_process_1_it_reaps_orphans(start: Start) -> None:
    namespace = ("unshare", "--pid", "--fork", "--kill-child", "--mount-proc")
    if subprocess.run([*namespace, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("a namespace of processes needs root")
    plugin = start(first=namespace)
    assert plugin.execute({"do": "leave orphans"})[1]["outputs"] == {"result": "<nil>"}
    (server,) = children(plugin.process.pid)
    until(lambda: len(children(server)) == 2)
    until(lambda: children(server) == [], seconds=60)


def test_the_descriptors_of_the_process_stay_open(start: Start) -> None:
    """Go closes a file that nobody has any more: a client would get the lines of a crash."""
    plugin = start()
    descriptors = [Path(f"/proc/{plugin.process.pid}/fd/{number}") for number in (1, 2)]
    before = [one.readlink() for one in descriptors]
    for _ in range(3):
        assert plugin.execute({"do": "collect garbage"})[0] == 200
    assert [one.readlink() for one in descriptors] == before


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        (
            {"SETUP_FAILS": "1", "DATABASE_TOKEN": "token-4711-abc"},
            "Setup failed: no database; token [redacted]",
        ),
        ({"AT_IMPORT": "panic"}, "Setup failed: panic: no licence"),
        ({"AT_IMPORT": "goexit"}, "Setup failed: it ended its goroutine"),
        ({"SETUP_SECONDS": "9", "PLUGIN_START_SECONDS": "1"}, "its Setup has not ended within 1 s"),
    ],
    ids=["error", "panic", "Goexit", "slow"],
)  # fmt: skip
def test_a_plugin_that_does_not_get_ready_ends_with_the_reason(
    start: Start, environ: dict[str, str], words: str
) -> None:
    plugin = start(**environ)
    assert plugin.get("/health")[0] == 503
    plugin.wait()
    assert plugin.process.returncode == 1
    assert plugin.lines[-1]["level"] == "CRITICAL"
    assert words in plugin.lines[-1]["message"]
    assert "token-4711-abc" not in plugin.log


@pytest.mark.parametrize(
    ("manifest", "environ", "words"),
    [
        ({}, {"PLUGIN_PORT": "70000"}, "PLUGIN_PORT='70000': use a whole number from 0 to 65535"),
        ({}, {"PLUGIN_HOST": "192.0.2.1"}, "cannot listen on PLUGIN_HOST='192.0.2.1'"),
        ({"outputDefinitions": [{"name": "a", "type": "string", "pattern": "(?=a)"}]}, {},
         "the pattern of a in outputDefinitions is no regular expression that Go knows"),
    ],
    ids=["port", "host", "pattern"],
)  # fmt: skip
def test_what_is_wrong_ends_the_start(
    start: Start, manifest: dict[str, object], environ: dict[str, str], words: str
) -> None:
    plugin = start(manifest=manifest, **environ)
    plugin.wait()
    assert plugin.process.returncode == 2
    assert words in plugin.lines[-1]["message"]


def test_it_listens_before_it_reads_anything(tmp_path: Path, go_server: Server) -> None:
    """The host asks for health at once, and then again only after a second."""
    command = go_server(tmp_path, "")
    os.mkfifo(tmp_path / "manifest.json")  # reading it waits until something is written
    port = free_port()
    plugin = PluginProcess(tmp_path, {"PLUGIN_PORT": port}, command=command)
    try:
        with plugin.connect() as connection:
            connection.sendall(b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n")
            (tmp_path / "manifest.json").write_text(json.dumps(MANIFEST), "utf-8")
            assert answer_on(connection)[0] == 200
    finally:
        plugin.kill()


def test_the_manifest_may_say_where_it_listens(start: Start) -> None:
    container = {**MANIFEST["container"], "environment": {"PLUGIN_HOST": "127.0.0.2"}}
    plugin = start(manifest={"container": container}, PLUGIN_HOST="")
    line = plugin.wait_for_line(lambda line: "address" in line)
    assert line["address"].startswith("127.0.0.2:")


def healthcheck(plugin: PluginProcess, folder: Path) -> tuple[int, str]:
    done = subprocess.run(
        [folder / "plugin", "healthcheck"],
        cwd="/",
        env={"PLUGIN_PORT": str(plugin.port)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return done.returncode, done.stdout


def test_the_health_check_of_the_image(start: Start, tmp_path: Path) -> None:
    plugin = start()
    status, said = healthcheck(plugin, tmp_path / "plugin-0")
    assert (status, json.loads(said)["status"]) == (0, "healthy")
    plugin.terminate()
    plugin.wait()
    status, said = healthcheck(plugin, tmp_path / "plugin-0")
    assert status == 1
    assert "no answer from port" in said


def test_an_argument_that_it_does_not_know(start: Start) -> None:
    plugin = start(arguments=["--help"])
    plugin.wait()
    assert plugin.process.returncode == 2
    assert "usage:" in plugin.log


def test_the_hosts_environment_does_not_tune_go(start: Start) -> None:
    plugin = start(GOGC="off", GOMEMLIMIT="1TiB", PLUGIN_MEMORY_BYTES=str(256 << 20))
    limits = plugin.execute({"do": "limits"})[1]["outputs"]["result"]
    assert limits == {"percent": 100, "limit": (256 << 20) - (256 << 20) // 10}


def test_a_default_is_not_shared_between_executions(start: Start) -> None:
    names = {"name": "names", "type": "array", "required": False, "default": ["a"]}
    inputs = [{"name": "do", "type": "string", "required": True}, names]
    plugin = start(manifest={"inputDefinitions": inputs})
    for _ in range(2):
        answer = plugin.execute({"do": "change the default"})[1]
        assert answer["outputs"]["result"] == ["again"]
        assert plugin.execute({"do": "return inputs"})[1]["outputs"]["result"]["names"] == ["a"]


def test_health_is_answered_while_every_slot_spins(start: Start) -> None:
    plugin = start(PLUGIN_TIMEOUT_MS="20000", PLUGIN_CONCURRENCY="8")
    waiting = busy(plugin, 8, do="spin", seconds=6)
    for _ in range(5):
        assert plugin.get("/health")[0] == 200
    assert plugin.metric("plugin_executions_in_flight") == 8, "they had ended already"
    assert [wait()[0] for wait in waiting] == [200] * 8


@pytest.mark.parametrize(
    "manifest",
    [TABLE["manifest"], *(json.loads(path.read_text("utf-8")) for path in MANIFESTS)],
    ids=["table", *(path.parents[1].name for path in MANIFESTS)],
)
def test_the_openapi_document_is_the_one_of_the_python_server(
    start: Start, manifest: dict[str, Any]
) -> None:
    required = [one for one in manifest.get("configuration", []) if one.get("required")]
    environ = {one["key"]: "1" for one in required}
    status, document = start(manifest={"configuration": [], **manifest}, **environ).get(
        "/openapi.json"
    )
    assert status == 200
    assert document == openapi({"configuration": [], **manifest})
