"""The OpenAPI document: valid, complete, and the same from the command and from the server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from openapi_spec_validator import OpenAPIV31SpecValidator

from stage7_plugin.cli import main
from stage7_plugin.spec.openapi import CONTRACT, openapi
from stage7_plugin.spec.parameters import parse_parameters
from tests.support.template import TEMPLATE

RENDERED = TEMPLATE / "examples" / "rendered" / "text-echo"
MANIFEST: dict[str, Any] = json.loads((RENDERED / "manifest.json").read_text("utf-8"))
LINES = (
    "unit:string(km|mi)=km; count:number(1..100)=10; tags:array<string>?; key:string!secret; "
    "code:string(/^[a-z]+$/, e.g. ab)!secret; picture:string(base64 image/png)?; when:any?"
)


def changed(**changes: Any) -> dict[str, Any]:
    return {**MANIFEST, **changes}


def inputs(lines: str) -> list[dict[str, Any]]:
    return [one.definition() for one in parse_parameters("inputs", lines)[0]]


@pytest.mark.parametrize(
    "manifest",
    [
        MANIFEST,
        changed(inputDefinitions=inputs(LINES)),
        changed(api={"endpoint": "/run", "method": "PUT", "timeout": 5}),
        changed(api={"endpoint": "/health", "method": "POST"}),
        changed(container={**MANIFEST["container"], "healthCheck": {"path": "/up"}}),
    ],
    ids=["rendered", "constraints", "another path", "one path for both", "another health path"],
)
def test_it_is_valid(manifest: dict[str, Any]) -> None:
    document = openapi(manifest)
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []
    health = manifest["container"]["healthCheck"]["path"]
    assert "get" in document["paths"][health]
    execution = document["paths"][manifest["api"]["endpoint"]][manifest["api"]["method"].lower()]
    statuses = ["200", "400", "413", "415", "422", "429", "500", "503", "504"]
    assert list(execution["responses"]) == statuses


def test_a_fault_would_be_seen() -> None:
    document = openapi(MANIFEST)
    document["paths"]["/execute"]["post"]["responses"]["200"].pop("description")
    assert list(OpenAPIV31SpecValidator(document).iter_errors())


def test_no_value_of_a_secret_is_in_it() -> None:
    document = json.dumps(openapi(changed(inputDefinitions=inputs("k:string!secret=hunter2"))))
    assert "hunter2" not in document
    assert '"writeOnly": true' in document


def test_it_has_no_configuration_of_the_container() -> None:
    container = {**MANIFEST["container"], "environment": {"TOKEN": "hunter2"}}
    document = openapi(changed(container=container))
    assert "hunter2" not in json.dumps(document)
    assert document[CONTRACT]["container"] == {"resources": container["resources"]}


@pytest.mark.parametrize("command", ["openapi", "schema"])
def test_the_commands(command: str, tmp_path: Path) -> None:
    done = CliRunner().invoke(main, [command, str(RENDERED)])
    assert done.exit_code == 0
    document = json.loads(done.output)
    assert document["openapi" if command == "openapi" else "$schema"]

    (tmp_path / "manifest.json").write_text("{}", "utf-8")
    done = CliRunner().invoke(main, [command, str(tmp_path)])
    assert done.exit_code == 2
    assert "the manifest lacks id" in done.output
    (tmp_path / "manifest.json").unlink()
    done = CliRunner().invoke(main, [command, str(tmp_path)])
    assert (done.exit_code, "cannot be read" in done.output) == (2, True)
