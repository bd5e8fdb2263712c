"""GET /openapi.json of the running server, and schemathesis against it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from stage7_plugin.spec.openapi import openapi
from stage7_plugin.spec.parameters import parse_parameters
from tests.support.plugin_process import PluginProcess
from tests.support.servers import Start
from tests.support.template import render

INPUTS = (
    "unit:string(km|mi)=km; level:number(1|2)=1; count:number(1..100)=10; title:string(1..20); "
    "code:string(/^[a-z]{2}$/, e.g. ab); page:string(uri)?; mail:string(email)?; "
    "day:string(date)?; at:string(date-time)?; sizes:array<number(5..9)>(1..3); "
    "picture:string(base64 image/png)?; key:string!secret?; loud:boolean=false; extra:object?"
)
OUTPUTS = "in_unit:string(km|mi); tags:array<string>; total:number(10..20); thing:any?"


def test_it_is_the_document_of_the_manifest(start: Start) -> None:
    plugin = start()
    manifest = json.loads((plugin.log_file.parent / "manifest.json").read_text("utf-8"))
    for _ in range(2):
        status, answer = plugin.get("/openapi.json")
        assert status == 200
        assert answer == openapi(manifest)


def test_a_start_does_not_import_it(start: Start) -> None:
    """Nothing of it is loaded until it is requested."""
    constrained = [one.definition() for one in parse_parameters("inputs", INPUTS)[0]]
    plugin = start(
        first=[],
        manifest={"inputDefinitions": constrained},
        logic="imported_modules.py",
    )
    result = {"title": "a", "code": "ab", "sizes": [5]}
    before = plugin.execute(result)[1]["outputs"]["result"]
    assert "plugin_runtime.constraints" in before
    assert not {"plugin_runtime.openapi", "plugin_runtime.json_schema"} & set(before)
    plugin.get("/openapi.json")
    after = plugin.execute(result)[1]["outputs"]["result"]
    assert "plugin_runtime.openapi" in after


@pytest.mark.slow
@pytest.mark.network
def test_schemathesis_finds_nothing(tmp_path: Path) -> None:
    environment = tmp_path / "environment"
    subprocess.run([sys.executable, "-m", "venv", environment], check=True)
    python = environment / "bin" / "python"
    # Not in our own environment: it is also a plugin of pytest, and makes every start of it slow.
    subprocess.run([python, "-m", "pip", "install", "-q", "schemathesis==4.32.5"], check=True)
    project = render(tmp_path, inputs=INPUTS, outputs=OUTPUTS)
    folder = tmp_path / "running"
    shutil.copytree(project, folder)
    plugin = PluginProcess(folder, {"PLUGIN_STRICT_INPUTS": "1"})
    try:
        done = subprocess.run(
            [
                environment / "bin" / "schemathesis",
                *("run", f"http://127.0.0.1:{plugin.port}/openapi.json"),
                *("--max-examples", "200", "--seed", "1", "--no-color"),
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=500,
        )
    finally:
        plugin.kill()
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert "Tested: 5" in done.stdout
