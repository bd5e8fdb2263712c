"""The TypeScript server's own tests, and its OpenAPI document beside the Python server's."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from stage7_plugin.spec.openapi import openapi
from tests.support import node

TABLE: dict[str, Any] = json.loads((node.REPOSITORY / "tests/cases/http.json").read_text("utf-8"))
MANIFESTS = sorted((node.REPOSITORY / "examples").glob("*/python/manifest.json"))
DOCUMENT = (
    "const { openapi } = require(process.argv[1]);"
    "process.stdout.write(JSON.stringify(openapi(JSON.parse(process.argv[2]))));"
)


def run(*arguments: str, folder: Path = node.TESTS) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [node.node(), *arguments], cwd=folder, capture_output=True, encoding="utf-8", check=False
    )


def test_the_parts_of_the_server_do_what_they_promise() -> None:
    done = run("--test", "--test-reporter=tap")
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-1000:]
    counts = dict(re.findall(r"^# (\w+) (\d+)$", done.stdout, re.MULTILINE))
    assert counts["pass"] == counts["tests"], "some were passed over"
    assert int(counts["pass"]) > 40


@pytest.mark.parametrize(
    "manifest",
    [
        TABLE["manifest"],
        *(json.loads(path.read_text("utf-8")) for path in MANIFESTS),
    ],
    ids=["table", *(path.parents[1].name for path in MANIFESTS)],
)
def test_the_openapi_document_is_the_one_of_the_python_server(manifest: dict[str, Any]) -> None:
    source = str(node.SOURCES / "plugin_runtime" / "openapi.cts")
    done = run("-e", DOCUMENT, source, json.dumps(manifest))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == openapi(manifest)
