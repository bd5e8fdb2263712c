"""The files of a fleet where not every plugin is made, or not every one can be used."""

from __future__ import annotations

import json
from pathlib import Path

from tests.support.batch import batch, numbered, write_fleet


def test_shards_in_one_folder_end_with_the_files_of_the_whole_fleet(tmp_path: Path) -> None:
    file = write_fleet(tmp_path, *numbered(5))
    ports = {}
    for shard in ("2/2", "1/2"):
        assert batch(tmp_path, file, "--shard", shard).status == 0
        listed = json.loads((tmp_path / "out" / "index.json").read_text())["plugins"]
        ports[shard] = {plugin["folder"]: plugin["port"] for plugin in listed}
    assert ports["2/2"] == {"plugin-2": 20001, "plugin-4": 20003}
    assert ports["1/2"] == {f"plugin-{n}": 19999 + n for n in range(1, 6)}


def test_a_manifest_that_cannot_be_used_is_reported(tmp_path: Path) -> None:
    file = write_fleet(tmp_path, *numbered(2))
    batch(tmp_path, file)
    (tmp_path / "out" / "plugin-1" / "manifest.json").write_text("{")
    result = batch(tmp_path, file, "--report", tmp_path / "report.json")
    assert result.status == 1
    assert "plugin-1: " in result.output
    assert "manifest.json is not JSON" in result.output
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["fleet"]["counts"] == {"failed": 1}


def test_there_must_be_a_port_for_each(tmp_path: Path) -> None:
    file = write_fleet(tmp_path, *numbered(3))
    result = batch(tmp_path, file, "--first-port", 65534)
    assert result.status == 1
    assert "only 2 ports remain from 65534 up" in result.output
