"""Calling a plugin as the host does, and `stage7-plugin invoke`."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from stage7_plugin.cli import main
from stage7_plugin.dev import log_lines
from stage7_plugin.dev.history import History, NotSaved
from stage7_plugin.dev.json_places import line_of_path
from stage7_plugin.dev.launch import settings_of
from stage7_plugin.dev.problems import ManifestProblems, checked_manifest, found_in_log
from stage7_plugin.dev.snapshot import changed, snapshot
from stage7_plugin.dev.start_command import NoCommand, start_command
from stage7_plugin.dev.tokens import MASK, Tokens
from stage7_plugin.dev.values import WrongInput, typed_inputs
from tests.support.dev_plugin import INPUTS, RENDERED, make_plugin


@pytest.fixture(scope="module")
def plugin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_plugin(tmp_path_factory.mktemp("invoke") / "plugin")


def invoke(plugin: Path, *arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, ["invoke", str(plugin), *arguments])
    return result.exit_code, result.stdout, result.stderr


def test_invoke_converts_as_the_host_does_and_prints_the_outputs(plugin: Path) -> None:
    photo = plugin / "photo.bin"
    photo.write_bytes(b"\xff\x00")
    given = ["text=hi", "count=3", "words=a, b", f"document=@{photo}", "anything:=[1]"]
    options = [part for item in given for part in ("--input", item)]
    status, out, log = invoke(plugin, "--json", *options)
    called = json.loads(out)
    assert status == 0
    assert called["answer"]["outputs"]["result"] == {
        "text": "hi",
        "count": 3,
        "loud": False,
        "words": ["a", "b"],
        "document": base64.b64encode(b"\xff\x00").decode(),
        "anything": [1],
        "word": "first",
    }
    assert [name for name, _ in called["phases"]] == ["start to healthy", "inputs", "execute"]
    assert called["outputs"][0]["resultType"] == "object"
    assert "called with hi" in log


def test_invoke_takes_the_example_and_prints_for_people(plugin: Path) -> None:
    status, out, _ = invoke(plugin)
    assert status == 0
    assert 'result (object): {"text": "hello"' in out
    assert "status 200: start to healthy" in out


@pytest.mark.parametrize(
    ("given", "status", "message"),
    [
        (["--input", "text="], 1, "the host refused it, status 400"),
        (["--input", "text=x", "--input", "count=11"], 1, "must be at most 10"),
        (["--input", "text=fail"], 1, "it fails when asked to"),
        (["--input", "txt=1"], 2, "no such input; it has text, count"),
        (["--input", "text"], 2, "has no NAME=VALUE; for example"),
        (["--input", "text=@/not/there"], 2, "cannot be read: No such file"),
        (["--input", "words:=[1"], 2, "is not JSON"),
        (["--command", "not-a-program-at-all"], 2, "not-a-program-at-all"),
    ],
)
def test_invoke_says_what_is_wrong(
    plugin: Path, given: list[str], status: int, message: str
) -> None:
    found, out, err = invoke(plugin, *given)
    assert found == status, err
    assert message in out + err


def test_a_failure_is_tried_again_as_often_as_the_host_does(
    plugin: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stage7_plugin.dev.calling.time.sleep", lambda seconds: None)
    _, out, _ = invoke(plugin, "--input", "text=fail", "--retry", "--json")
    assert [one["status"] for one in json.loads(out)["tries"]] == [500] * 6


def test_tokens_are_masked_in_the_answer(plugin: Path) -> None:
    _, out, _ = invoke(plugin, "--input", "text=leak", "--json")
    handed = json.loads(out)["answer"]["outputs"]["result"]
    assert "__auth_token" in handed
    assert not handed["__auth_token"].startswith("dev-")


def test_tokens_differ_and_are_masked_anywhere() -> None:
    one, other = Tokens(), Tokens()
    token = one.environment()["S7_CM_TOKEN"]
    assert token not in other.environment().values()
    assert one.masked_json({"deep": [f"x {token}"]}) == {"deep": [f"x {MASK}"]}
    assert "PATH" not in one.environment()
    assert "PATH" in one.environment(container=True)


def test_a_problem_of_the_manifest_has_its_line(plugin: Path, tmp_path: Path) -> None:
    text = (plugin / "manifest.json").read_text("utf-8")
    manifest = tmp_path / "manifest.json"
    manifest.write_text(text.replace('"type": "boolean"', '"type": "bool"'), "utf-8")
    problems = checked_manifest(tmp_path)[2]
    number = next(
        n for n, line in enumerate(manifest.read_text().splitlines(), 1) if "bool" in line
    )
    assert problems[0].line == number
    manifest.write_text('{\n  "id": "x"\n  "verb": 1\n}', "utf-8")
    with pytest.raises(ManifestProblems, match=r"manifest\.json:3: it is not JSON"):
        checked_manifest(tmp_path)


@pytest.mark.parametrize(
    ("path", "line"), [("a", 2), ("b[1].c", 6), ("b[7]", 3), ("nothing", 1), ("d", 8)]
)
def test_the_line_of_a_path(path: str, line: int) -> None:
    text = '{\n "a": "}",\n "b": [\n  {},\n  {\n   "c": 1\n  }],\n "d": 2\n}'
    assert line_of_path(text, path) == line


def test_log_lines_of_any_plugin_are_read() -> None:
    ours = log_lines.parsed('{"level": "ERROR", "message": "m", "trace_id": "t", "size": 3}')
    assert (ours["level"], ours["message"], ours["trace_id"]) == ("ERROR", "m", "t")
    assert ours["more"] == {"size": 3}
    assert log_lines.parsed("12:00 WARN something")["level"] == "WARNING"
    assert log_lines.parsed("[1, 2]")["message"] == "[1, 2]"


def test_only_what_runs_counts_as_a_change(tmp_path: Path) -> None:
    plugin = make_plugin(tmp_path / "plugin")
    before = snapshot(plugin)
    for name in ("README.md", "tests/new.py", ".stage7-dev/history.jsonl", "x.pyc"):
        (plugin / name).parent.mkdir(exist_ok=True)
        (plugin / name).write_text("x", "utf-8")
    assert changed(before, snapshot(plugin)) == []
    (plugin / "helpers.py").write_text("x", "utf-8")
    assert changed(before, snapshot(plugin)) == [str(plugin / "helpers.py")]


def test_how_a_plugin_is_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    python = start_command(tmp_path, {"entryPoint": {"main": "server.py"}})
    assert python[1:] == ["-B", "-E", "-s", "server.py"]
    for name in ("node", "go", "sh"):
        (tmp_path / name).write_text("")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    for file in ("server.mjs", "server.cts"):
        node = [str(tmp_path / "node"), file]
        assert start_command(tmp_path, {"entryPoint": {"main": file}}) == node
    go = start_command(tmp_path, {"entryPoint": {"main": "server.go"}})
    assert go[:2] == [str(tmp_path / "sh"), "-c"]
    assert go[2].startswith(f"{tmp_path}/go build ")
    assert " && exec " in go[2]
    assert start_command(tmp_path, {}, "deno run 'a b.ts'") == ["deno", "run", "a b.ts"]
    with pytest.raises(NoCommand, match="say it with --command"):
        start_command(tmp_path, {"entryPoint": {"main": "server.rb"}})


def test_the_first_mistake_that_a_compiler_names_is_shown(tmp_path: Path) -> None:
    for name in ("plugin_logic.go", "plugin_types.go"):
        (tmp_path / name).write_text("", "utf-8")
    said = [
        "# stage7plugin",
        "./plugin_types.go:7:2: undefined: x",
        "./plugin_logic.go:31:15: cannot use 1 as string value in assignment",
        "/elsewhere/other.go:1:1: no file of the plugin",
    ]
    found = found_in_log([{"message": one, "more": {}} for one in said], tmp_path, "it ended")
    assert str(found) == "plugin_types.go:7: undefined: x"


@pytest.mark.parametrize("name", ["", "../out", "A", "a/b", "x" * 99])
def test_a_saved_request_has_a_harmless_name(plugin: Path, name: str) -> None:
    history = History(plugin)
    called: dict[str, Any] = {
        "trace_id": "dev-1",
        "inputs": {"text": "x", "password": "p"},
        "as_host": True,
        "status": 200,
        "success": True,
        "answer": {},
        "phases": [],
    }
    entry = history.add({"inputDefinitions": INPUTS}, called, "2026-01-31T00:00:00+00:00")
    assert entry["inputs"] == {"text": "x"}
    with pytest.raises(NotSaved, match="must be like two-lines"):
        history.save_example("dev-1", name, "plugin")
    with pytest.raises(NotSaved, match="no longer in the history"):
        history.save_example("dev-2", "name", "plugin")


def test_values_are_typed() -> None:
    manifest = {"inputDefinitions": INPUTS}
    assert typed_inputs(manifest, ["text=a=b", "count:=1"]) == {"text": "a=b", "count": 1}
    with pytest.raises(WrongInput):
        typed_inputs(manifest, ["=x"])


def test_settings_come_from_the_file_that_make_takes_them_from(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("# note\nexport A='x y'\nB=1\n", "utf-8")
    assert settings_of(tmp_path, None) == {"A": "x y", "B": "1"}
    assert settings_of(tmp_path, "") == {}
    (tmp_path / "other").write_text("C=2\n", "utf-8")
    assert settings_of(tmp_path, "other") == {"C": "2"}


def test_a_saved_request_is_a_test_that_passes_and_fails(tmp_path: Path) -> None:
    """In a rendered plugin, whose lint accepts the file too."""
    plugin = tmp_path / "plugin"
    shutil.copytree(RENDERED, plugin, ignore=shutil.ignore_patterns("__pycache__", ".venv"))
    status, out, _ = invoke(plugin, "--json", "--input", "text=for later")
    assert status == 0
    manifest = json.loads((plugin / "manifest.json").read_text("utf-8"))
    history = History(plugin)
    entry = history.add(manifest, json.loads(out), "now")
    saved = plugin / history.save_test(entry["id"], "later")

    def tool(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", *arguments]
        return subprocess.run(command, cwd=plugin, capture_output=True, text=True)

    name = "tests/test_saved_requests.py"
    for lint in (("ruff", "check", name), ("ruff", "format", "--check", name)):
        assert (done := tool(*lint)).returncode == 0, done.stdout
    assert " 1 passed" in f" {tool('pytest', '-q', name).stdout}".replace("\n", " ")
    document = json.loads(saved.read_text("utf-8"))
    document["answer"]["outputs"]["result"] = "another"
    saved.write_text(json.dumps(document), "utf-8")
    done = tool("pytest", "-q", name)
    assert done.returncode == 1
    assert "[later]" in done.stdout
