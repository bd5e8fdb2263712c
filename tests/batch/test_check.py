"""The whole file is checked first, and every problem is reported at once."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.support.batch import batch, write_fleet
from tests.support.batch_files import TWENTY_MISTAKES

LOGIC_WITHOUT_FUNCTION = "def run():\n    return {}\n"


def test_twenty_mistakes_are_twenty_messages(tmp_path: Path) -> None:
    (tmp_path / "fleet.yaml").write_text(TWENTY_MISTAKES)
    (tmp_path / "no_function.py").write_text(LOGIC_WITHOUT_FUNCTION)
    result = batch(tmp_path, "fleet.yaml")
    assert result.status == 1
    assert result.output.startswith("20 problems in fleet.yaml; nothing was written.\n")
    wrong = [n for n, line in enumerate(TWENTY_MISTAKES.split("\n"), 1) if "#" in line]
    told = re.findall(r"(?m)^  fleet\.yaml:(\d+): (.*)\n    rule:    (.+)\n    example: (.+)$",
                      result.output)  # fmt: skip
    assert [int(line) for line, *_ in told] == wrong
    for number, (line, head, _rule, _example) in enumerate(told, 1):
        source = TWENTY_MISTAKES.split("\n")[int(line) - 1]
        assert f"# {number}" in source
        assert head.startswith("defaults: " if number == 1 else "plugin ")
        key = "plugin_name" if number == 12 else re.sub(r"^[\s-]*|:.*", "", source)
        assert f": {'plugin_slug' if number == 10 else key}: " in head
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("plugin", "words"),
    [
        ({"memory": "100 MB"}, ["memory: '100 MB'", "from 32m to 1024g", "example: 256m"]),
        ({"verbs": "X"}, ["there is no key called verbs; did you mean verb?"]),
        ({"version": ["1.0.0"]}, ["version: ['1.0.0']", "must be text"]),
        ({"author": None}, ["author: None", "must be text"]),
        ({"permissions": {"a": 1}}, ["permissions: {'a': 1}", "must be text"]),
        ({"logic": "../x.py"}, ["must be inside the batch file's folder"]),
        ({"logic": "/etc/passwd"}, ["must be inside the batch file's folder"]),
        ({"logic": "broken.py"}, ["must be Python: ", "in line 1"]),
        ({"logic": ["x.py"]}, ["must be the path of a file"]),
        ({"requirements": [1]}, ["requirements: 1", "must be a package"]),
        ({"requirements": {"x": 1}}, ["must be a list of package requirements"]),
        ({"inputs": [{"name": "x"}]}, ["a type must be one of string"]),
    ],
)
def test_messages_name_value_and_rule(
    tmp_path: Path, plugin: dict[str, object], words: list[str]
) -> None:
    (tmp_path / "broken.py").write_text("def (:\n")
    result = batch(tmp_path, write_fleet(tmp_path, {"plugin_name": "Echo", **plugin}))
    assert result.status == 1
    assert result.output.startswith("1 problem in ")
    for word in words:
        assert word in result.output


def test_a_wrong_default_is_reported_once_where_it_stands(tmp_path: Path) -> None:
    file = write_fleet(tmp_path, {"plugin_name": "A"}, {"plugin_name": "B"}, memory="big")
    result = batch(tmp_path, file)
    assert result.output.startswith("1 problem in ")
    assert f"{file}:3: defaults: memory: 'big'" in result.output


def test_clashes_name_the_other_line(tmp_path: Path) -> None:
    first = {"plugin_name": "Text Echo"}
    second = {"plugin_name": "Other", "plugin_slug": "text-echo", "verb": "TEXT_ECHO"}
    result = batch(tmp_path, write_fleet(tmp_path, first, second))
    assert result.output.startswith("2 problems in ")
    assert result.output.count("the plugin of line 6 has it too") == 2
    assert "the image stage7/text-echo:1.0.0" in result.output


def test_check_stops_there(tmp_path: Path) -> None:
    file = write_fleet(tmp_path, {"plugin_name": "One"})
    result = batch(tmp_path, file, "--check")
    assert (result.status, result.output) == (0, f"{file}: 1 plugin, no problems\n")
    assert not (tmp_path / "out").exists()
    assert batch(tmp_path, file, "--check", "--quiet").output == ""


def test_problems_are_in_the_report(tmp_path: Path) -> None:
    file = write_fleet(tmp_path, {"plugin_name": "One", "cpu": "0"})
    assert batch(tmp_path, file, "--check", "--report", tmp_path / "r.json").status == 1
    report = json.loads((tmp_path / "r.json").read_text())
    assert report["succeeded"] is False
    assert report["problems"][0] == {
        "line": 8,
        "plugin": "plugin 1 (One)",
        "key": "cpu",
        "value": "'0'",
        "rule": "must be a decimal number from 0.01 to 256",
        "example": "0.5",
    }


def test_logic_and_requirements_are_laid_over(tmp_path: Path) -> None:
    logic = "async def execute_plugin(inputs, context):\n    return {'success': True}\n"
    (tmp_path / "logic.py").write_text(logic)
    requirements = ["httpx==0.28.1", "lxml[html]>=6; python_version > '3.10'"]
    plugin = {"plugin_name": "One", "logic": "logic.py", "requirements": requirements}
    result = batch(tmp_path, write_fleet(tmp_path, plugin))
    assert result.status == 0, result.output
    assert "not locked yet: run `make lock`" in result.output
    project = tmp_path / "out" / "one"
    assert (project / "plugin_logic.py").read_text() == logic
    assert (project / "requirements.in").read_text().splitlines()[-2:] == requirements


def test_a_lock_is_laid_over(tmp_path: Path) -> None:
    (tmp_path / "lock.txt").write_text("httpx==0.28.1 \\\n    --hash=sha256:00\n")
    plugin = {"plugin_name": "One", "requirements": "httpx", "lock": "lock.txt"}
    result = batch(tmp_path, write_fleet(tmp_path, plugin))
    assert result.status == 0, result.output
    assert "make lock" not in result.output
    locked = tmp_path / "out" / "one" / "requirements.txt"
    assert locked.read_bytes() == (tmp_path / "lock.txt").read_bytes()
    (tmp_path / "lock.txt").write_text("httpx==0.28.1\n")
    assert (
        "must be a requirements.txt with hashes" in batch(tmp_path, tmp_path / "fleet.json").output
    )
