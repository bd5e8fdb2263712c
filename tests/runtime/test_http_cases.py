"""The table of cases of the HTTP API, with the server of each language."""

from __future__ import annotations

import http.client
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.runtime.runtime_modules import TEMPLATE
from tests.support import go, node
from tests.support.plugin_process import PluginProcess
from tests.support.servers import LOGIC

TABLE: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "cases" / "http.json").read_text("utf-8")
)
CASES: list[dict[str, Any]] = TABLE["cases"]
LANGUAGES = ("python", "typescript", "go")


def started(language: str, folder: Path) -> PluginProcess:
    (folder / "manifest.json").write_text(json.dumps(TABLE["manifest"]), "utf-8")
    if language == "python":
        shutil.copy(TEMPLATE / "server.py", folder)
        unwanted = shutil.ignore_patterns("__pycache__")
        shutil.copytree(TEMPLATE / "plugin_runtime", folder / "plugin_runtime", ignore=unwanted)
        shutil.copy(LOGIC / "http_cases.py", folder / "plugin_logic.py")
        return PluginProcess(folder, {})
    if language == "go":
        go.build(folder, go.TESTS / "http_cases.go")
        return PluginProcess(folder, {}, command=[str(folder / "plugin")])
    shutil.copy(node.SOURCES / "server.cts", folder)
    shutil.copytree(node.SOURCES / "plugin_runtime", folder / "plugin_runtime")
    shutil.copy(node.TESTS / "http_cases.ts", folder / "plugin_logic.ts")
    (folder / "package.json").write_text('{"type": "module"}', "utf-8")
    return PluginProcess(folder, {}, command=[node.node(), str(folder / "server.cts")])


@pytest.fixture(scope="module", params=LANGUAGES)
def plugin(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[PluginProcess]:
    process = started(request.param, tmp_path_factory.mktemp(request.param))
    yield process
    process.kill()


def holds(found: Any, wanted: Any) -> bool:
    """Whether an object has every key that is wanted, and a list is the same."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        return all(key in found and holds(found[key], value) for key, value in wanted.items())
    return bool(found == wanted and isinstance(found, bool) == isinstance(wanted, bool))


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_every_language_answers_and_logs_what_the_table_says(
    plugin: PluginProcess, case: dict[str, Any]
) -> None:
    if "bytes" in case["send"]:
        answers = answers_to(plugin.raw(case["send"]["bytes"].encode("latin-1")))
        assert [status for status, _ in answers] == case["statuses"]
        assert all(json.loads(body)["success"] is False for status, body in answers if status > 200)
        return
    before = len(plugin.log)
    status, headers, content = send(plugin, case["send"])
    assert status == case["status"], content
    for name, value in case.get("headers", {}).items():
        assert headers[name] == value
    if "text" in case:
        assert case["text"] in content
    if "body" in case:
        assert holds(json.loads(content), case["body"]), content
    if "error" in case:
        answer = json.loads(content)
        assert answer["success"] is False
        assert case["error"] in answer["error"]
        assert "\n" not in answer["error"]
    if "log" in case:
        plugin.wait_for_line(lambda line: holds(line, case["log"]))
    assert case.get("unseen", "nothing of this kind") not in content + plugin.log[before:]


def answers_to(received: bytes) -> list[tuple[int, bytes]]:
    """Status and body of each answer on a connection."""
    found = []
    while received:
        head, _, rest = received.partition(b"\r\n\r\n")
        length = int(re.findall(rb"(?i)\r\ncontent-length: (\d+)", head)[0])
        found.append((int(head.split()[1]), rest[:length]))
        received = rest[length:]
    return found


def send(plugin: PluginProcess, wanted: dict[str, Any]) -> tuple[int, dict[str, str], str]:
    body = wanted.get("text", json.dumps(wanted["json"]) if "json" in wanted else None)
    standard = {"content-type": "application/json"} if body is not None else {}
    connection = http.client.HTTPConnection("127.0.0.1", plugin.port, timeout=30)
    try:
        connection.request(
            wanted.get("method", "POST"),
            wanted.get("path", "/execute"),
            None if body is None else body.encode("utf-8"),
            {**standard, **wanted.get("headers", {})},
        )
        answer = connection.getresponse()
        found = {name.lower(): value for name, value in answer.getheaders()}
        return answer.status, found, answer.read().decode("utf-8")
    finally:
        connection.close()
