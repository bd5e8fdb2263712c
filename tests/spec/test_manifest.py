"""The manifest check: compiled from the schema, agreeing with it, needing no package."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from stage7_plugin.host_facts import BUNDLED_VERBS, PERMISSIONS, TAKEN_VERBS
from stage7_plugin.spec.manifest import manifest_problems, manifest_warnings
from stage7_plugin.spec.value_types import TYPES
from tests.support.template import TEMPLATE, render
from tools import compile_schema

SCHEMA: dict[str, Any] = json.loads(compile_schema.SCHEMA.read_text(encoding="utf-8"))

Change = tuple[str, Any]


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    project = render(tmp_path_factory.mktemp("manifest"), inputs="a:string; b:number=1; c:any?")
    found: dict[str, Any] = json.loads((project / "manifest.json").read_text(encoding="utf-8"))
    return found


def changed(manifest: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """A copy with the value at a path such as api.method; ... takes the key away."""
    found = copy.deepcopy(manifest)
    *parents, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    target: Any = found
    for part in parents:
        target = target[part]
    if value is ...:
        del target[last]
    else:
        target[last] = value
    return found


def parameter(**changes: Any) -> dict[str, Any]:
    return {"name": "x", "required": True, "type": "string", **changes}


ACCEPTED: list[Change] = [
    ("anything", {"authors": "add fields"}),
    ("container.anything", 1),
    ("explanation", ...),
    ("explanation", "x" * 20),
    ("description", "x" * 10),
    ("usageExamples", ...),
    ("metadata", ...),
    ("$schema", ...),
    ("security.sandboxOptions", ...),
    ("security.permissions", list(PERMISSIONS)),
    ("security.trust", {"publisher": "x"}),
    ("container.resources.memory", "268435456"),
    ("container.resources.memory", "1G"),
    ("container.resources.cpu", 0.5),
    ("container.ports", [{"container": 9000}]),
    ("version", "10.20.30"),
    ("verb", "THINKING"),
    ("verb", "any Name 1"),
    ("api.method", "GET"),
    ("api.timeout", ...),
    ("repository.type", "librarian-definition"),
    (
        "packageSource",
        {"type": "git", "url": "u", "branch": "b", "commitHash": "c", "subPath": "s"},
    ),
    ("inputGuidance", "How"),
    ("inputDefinitions", [parameter(defaultValue="x")]),
    ("inputDefinitions", [parameter(default="x", aliases=["y"], secret=True, example="z")]),
    ("inputDefinitions", [parameter(type="any", default=None)]),
    ("inputDefinitions", [parameter(type="number", default=1.5)]),
    ("configuration", [{"key": "K", "description": "", "required": False, "type": "secret"}]),
]
REJECTED: list[tuple[str, Any, str]] = [
    *[(key, ..., f"the manifest lacks {key}") for key in SCHEMA["required"]],
    ("id", "", "id is '': must have 1 or more characters"),
    ("id", 1, "id is 1: must be of type string"),
    *[("verb", verb, "must not be one of THINK, GENERATE") for verb in TAKEN_VERBS],
    ("version", "1.0", "version is '1.0': must match"),
    ("version", "1.0.0\n", "must match"),
    ("description", "x" * 9, "must have 10 or more characters"),
    ("explanation", "x" * 19, "must have 20 or more characters"),
    ("language", "python", "language is 'python': must be container"),
    ("inputDefinitions", [], "must have 1 or more entries"),
    ("outputDefinitions", [], "must have 1 or more entries"),
    ("inputDefinitions.0.name", ..., "inputDefinitions[0] lacks name"),
    ("inputDefinitions.0.required", "yes", "inputDefinitions[0].required is 'yes'"),
    ("inputDefinitions.0.type", "text", "must be one of string, number, boolean, array"),
    ("outputDefinitions.0.type", "json", "outputDefinitions[0].type is 'json'"),
    ("inputDefinitions", [parameter(default=1)], "inputDefinitions[0].default is 1"),
    ("inputDefinitions", [parameter(defaultValue=1)], "inputDefinitions[0].defaultValue is 1"),
    ("inputDefinitions", [parameter(type="number", default=True)], "must be of type number"),
    ("inputDefinitions", [parameter(type="boolean", default=0)], "must be of type boolean"),
    ("inputDefinitions", [parameter(type="array", example={})], "must be of type array"),
    ("inputDefinitions", [parameter(type="object", default=[])], "must be of type object"),
    ("inputDefinitions", [parameter(aliases="x")], "must be of type array"),
    ("inputDefinitions", [parameter(), parameter()], "the name 'x' occurs 2 times"),
    ("inputDefinitions", [parameter(name="result")], "the name 'result' occurs 2 times"),
    ("inputDefinitions", [parameter(), parameter(name="y", aliases=["x"])], "'x' occurs 2 times"),
    ("inputDefinitions", [parameter(aliases=["result"])], "'result' occurs 2 times"),
    ("inputDefinitions", [parameter(aliases=["a", "a"])], "'a' occurs 2 times"),
    ("inputDefinitions", [parameter(name="K"), parameter(name="\u212a")], "occurs 2 times"),
    ("entryPoint.main", ..., "entryPoint lacks main"),
    ("entryPoint.files", [], "must be of type object"),
    *[(f"container.{key}", ..., f"lacks {key}") for key in
      ("dockerfile", "buildContext", "image", "ports", "resources", "healthCheck")],
    ("container.healthCheck.path", ..., "container.healthCheck lacks path"),
    ("container.ports", [], "must have 1 or more entries"),
    ("container.ports.0.container", 0, "must be at least 1"),
    ("container.ports.0.container", 65536, "must be at most 65535"),
    ("container.ports.0.container", "8080", "must be of type integer"),
    ("container.resources.memory", "256mb", "must match"),
    ("container.resources.memory", 256, "must be of type string"),
    ("container.healthCheck.timeout", "10000ms", "must match"),
    ("container.healthCheck.path", "health", "must match"),
    ("container.environment", {"A": 1}, "must be of type string"),
    ("api.endpoint", ..., "api lacks endpoint"),
    ("api.method", "HEAD", "must be one of GET, POST, PUT, DELETE, PATCH"),
    ("api.method", "post", "must be one of"),
    ("api.timeout", 0, "must be above 0"),
    ("security.permissions", ..., "security lacks permissions"),
    ("security.permissions", ["net"], "security.permissions[0] is 'net': must be one of fs.read"),
    ("security.sandboxOptions.allowEval", "no", "must be of type boolean"),
    ("security.trust", [], "must be of type object"),
    ("repository.type", "svn", "must be one of git, npm"),
    ("metadata.category", "text", "must be of type array"),
    ("metadata.tags", [1], "metadata.tags[0] is 1"),
    ("configuration", [{"key": "K"}], "lacks description, required, type"),
    ("configuration", [{"key": "K", "description": "", "required": True, "type": "token"}],
     "must be one of string, number, boolean, secret"),
]  # fmt: skip


def test_rendered_manifest_is_accepted(manifest: dict[str, Any]) -> None:
    assert manifest_problems(manifest) == []


@pytest.mark.parametrize(("path", "value"), ACCEPTED)
def test_accepted(manifest: dict[str, Any], path: str, value: Any) -> None:
    candidate = changed(manifest, path, value)
    assert manifest_problems(candidate) == []
    jsonschema.validate(candidate, SCHEMA, jsonschema.Draft7Validator)


@pytest.mark.parametrize(("path", "value", "told"), REJECTED)
def test_rejected(manifest: dict[str, Any], path: str, value: Any, told: str) -> None:
    candidate = changed(manifest, path, value)
    (problem,) = manifest_problems(candidate)
    assert told in problem
    if "occurs" not in told and value != "1.0.0\n":  # beyond a schema, or of Python alone
        assert not jsonschema.Draft7Validator(SCHEMA).is_valid(candidate)


def test_names_twice_are_beyond_the_schema(manifest: dict[str, Any]) -> None:
    candidate = changed(manifest, "inputDefinitions", [parameter(), parameter()])
    assert jsonschema.Draft7Validator(SCHEMA).is_valid(candidate)


@pytest.mark.parametrize("thing", [None, [], "x", 1, {}])
def test_what_is_no_manifest_at_all(thing: Any) -> None:
    assert manifest_problems(thing)


def test_every_problem_is_reported_with_its_place(manifest: dict[str, Any]) -> None:
    candidate = changed(manifest, "id", ...)
    for path, value in (
        ("verb", "THINK"),
        ("version", "1"),
        ("description", "short"),
        ("api.method", "HEAD"),
        ("inputDefinitions.0.type", "text"),
        ("inputDefinitions.1.required", "yes"),
        ("inputDefinitions.1.defaultValue", "one"),
        ("inputDefinitions.2.name", ...),
        ("outputDefinitions.0.type", "json"),
        ("container.ports.0.container", 0),
        ("container.resources.memory", "1GB"),
        ("container.healthCheck.path", "health"),
        ("security.permissions", ["net", "fs"]),
    ):
        candidate = changed(candidate, path, value)
    places = [problem.split(" ")[0] for problem in manifest_problems(candidate)]
    assert sorted(places) == sorted([
        "the", "verb", "version", "description", "api.method", "inputDefinitions[0].type",
        "inputDefinitions[1].required", "inputDefinitions[1].defaultValue", "inputDefinitions[2]",
        "outputDefinitions[0].type", "container.ports[0].container", "container.resources.memory",
        "container.healthCheck.path", "security.permissions[0]", "security.permissions[1]",
    ])  # fmt: skip


def test_a_rendered_manifest_needs_no_advice(manifest: dict[str, Any]) -> None:
    assert manifest_warnings(manifest) == []


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        ("verb", "SCRAPE", "verb: the host already has a plugin for SCRAPE"),
        ("description", "Counts words. Takes a text", 'first full stop, "Counts words"'),
        ("description", "Runs a Node.js program", 'first full stop, "Runs a Node"'),
        ("description", "Resets a PassWord of a user", 'the word "password"'),
        ("inputDefinitions.0.type", "number", "inputDefinitions[0] (a): the host refuses 0"),
        ("inputDefinitions.0.type", "boolean", 'write "required": false and "defaultValue": false'),
        ("inputDefinitions", [parameter(required=False, default="x")], "rename default"),
        ("outputDefinitions.0.name", "error", "outputDefinitions[0]: the host treats an output"),
        ("outputDefinitions.0.name", "status", "call it status_text"),
    ],
)
def test_what_its_author_should_look_at(
    manifest: dict[str, Any], path: str, value: Any, told: str
) -> None:
    candidate = changed(manifest, path, value)
    assert manifest_problems(candidate) == []
    (warning,) = manifest_warnings(candidate)
    assert told in warning


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("description", "Counts the words of a text."),
        ("inputDefinitions.0.type", "array"),
        ("inputDefinitions", [parameter(type="number", required=False, defaultValue=0)]),
        ("outputDefinitions.0.name", "errors"),
    ],
)
def test_what_needs_no_advice(manifest: dict[str, Any], path: str, value: Any) -> None:
    assert manifest_warnings(changed(manifest, path, value)) == []


def test_a_secret_in_the_manifest(manifest: dict[str, Any]) -> None:
    setting = {"key": "API_TOKEN", "description": "Of the service", "required": True}
    manifest["configuration"] = [{**setting, "type": "secret", "value": "abc"}]
    (told,) = manifest_warnings(manifest)
    assert told.startswith("configuration[0] (API_TOKEN): a secret in the manifest is committed")
    assert "abc" not in told
    for harmless in ({"type": "secret", "value": ""}, {"type": "string", "value": "abc"}):
        manifest["configuration"] = [{**setting, **harmless}]
        assert manifest_warnings(manifest) == []


def test_a_plugin_means_the_same() -> None:
    for source, target in compile_schema.COPIES.items():
        rendered = target.read_text(encoding="utf-8")
        assert rendered == compile_schema.copied(source), "run python -m tools.compile_schema"
        assert "stage7_plugin" not in rendered


def test_the_bundled_verbs_are_those_of_the_schema() -> None:
    assert set(SCHEMA["definitions"]["bundledVerbs"]["enum"]) == BUNDLED_VERBS
    assert len(BUNDLED_VERBS) == 127


def test_schema_is_draft_7() -> None:
    jsonschema.Draft7Validator.check_schema(SCHEMA)


def test_compiled_validator_is_that_of_the_schema() -> None:
    checked_in = compile_schema.VALIDATOR.read_text(encoding="utf-8")
    assert checked_in == compile_schema.compiled(), "run python -m tools.compile_schema"


def test_schema_knows_the_names_of_the_host() -> None:
    properties = SCHEMA["properties"]
    assert tuple(properties["verb"]["not"]["enum"]) == TAKEN_VERBS
    permissions = properties["security"]["properties"]["permissions"]["items"]["enum"]
    assert tuple(permissions) == PERMISSIONS
    assert tuple(SCHEMA["definitions"]["parameter"]["properties"]["type"]["enum"]) == TYPES


def test_check_needs_no_package(tmp_path: Path) -> None:
    """In an interpreter that sees the standard library alone."""
    program = (
        f"import sys; sys.path.insert(0, {str(TEMPLATE)!r}); "
        "from stage7_plugin.spec.manifest import manifest_problems; print(manifest_problems({})[0])"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", program], capture_output=True, encoding="utf-8"
    )
    assert done.stderr == ""
    assert done.stdout.startswith("the manifest lacks id, verb")
