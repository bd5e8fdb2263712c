"""What a run prints: lines in a log, a bar in a terminal, little if quiet; and its parts."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path

import pexpect
import pytest

from stage7_plugin.batch.outcome import Outcome
from stage7_plugin.batch.progress import follow
from stage7_plugin.batch.shard import Shard
from tests.support.batch import batch, command, environment, numbered, plugins_in, write_fleet


def test_plain_lines_in_a_log(tmp_path: Path) -> None:
    output = batch(tmp_path, write_fleet(tmp_path, *numbered(3))).output
    summary, _, steps = output.partition("\n\n")
    assert re.fullmatch(r"rendering: 3 created in [\d.]+ s \([\d.]+/s\)", summary)
    assert steps == (
        "The plugins are in out; its index.md lists them.\n"
        "Next steps:\n"
        "  1. Write the code of each in its plugin_logic.py.\n"
        "  2. make --directory out/plugin-1 test\n"
        "  3. cd out && docker compose up --detach --build\n"
    )
    assert "\x1b" not in output
    write_fleet(tmp_path, *numbered(3))
    again = batch(tmp_path, "fleet.json").output
    assert again.partition("\n\n")[2] == "The plugins are in out; its index.md lists them.\n"
    write_fleet(tmp_path, *numbered(4))
    assert "Next steps:\n" in batch(tmp_path, "fleet.json").output, "one of them is new"


def test_the_next_steps_ask_for_the_code_of_stubs_only(tmp_path: Path) -> None:
    batch(tmp_path, write_fleet(tmp_path, *numbered(2)))
    logic = tmp_path / "out" / "plugin-1" / "plugin_logic.py"
    logic.write_text("def execute_plugin(inputs, context):\n    return {}\n")
    output = batch(tmp_path, write_fleet(tmp_path, *numbered(3))).output
    assert "  1. Write the code of each" not in output
    assert "--where stub" in output


def test_lines_of_a_long_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A line every few seconds of a clock that is turned by hand."""
    now = iter(range(100, 200, 2))
    monkeypatch.setattr(time, "monotonic", lambda: float(next(now)))
    outcomes = [Outcome(f"p{n}", n, "failed" if n == 2 else "created", "why") for n in range(1, 7)]
    passed_on = list(follow(outcomes, 6, "rendering", quiet=False))
    assert passed_on == outcomes
    captured = capsys.readouterr()
    assert captured.err == "failed: p2: why\n"
    lines = captured.out.splitlines()
    assert lines[0].startswith("rendering: 3 of 6 (2 created, 1 failed), ")
    assert all(line.endswith("/s") for line in lines)
    assert 1 <= len(lines) <= 2


def test_quiet_prints_failures_only(tmp_path: Path) -> None:
    file = write_fleet(tmp_path, *numbered(2))
    assert batch(tmp_path, file, "--quiet").output == ""
    (tmp_path / "out" / "plugin-2").rename(tmp_path / "elsewhere")
    (tmp_path / "out" / "plugin-2").write_text("")
    result = batch(tmp_path, file, "--quiet")
    assert result.status == 1
    assert "plugin-2" in result.output
    assert "plugin-1" not in result.output


@pytest.mark.skipif(sys.platform == "win32", reason="a closed pipe is another error")
def test_a_reader_that_leaves_ends_no_run(tmp_path: Path) -> None:
    """As `| head -1` does: the files of the fleet are written after the first line."""
    file = write_fleet(tmp_path, *numbered(2))
    with subprocess.Popen(
        command(file, "--output-dir", tmp_path / "out"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**environment(tmp_path), "PYTHONUNBUFFERED": "1"},
    ) as run:
        assert run.stdout is not None
        assert run.stderr is not None
        run.stdout.close()
        assert run.stderr.read() == b""
    assert run.returncode == 0
    assert (tmp_path / "out" / "index.json").is_file()


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
def test_a_live_bar_in_a_terminal(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "plugin-2").write_text("")
    file = write_fleet(tmp_path, *numbered(40))
    arguments = command(file, "--output-dir", tmp_path / "out")
    child = pexpect.spawn(
        arguments[0],
        arguments[1:],
        env={**environment(tmp_path), "TERM": "xterm", "COLUMNS": "120"},
        encoding="utf-8",
        dimensions=(24, 120),
        timeout=60,
    )
    child.expect("failed: plugin-2: .* exists and is not a folder")
    child.expect("40/40")
    child.expect("39 created, 1 failed")
    child.expect("1 failed:")
    child.expect("line 9: plugin-2: ")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 1


