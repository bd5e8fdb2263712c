"""Settings of a plugin in a file: read as the plugin's own make targets read it."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from stage7_plugin.errors import UserError
from stage7_plugin.host.env_file import read_env_file
from tests.runtime.runtime_modules import TEMPLATE


def test_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "settings"
    file.write_text(
        "\ufeff# a comment\r\n\n  # another\nURL=https://a/?b=c#d\nQUOTED='x y'\nEMPTY=\n"
        " A_1 = v \n"
        'export B="\'"\nC="\n',
        "utf-8",
    )
    expected = {
        "URL": "https://a/?b=c#d",
        "QUOTED": "x y",
        "EMPTY": "",
        "A_1": "v",
        "B": "'",
        "C": '"',
    }
    assert read_env_file(file) == expected
    monkeypatch.syspath_prepend(str(TEMPLATE / "tests"))
    reader = runpy.run_path(str(TEMPLATE / "tests" / "start_plugin.py"))["values_of"]
    assert reader(str(file)) == expected, "the plugin's own reader says something else"


@pytest.mark.parametrize("line", ["s3cr3t", "=s3cr3t", "A B=s3cr3t", "1A=s3cr3t"])
def test_a_wrong_line_is_named_without_its_text(tmp_path: Path, line: str) -> None:
    file = tmp_path / "settings"
    file.write_text(f"A=1\n{line}\n", "utf-8")
    with pytest.raises(UserError, match="line 2: write NAME=value, such as API_TOKEN=x") as told:
        read_env_file(file)
    assert "s3cr3t" not in str(told.value)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be read: Is a directory; choose another one"):
        read_env_file(tmp_path)
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    with pytest.raises(UserError, match="cannot be read: it is not UTF-8"):
        read_env_file(tmp_path / "binary")
