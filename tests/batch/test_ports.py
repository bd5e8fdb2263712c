"""A plugin keeps the port that it had; a new one takes the next that is free."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from stage7_plugin.batch.outputs.ports import assign, read_ports
from tests.support.batch import batch, write_fleet


@pytest.mark.parametrize(
    ("kept", "expected"),
    [
        ({}, [100, 101, 102]),
        ({"b": 100, "c": 101}, [102, 100, 101]),
        ({"a": 105, "x": 101}, [105, 101, 102]),
        ({"a": 99, "b": 65536}, [100, 101, 102]),
        ({"a": 101, "b": 101}, [101, 100, 102]),
    ],
)
def test_ports(kept: dict[str, int], expected: list[int]) -> None:
    assert list(assign(["a", "b", "c"], 100, kept).values()) == expected


def test_ports_stay_when_plugins_come_and_go(tmp_path: Path) -> None:
    def ports(*names: str) -> dict[str, int]:
        file = write_fleet(tmp_path, *({"plugin_name": name} for name in names))
        assert batch(tmp_path, file).status == 0
        listed = json.loads((tmp_path / "out" / "index.json").read_text())["plugins"]
        return {plugin["folder"]: plugin["port"] for plugin in listed}

    assert ports("A", "B", "C") == {"a": 20000, "b": 20001, "c": 20002}
    assert ports("N", "B", "C", "A") == {"n": 20003, "b": 20001, "c": 20002, "a": 20000}
    assert ports("C", "M") == {"c": 20002, "m": 20001}


@pytest.mark.parametrize("text", ["", "PLUGIN_HOST_PORT=x\n", "PLUGIN_HOST_PORT=200000\n", "\xff"])
def test_what_is_no_port_counts_for_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "compose_env").mkdir()
    (tmp_path / "compose_env" / "a.env").write_text(text, "latin-1")
    (tmp_path / "compose_env" / "b.env").write_text("PLUGIN_HOST_PORT=20005\n")
    assert read_ports(tmp_path, ["a", "b", "c"]) == {"b": 20005}
