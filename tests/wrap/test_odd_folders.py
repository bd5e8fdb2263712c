"""Folders that nobody would think of: each is wrapped, or refused with file, rule and example."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from stage7_plugin.cli import main
from stage7_plugin.wrap import container
from stage7_plugin.wrap.model import CannotWrap
from tests.support.batch import tree
from tests.support.hand_made import MANIFEST, PLAIN, has_note, plugin, read, refusal, run

TEXT = json.dumps(MANIFEST, indent=2)
INDENTED = "    " + PLAIN.replace("\n    return", "\n        return")
CLASS = "class P:\n    def __init__(self, key): ...\n    def run(self, i): ...\n"
KEYED = "def execute_plugin(*, key, inputs): ...\n"
FORMS = {
    "if": f"import sys\n\nif sys.version_info > (3,):\n{INDENTED}",
    "try": f"try:\n    import no_such_module\nexcept ImportError:\n{INDENTED}",
    "keywords alone": PLAIN.replace("(inputs, context)", "(*, inputs, context=None)"),
    "byte order mark": "\ufeff" + PLAIN,
    "line ends of Windows": PLAIN.replace("\n", "\r\n"),
}


@pytest.mark.parametrize("form", FORMS)
def test_logic_of_an_odd_form_still_answers(tmp_path: Path, form: str) -> None:
    found = read(tmp_path, **{"plugin_logic.py": FORMS[form]})
    assert FORMS[form].encode() in found.files.values()
    assert run(found, {"text": "a"})["outputs"] == {"result": "a"}


@pytest.mark.parametrize(
    ("file", "content", "line", "words"),
    [
        ("manifest.json", f"// mine\n{TEXT}", 1, "it has a comment, which JSON does not allow"),
        ("manifest.json", TEXT.replace("[]", "[] /* none */"), 53, "it has a comment"),
        ("manifest.json", TEXT.replace('"id"', '# x\n  "id"'), 2, "it has a comment"),
        ("manifest.json", '{"a":' + "[" * 100_000, None, "it is not JSON"),
        ("manifest.json", TEXT.encode("utf-16"), 1, "not UTF-8"),
        ("Dockerfile", "", None, "it has no FROM"),
        ("Dockerfile", "RUN x\nCOPY . .\n", None, "it has no FROM"),
        ("Dockerfile", "FROM a\n# \xe9\n".encode("latin-1"), 2, "not UTF-8"),
        ("plugin_logic.py", "from .impl import execute_plugin\n", 1, "its function is imported"),
        ("plugin_logic.py", "x = 1\nexecute_plugin = lambda i, c: {}\n", 2, "is assigned"),
        ("plugin_logic.py", CLASS, 2, "the class P is created with arguments: 'self, key'"),
        ("plugin_logic.py", KEYED, 1, "takes '*, key, inputs'"),
        ("plugin_logic.py", 'x = "\xe9"\n'.encode("latin-1"), 1, "not valid Python"),
    ],
)
def test_what_is_refused_has_its_line(
    tmp_path: Path, file: str, content: str | bytes, line: int | None, words: str
) -> None:
    refused = refusal(tmp_path, **{file: content})
    assert (refused.path, refused.line) == (file, line)
    assert words in refused.found
    assert refused.expected


@pytest.mark.parametrize("name", ["Dockerfile", "manifest.json", "plugin_logic.py"])
def test_a_folder_in_place_of_a_file(tmp_path: Path, name: str) -> None:
    refused = refusal(tmp_path, **{name: None, f"{name}/x": "x"})
    assert (refused.path, refused.found) == (name, "it is a folder")


def test_keys_that_are_there_twice(tmp_path: Path) -> None:
    text = TEXT.replace('"id": "echo-it"', '"id": "echo-it",\n  "id": "echo-two"')
    found = read(tmp_path, **{"manifest.json": text})
    assert found.answers["plugin_slug"] == "echo-two"
    assert has_note(found, "manifest.json", "dropped", "the key id occurs twice")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    folder = plugin(tmp_path, **{"plugin_logic.py": None})
    os.mkfifo(folder / "plugin_logic.py")
    os.mkfifo(folder / "data")
    with pytest.raises(CannotWrap, match="it is not a regular file"):
        container.read(str(folder))


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    folder = plugin(tmp_path)
    with (folder / "model.bin").open("wb") as file:
        file.truncate(1 << 40)  # no block of it is on the disk
    with pytest.raises(CannotWrap, match=r"model.bin: it has 1099511627776 bytes"):
        container.read(str(folder))
    (folder / ".dockerignore").write_text("*.bin\n")
    assert "model.bin" not in container.read(str(folder)).files


@pytest.mark.skipif(os.name == "nt", reason="names are text there")
def test_a_name_that_is_no_text(tmp_path: Path) -> None:
    folder = plugin(tmp_path / "old")
    Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9.txt")).write_bytes(b"x")
    result = CliRunner().invoke(main, ["wrap", str(folder), "git_init=no", "-o", str(tmp_path)])
    assert result.exit_code == 0, result.output
    assert "is not UTF-8" in result.output
    assert {path.name for path in (tmp_path / "echo-it").glob("caf*")} == set()


def test_a_repository_with_changes_is_left_as_it_is(tmp_path: Path) -> None:
    folder = plugin(tmp_path / "old", **{"data.txt": "1"})
    for command in (["init", "-q"], ["add", "-A"]):
        subprocess.run(["git", *command], cwd=folder, check=True)
    (folder / "data.txt").write_text("2")
    (folder / "new.txt").write_text("3")
    before = tree(folder)
    arguments = ["wrap", str(folder), "git_init=no", "-o", str(tmp_path)]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    assert tree(folder) == before
    assert (tmp_path / "echo-it" / "data.txt").read_text() == "2"
    assert (tmp_path / "echo-it" / "new.txt").read_text() == "3"
    assert not (tmp_path / "echo-it" / ".git").exists()


def test_a_folder_that_cannot_be_written_is_only_read(tmp_path: Path) -> None:
    folder = plugin(tmp_path / "old", **{"data/x.txt": "1"})
    modes = [(path, path.stat().st_mode) for path in (folder, *folder.rglob("*"))]
    try:
        for path, mode in modes:
            path.chmod(mode & ~0o222)
        arguments = ["wrap", str(folder), "git_init=no", "-o", str(tmp_path / "out")]
        result = CliRunner().invoke(main, arguments)
        assert result.exit_code == 0, result.output
    finally:
        for path, mode in modes:
            path.chmod(mode)
    with (tmp_path / "out" / "echo-it" / "plugin_logic.py").open("a") as file:
        file.write("# can be edited\n")


def test_the_kind_can_be_named(tmp_path: Path) -> None:
    folder = plugin(tmp_path / "old")
    result = CliRunner().invoke(main, ["wrap", str(folder), "--kind", "container", "--check"])
    assert result.exit_code == 0, result.output
    assert result.output.startswith("container plugin: ")
