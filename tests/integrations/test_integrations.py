"""Scaffolding from GitHub, GitLab and Backstage: linted, and with the questions of the template."""

from __future__ import annotations

import json
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import referencing
from referencing.jsonschema import DRAFT7

from stage7_plugin.spec.answers import CHOICES, PROMPTS
from tests.support.integration_files import BACKSTAGE, PIPELINE, WORKFLOW, load
from tests.support.linters import schema_complaints, shell_complaints, workflow_complaints


def test_the_linters_have_nothing_to_say(tmp_path: Path) -> None:
    (tmp_path / ".github" / "workflows").mkdir(parents=True)
    shutil.copy(WORKFLOW, tmp_path / ".github" / "workflows")
    assert workflow_complaints(tmp_path) == ""
    assert schema_complaints("gitlab-ci", PIPELINE, transform="gitlab-ci") == ""
    for job in ("render-plugin", "publish-plugin"):
        assert shell_complaints(load(PIPELINE)[job]["script"], "sh", tmp_path) == ""


def test_what_renders_may_not_write() -> None:
    workflow = load(WORKFLOW)
    assert workflow["permissions"] == {}
    assert workflow["jobs"]["render"]["permissions"] == {}
    assert "${{ inputs" not in WORKFLOW.read_text("utf-8").replace("${{ toJSON(inputs) }}", "")
    assert "environment" not in load(PIPELINE)["render-plugin"], "it would see the token"
    assert "reports" not in load(PIPELINE)["render-plugin"]["artifacts"], "variables for the next"
    assert load(PIPELINE)["publish-plugin"]["variables"] == {"GIT_STRATEGY": "clone"}


def test_the_forms_ask_for_what_the_template_asks() -> None:
    form = load(WORKFLOW)[True]["workflow_dispatch"]["inputs"]
    assert set(form) - {"more", "target"} < PROMPTS
    for key in ("license", "language"):
        assert tuple(form[key]["options"]) == CHOICES[key]
    assert len(form) <= 10, "GitHub Enterprise Server takes no more"

    template = load(BACKSTAGE)["spec"]
    fields = {k: v for page in template["parameters"] for k, v in page["properties"].items()}
    assert set(fields) == set(form)
    assert set(fields["target"]["enum"]) == set(form["target"]["options"])
    for key in ("license", "language"):
        assert tuple(fields[key]["enum"]) == CHOICES[key]
    (step,) = template["steps"]
    sent = {key: f"${{{{ parameters.{key} }}}}" for key in form}
    assert step["input"]["workflowInputs"] == sent


BACKSTAGE_SCHEMAS = """
const names = {
  Template: "@backstage/plugin-scaffolder-common/dist/Template.v1beta3.schema.json.cjs.js",
  Entity: "@backstage/catalog-model/dist/schema/Entity.schema.json.cjs.js",
  EntityMeta: "@backstage/catalog-model/dist/schema/EntityMeta.schema.json.cjs.js",
  common: "@backstage/catalog-model/dist/schema/shared/common.schema.json.cjs.js",
};
const path = require("path");
const schemas = {};
for (const [name, file] of Object.entries(names)) {
  const module = require(path.resolve("node_modules", file));
  schemas[name] = module.default ?? module;
}
console.log(JSON.stringify(schemas));
"""
BACKSTAGE_PACKAGES = {"plugin-scaffolder-common": "2.3.0", "catalog-model": "1.10.1"}


def backstage_schemas(folder: Path) -> dict[str, Any]:
    """Backstage's own schemas, out of its packages and without what those depend on."""
    for name, version in BACKSTAGE_PACKAGES.items():
        command = ["npm", "pack", "--silent", f"@backstage/{name}@{version}"]
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
        target = folder / "node_modules" / "@backstage" / name
        with tarfile.open(folder / f"backstage-{name}-{version}.tgz") as archive:
            # Python before 3.11.4 knows no filters.
            filtered = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
            archive.extractall(folder / name, **filtered)  # type: ignore[arg-type]
        target.parent.mkdir(parents=True, exist_ok=True)
        (folder / name / "package").rename(target)
    command = ["node", "--eval", BACKSTAGE_SCHEMAS]
    found: dict[str, Any] = json.loads(subprocess.check_output(command, cwd=folder))
    return found


@pytest.mark.network
@pytest.mark.skipif(shutil.which("npm") is None, reason="Backstage's schema comes from npm")
def test_backstage_accepts_its_template(tmp_path: Path) -> None:
    schemas = backstage_schemas(tmp_path)
    resources = [(schema["$id"], DRAFT7.create_resource(schema)) for schema in schemas.values()]
    validator = jsonschema.Draft7Validator(
        schemas["Template"], registry=referencing.Registry().with_resources(resources)
    )
    template = load(BACKSTAGE)
    assert [error.message for error in validator.iter_errors(template)] == []
    template["spec"]["steps"][0].pop("action")
    assert list(validator.iter_errors(template)) != []
