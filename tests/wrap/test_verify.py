"""`wrap --verify`: what of a wrapped plugin passes, and which rules its code breaks."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from stage7_plugin.cli import main
from stage7_plugin.dev.start_command import NoCommand
from stage7_plugin.wrap import verify
from tests.support.hand_made import PLAIN, plugin
from tests.support.wrap_again import commit
from tests.wrap.conftest import SOURCES


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few rules, and a lint without mypy: the whole takes 15 s."""
    lint = (("ruff",), (("ruff", "check", "--no-cache", "--quiet", "."),))
    monkeypatch.setattr(verify, "_TOOLS", {"lint": lint})
    rules = ["manifest", "lifecycle.healthy", "execute.raw-inputs", "execute.outputs-declared"]
    skipped = "execute.aliases"  # because no input has one
    monkeypatch.setattr(verify, "_RULES", (*rules, skipped))


def wrap(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["wrap", *map(str, arguments), "--verify"])


def verified(result: Result) -> list[str]:
    return result.output.partition("Verifying:\n")[2].splitlines()


def test_a_sound_plugin_passes_and_nothing_is_left_in_it(tmp_path: Path) -> None:
    result = wrap(SOURCES / "greeter", "git_init=no", "-o", tmp_path)
    assert result.exit_code == 0, result.output
    assert verified(result) == [
        "  lint: passes",
        "  contract: 4 rules that need no image hold; make contract checks every rule",
    ]
    assert list(tmp_path.rglob("__pycache__")) == []


EXTRA = PLAIN.replace("    return {", "    more = {'extra': 1}\n    return {")
REFUSED = """execute.raw-inputs is broken: 500 {"success": false, "error": "The plugin's outputs"""
BROKEN = {
    "execute.raw-inputs is broken: ": PLAIN.replace('inputs["text"]', "inputs['txt'.upper()]"),
    REFUSED: EXTRA.replace('inputs["text"]}', 'inputs["text"], **more}'),
    "lifecycle.healthy is broken: ": "import no_such_module\n\n" + PLAIN,
}


@pytest.mark.parametrize("words", BROKEN)
def test_a_rule_that_the_code_breaks_is_named(tmp_path: Path, words: str) -> None:
    plugin(tmp_path / "old", **{"plugin_logic.py": BROKEN[words]})
    result = wrap(tmp_path / "old", "git_init=no", "-o", tmp_path)
    assert result.exit_code == 1
    assert any(line.startswith(f"  contract: {words}") for line in verified(result)), result.output
    assert (tmp_path / "echo-it" / "plugin_logic.py").is_file(), "it stays for the author to fix"
    hint = "make lock setup" in result.output
    assert hint == ("healthy" in words)
    assert ("no_such_module" in verified(result)[1]) == hint


def test_a_tool_that_fails_or_is_not_there_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quiet = (("ruff",), (("ruff", "check", "--no-cache", "--select=ALL", "-q", "."),))
    absent = (("pytest", "no_such_module"), (("no_such_module",),))
    monkeypatch.setattr(verify, "_TOOLS", {"lint": quiet, "test": absent})
    result = wrap(SOURCES / "greeter", "git_init=no", "-o", tmp_path)
    assert result.exit_code == 1
    lines = verified(result)
    assert lines[0].startswith("  lint: ")
    assert lines[0] != "  lint: passes"
    missing = "no no_such_module in this environment; run make test"
    assert f"  test: not run: {missing}" in lines


def test_the_scenarios_of_the_plugin_are_tried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(verify, "_TOOLS", {})
    monkeypatch.setattr(verify, "_RULES", ("lifecycle.healthy", "errors.failure-is-not-2xx"))
    raises = "    if inputs['text'] == 'fail':\n        raise ValueError\n    return {"
    code = PLAIN.replace("    return {", raises)
    result = wrap(
        plugin(tmp_path / "old", **{"plugin_logic.py": code}), "git_init=no", "-o", tmp_path
    )
    assert "contract: 1 rules that need no image hold" in verified(result)[-1], "no scenario yet"
    made = tmp_path / "echo-it"
    for text in ("fail", "work"):
        scenarios = json.dumps({"failing": {"text": text}})
        (made / "examples" / "scenarios.json").write_text(scenarios, "utf-8")
        capsys.readouterr()
        assert verify.verify(made) == (text == "fail")
        broken = "errors.failure-is-not-2xx is broken" in capsys.readouterr().out
        assert broken == (text == "work")


def test_it_follows_again_too(tmp_path: Path) -> None:
    result = wrap(SOURCES / "greeter", "git_init=no", "-o", tmp_path)
    commit(tmp_path / "greeter")
    result = wrap("--again", tmp_path / "greeter", SOURCES / "greeter")
    assert result.exit_code == 0, result.output
    assert verified(result)[0] == "  lint: passes"


def test_check_makes_nothing_to_verify(tmp_path: Path) -> None:
    result = wrap(SOURCES / "greeter", "--check", "-o", tmp_path)
    assert result.exit_code == 2
    assert "give one" in result.output


def test_of_a_tool_that_fails_its_summary_is_shown(tmp_path: Path) -> None:
    lines = ["FAILED one - why", *(f"line {number}" for number in range(6))]
    (tmp_path / "tool.py").write_text(f"print(*{lines}, sep='\\n'); raise SystemExit(1)\n", "utf-8")
    assert verify._run(sys.executable, ("tool",), tmp_path) == ["FAILED one - why"]
    (tmp_path / "tool.py").write_text("raise SystemExit(3)\n", "utf-8")
    assert verify._run(sys.executable, ("tool",), tmp_path) == ["tool ended with 3"]


def test_a_tool_that_does_not_end_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verify, "_SECONDS", 0.2)
    (tmp_path / "tool.py").write_text("import time; time.sleep(60)\n", "utf-8")
    said = verify._run(sys.executable, ("tool",), tmp_path)
    assert said == ["tool did not end in 0.2 seconds"]


def test_byte_code_goes_and_what_was_there_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "__pycache__").mkdir()

    def results(folder: Path) -> Iterator[tuple[str, bool]]:
        (folder / "tests" / "__pycache__").mkdir(parents=True)
        yield "lint: passes", True

    monkeypatch.setattr(verify, "_results", results)
    assert verify.verify(tmp_path)
    assert [*tmp_path.rglob("__pycache__")] == [tmp_path / "__pycache__"]


def test_where_nothing_can_be_run_that_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def start_command(_folder: Path, _manifest: object) -> list[str]:
        raise NoCommand("there is no Python here")

    monkeypatch.setattr(verify, "start_command", start_command)
    plugin(tmp_path / "old")
    assert verify.verify(tmp_path / "old")
    assert capsys.readouterr().out == "Verifying:\n  nothing was run: there is no Python here\n"