def test_one_failure_does_not_stop_the_rest(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "plugin-2").write_text("")
    result = batch(tmp_path, write_fleet(tmp_path, *numbered(3)))
    assert result.status == 1
    assert plugins_in(tmp_path / "out") == ["plugin-1", "plugin-3"]


def test_shards_divide_the_fleet(tmp_path: Path) -> None:
    file = write_fleet(tmp_path, *numbered(7))
    parts = []
    for number in (1, 2, 3):
        folder = tmp_path / str(number)
        folder.mkdir()
        assert batch(folder, file, "--shard", f"{number}/3").status == 0
        parts.append(plugins_in(folder / "out"))
    assert sorted(name for part in parts for name in part) == sorted(
        f"plugin-{n}" for n in range(1, 8)
    )
    assert [len(part) for part in parts] == [3, 2, 2]


@pytest.mark.parametrize("text", ["0/3", "4/3", "1", "1/", "a/b", "1/0", "-1/3", "1/3/5"])
def test_a_wrong_shard_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ValueError, match="must be K/N"):
        Shard.parse(text)
    result = batch(tmp_path, write_fleet(tmp_path, *numbered(1)), "--shard", text)
    assert result.status == 2
    assert "for example 2/4" in result.output
    assert not (tmp_path / "out").exists()


def test_a_report_that_cannot_be_written(tmp_path: Path) -> None:
    file = write_fleet(tmp_path, *numbered(1))
    result = batch(tmp_path, file, "--report", tmp_path / "no" / "report.json")
    assert result.status == 2
    assert "report.json cannot be written" in result.output


def test_only_some_plugins(tmp_path: Path) -> None:
    file = write_fleet(tmp_path, *numbered(3))
    arguments = ("--only", "plugin-3", "--only", "plugin-1")
    assert batch(tmp_path, file, *arguments).status == 0
    assert plugins_in(tmp_path / "out") == ["plugin-1", "plugin-3"]
    result = batch(tmp_path, file, "--only", "plugin-9")
    assert result.status == 2
    assert "has no plugin with the slug plugin-9" in result.output


def test_advice_on_manifests_is_given_once_for_all_plugins_that_it_concerns(tmp_path: Path) -> None:
    flag = {"inputs": "flag:boolean"}
    plugins = [{**plugin, **flag} for plugin in numbered(12)]
    file = write_fleet(tmp_path, *plugins, {"plugin_name": "Fine", "inputs": "text:string"})
    result = batch(tmp_path, file)
    assert result.status == 0
    lines = [line for line in result.output.splitlines() if "warning:" in line]
    (line,) = lines
    assert line.startswith("  warning: manifest.json of plugin-1, plugin-2, ")
    assert "plugin-10 and 2 more: inputDefinitions[0] (flag): the host refuses false" in line
    assert "warning:" not in batch(tmp_path, file).output, "nothing was made"
    assert "warning:" not in batch(tmp_path, file, "--quiet").output


def test_a_remark_names_every_plugin(tmp_path: Path) -> None:
    plugins = [{**plugin, "requirements": ["httpx"]} for plugin in numbered(3)]
    file = write_fleet(tmp_path, *plugins)
    for _ in range(2):
        output = batch(tmp_path, file).output
        assert "  plugin-1, plugin-2, plugin-3: its requirements are not locked yet" in output
    lock = tmp_path / "out" / "plugin-2" / "requirements.txt"
    lock.write_text("httpx==0.28.1 --hash=sha256:00\n")
    output = batch(tmp_path, file).output
    assert "  plugin-1, plugin-3: its requirements are not locked yet" in output, "as they are now"
