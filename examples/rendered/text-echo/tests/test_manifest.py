"""The manifest against its schema, the Dockerfile, compose.yaml and the code."""

import json
import re
import unicodedata
import warnings
from pathlib import Path
from typing import Any

import pytest
from conftest import problem_of_example, problems_of_manifest
from manifest_advice import manifest_advice

import release
from plugin_runtime import settings
from plugin_runtime.inputs import faults, prepare, read

ROOT = Path(__file__).resolve().parent.parent
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")


def test_it_follows_its_schema() -> None:
    if problems := problems_of_manifest():
        pytest.fail("manifest.json has problems:\n" + "\n".join(problems), pytrace=False)


def test_the_example_request_can_be_read() -> None:
    if problem := problem_of_example():
        pytest.fail(f"examples/request.json is not a valid request: {problem}", pytrace=False)


def test_what_works_otherwise_than_it_seems(manifest: dict[str, Any]) -> None:
    """Only warns: a plugin may mean it."""
    schema = json.loads((ROOT / "manifest.schema.json").read_text("utf-8"))
    for advice in manifest_advice(manifest, schema["definitions"]["bundledVerbs"]["enum"]):
        warnings.warn(f"manifest.json: {advice}", stacklevel=1)


def test_no_name_occurs_twice_among_inputs_and_outputs(manifest: dict[str, Any]) -> None:
    definitions = manifest["inputDefinitions"] + manifest["outputDefinitions"]
    given = [n for each in definitions for n in (each["name"], *each.get("aliases", ()))]
    # As Python reads identifiers: names that are equal in this form are one name there.
    names = [unicodedata.normalize("NFKC", name) for name in given]
    assert sorted(names) == sorted(set(names)), "aliases are names too"


def test_defaults_and_examples_meet_their_constraints(manifest: dict[str, Any]) -> None:
    prepare(manifest)  # raises where a pattern is not a regular expression
    problems = [
        f"{definition['name']}: {value!r} {fault}"
        for definition in manifest["inputDefinitions"]
        for key in ("default", "defaultValue", "example", "examples")
        if key in definition
        for value in (definition[key] if key == "examples" else [definition[key]])
        for fault in faults(value, definition)
    ]
    assert not problems, "\n".join(problems)


def test_other_files_name_the_same_inputs_and_outputs(
    manifest: dict[str, Any], request_body: dict[str, Any]
) -> None:
    if problems := out_of_step(manifest, request_body["inputs"]):
        text = "\n".join(problems)
        pytest.fail(f"make sync brings these in line with manifest.json:\n{text}", pytrace=False)


def out_of_step(manifest: dict[str, Any], example: dict[str, Any]) -> list[str]:
    """What does not name the inputs and outputs of manifest.json, but the author's own texts."""
    inputs, outputs = manifest["inputDefinitions"], manifest["outputDefinitions"]
    readme = (ROOT / "README.md").read_text("utf-8")
    stub = (ROOT / "plugin_logic.py").read_text("utf-8")
    derived = re.match(r"Takes \w+ \(\w+\)", manifest["description"])
    description = manifest["description"] if derived else ""
    texts = [
        ("description", description, "Takes ", "{name} (", inputs),
        ("description", description, " and returns ", "{name} (", outputs),
        ("README.md", readme, "| Name | Type | Required |", "| `{name}` | {type} |", inputs),
        ("README.md", readme, "| Name | Type | Always there |", "| `{name}` | {type} |", outputs),
        ("plugin_logic.py", stub, "inputs: The declared inputs", "{name} (", inputs),
        ("plugin_logic.py", stub, "with every declared output:", "{name} (", outputs),
        ("inputGuidance", manifest.get("inputGuidance", ""), "Input ", "{name} (", inputs),
        *[
            ("semanticDescription", manifest.get("semanticDescription", ""), mark, "{name} (", some)
            for mark, some in ((" Takes ", inputs), ("; returns ", outputs))
        ],
    ]
    problems = [
        f"{place}: it does not name {definition['name']} ({definition['type']})"
        for place, text, mark, words, definitions in texts
        for definition in definitions
        if mark in text and words.format_map(definition) not in text.partition(mark)[2]
    ]
    found = read(inputs, example)
    problems += [f"examples/request.json: {problem}" for problem in found.problems]
    problems += [f"examples/request.json: {name} is not an input" for name in found.undeclared]
    return problems


def test_image_and_files_carry_the_same_version(manifest: dict[str, Any]) -> None:
    image, version = manifest["container"]["image"], manifest["version"]
    assert image.endswith(f"/{manifest['id']}:{version}")
    assert f"ARG PLUGIN_ID={manifest['id']}\n" in DOCKERFILE
    for name, places in release.PLACES.items():
        if (ROOT / name).exists():
            text = (ROOT / name).read_text("utf-8")
            for place in places:
                assert place.format(image=image, version=version) in text, name


def test_the_newest_release_in_the_changelog_is_the_version(manifest: dict[str, Any]) -> None:
    changelog = ROOT / release.CHANGELOG
    text = changelog.read_text("utf-8") if changelog.exists() else ""
    released = re.findall(r"(?m)^## (\d+\.\d+\.\d+)", text)
    assert released[:1] in ([], [manifest["version"]]), "make release moves both"


def test_the_dockerfile_does_what_the_manifest_says(manifest: dict[str, Any]) -> None:
    container = manifest["container"]
    health = container["healthCheck"]
    assert (ROOT / container["dockerfile"]).is_file()
    port = container["ports"][0]["container"]
    assert f"ENV PLUGIN_PORT={port}\nEXPOSE {port}\n" in DOCKERFILE
    assert (
        f"HEALTHCHECK --interval={health['interval']} --timeout={health['timeout']} "
        f"--retries={health['retries']} "
    ) in DOCKERFILE
    assert (ROOT / manifest["entryPoint"]["main"]).is_file()


def test_the_image_starts_under_a_foreign_environment() -> None:
    commands = re.findall(r"(?:^|\s)CMD (\[.*\])", DOCKERFILE.replace("\\\n", ""))
    assert len(commands) == 2, "HEALTHCHECK and CMD"
    for command in map(json.loads, commands):
        python = command.index("/usr/local/bin/python")
        assert command[python : python + 3] == ["/usr/local/bin/python", "-E", "-s"]
        assert command[0].startswith("/")
        assert command[-1].startswith("/app/")


@pytest.mark.parametrize("setting", settings.SETTINGS, ids=lambda setting: setting.variable)
def test_the_readme_documents_each_setting(
    setting: settings.Setting, manifest: dict[str, Any]
) -> None:
    default = setting.source or setting.default(manifest)
    row = f"| `{setting.variable}` | `{default}` | {setting.help} |"
    assert row in (ROOT / "plugin_runtime" / "README.md").read_text("utf-8")
