"""What only the Go server promises while it runs: failures, orphans, its OpenAPI document."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from stage7_plugin.spec.openapi import openapi
from tests.support import go
from tests.support.plugin_process import SOON
from tests.support.servers import Start
from tests.support.steps import answer_on, busy, still_works, until

TABLE = json.loads((go.REPOSITORY / "tests/cases/http.json").read_text("utf-8"))
MANIFESTS = sorted((go.REPOSITORY / "examples").glob("*/python/manifest.json"))


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        ({"do": "something else"}, "unknown: something else"),
        ({"do": "raise", "value": "too long"}, "panic: ValueError: too long"),
        ({"do": "nil"}, "panic: assignment to entry in nil map"),
        ({"do": "raise unprintable"}, "an error without text"),
        ({"do": "exit"}, "The plugin ended its goroutine, as runtime.Goexit does."),
        ({"do": "fail", "value": "empty"}, "line one line two:"),
        (
            {"do": "fail", "value": "denied"},
            "only /tmp, which is also the home folder, is writable",
        ),
        ({"do": "fail", "value": "program"}, "no program except the plugin"),
        ({"do": "fail", "value": "full"}, "holds a quarter of container.resources.memory"),
        ({"do": "return nan"}, "The plugin's outputs cannot be written."),
        ({"do": "return raw", "value": None}, "'outputs' must be an object, but is null."),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_the_plugin_did_is_reported(start: Start, inputs: dict[str, Any], words: str) -> None:
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


def test_a_body_that_is_only_announced_is_refused_at_once(start: Start) -> None:
    plugin = start(PLUGIN_MAX_BODY_BYTES="1024")
    with plugin.connect() as connection:
        connection.settimeout(SOON)
        connection.sendall(b"POST /execute HTTP/1.1\r\nHost: a\r\nContent-Length: 9000\r\n\r\n{")
        assert answer_on(connection)[0] == 413


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


def test_a_default_is_not_shared_between_executions(start: Start) -> None:
    names = {"name": "names", "type": "array", "required": False, "default": ["a"]}
    inputs = [{"name": "do", "type": "string", "required": True}, names]
    plugin = start(manifest={"inputDefinitions": inputs})
    for _ in range(2):
        answer = plugin.execute({"do": "change the default"})[1]
        assert answer["outputs"]["result"] == ["again"]
        assert plugin.execute({"do": "return inputs"})[1]["outputs"]["result"]["names"] == ["a"]


def test_health_is_answered_while_every_slot_spins(start: Start) -> None:
    plugin = start(PLUGIN_TIMEOUT_MS="600000", PLUGIN_CONCURRENCY="8")
    busy(plugin, 8, do="spin", seconds=300)
    for _ in range(5):
        assert plugin.get("/health")[0] == 200
    assert plugin.metric("plugin_executions_in_flight") == 8, "it waited for them"


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
