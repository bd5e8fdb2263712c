"""A requirement that is not locked is not in the image, so its plugin is not built."""

from __future__ import annotations

from pathlib import Path

import pytest

from stage7_plugin.batch.locked import not_locked

LOCK = """\
# made by make lock
httpx[http2]==0.28.1 ; python_version < "4" \\
    --hash=sha256:00
ruamel-yaml==1.0 --hash=sha256:01
tool @ https://example.com/tool.whl --hash=sha256:02
Old===1
"""


@pytest.mark.parametrize(
    ("needed", "missing"),
    [
        ("", []),
        ("# a comment\n\n  \n-r more.txt\n--extra-index-url https://x\n", []),
        ("httpx[http2]>=0.28\nRuamel.YAML\ntool @ https://example.com/tool.whl\nold\n", []),
        ("lxml>=6; python_version > '3.10'\nhttpx\nnumpy # fast\n", ["lxml", "numpy"]),
        ("\ufeffhttpx2\n", ["httpx2"]),
    ],
)
def test_what_the_lock_lacks(tmp_path: Path, needed: str, missing: list[str]) -> None:
    (tmp_path / "requirements.in").write_text(needed, "utf-8")
    (tmp_path / "requirements.txt").write_text(LOCK, "utf-8")
    assert not_locked(tmp_path) == missing


def test_without_any_file_nothing_is_missing(tmp_path: Path) -> None:
    assert not_locked(tmp_path) == []
