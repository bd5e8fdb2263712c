"""What index.json tells of a plugin follows its folder; what git must not see is ignored."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from tests.support.batch import batch, numbered, write_fleet

LOCK = "requests==2.31.0 \\\n    --hash=sha256:00\nurllib3==2.0.7 \\\n    --hash=sha256:01\n"


def plugin(out: Path, number: int = 0) -> dict[str, Any]:
    found = json.loads((out / "index.json").read_text("utf-8"))["plugins"][number]
    assert isinstance(found, dict)
    return found


def test_the_index_follows_the_folder(tmp_path: Path) -> None:
    asked = {
        "plugin_name": "Asked",
        "requirements": ["requests>=2", "httpx[http2]"],
        "inputs": [{"name": "key", "type": "string", "secret": True}],
    }
    file = write_fleet(tmp_path, asked)
    assert batch(tmp_path, file).status == 0
    out = tmp_path / "out"
    before = plugin(out)
    assert before["requirements"] == ["requests>=2", "httpx[http2]"]
    assert (before["packages"], before["locked"], before["secrets"]) == ({}, False, ["key"])
    folder = out / "asked"
    (folder / "requirements.txt").write_text(LOCK + "httpx==0.28.1 --hash=sha256:02\n")
    (folder / "plugin_logic.py").write_text("def execute_plugin(inputs, context): ...\n")
    manifest = folder / "manifest.json"
    manifest.write_text(manifest.read_text("utf-8").replace('"256m"', '"1g"'), "utf-8")
    dockerfile = folder / "Dockerfile"
    dockerfile.write_text(dockerfile.read_text("utf-8").replace("python:3.11", "python:3.13"))
    batch(tmp_path, file)
    after = plugin(out)
    assert after["packages"] == {"httpx": "0.28.1", "requests": "2.31.0", "urllib3": "2.0.7"}
    assert (after["locked"], after["stub"], after["python"]) == (True, False, "3.13")
    assert (after["memory"], after["memory_mb"]) == ("1g", 1024)
    assert after["digest"] != before["digest"]


def test_the_memory_of_digests_changes_none(tmp_path: Path) -> None:
    file = write_fleet(tmp_path, *numbered(2))
    batch(tmp_path, file)
    out = tmp_path / "out"
    first = [plugin(out, number)["digest"] for number in (0, 1)]
    assert first[0] != first[1]
    cache = out / ".stage7-batch" / "cache" / "digests.json"
    for content in (cache.read_text(), "", "[]", '{"plugin-1": 3}', '{"plugin-1": ["x", "y"]}'):
        cache.write_text(content)
        batch(tmp_path, file)
        assert [plugin(out, number)["digest"] for number in (0, 1)] == first


def test_git_sees_what_belongs_to_the_fleet_and_no_more(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    batch(tmp_path, write_fleet(tmp_path, *numbered(1)))
    listed = subprocess.run(
        ["git", "-C", tmp_path, "ls-files", "--others", "--exclude-standard", "out/.stage7-batch"],
        capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    found = {Path(name).parts[2] for name in listed}
    assert found & {"lock", "workers.lock", "cache", ".gitignore", "staging"} == set()
    assert {"records", "fleet"} <= found
