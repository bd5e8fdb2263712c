"""The manifest against its schema, the Dockerfile, compose.yaml and the code."""

import json
import re
import unicodedata
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import release
from plugin_runtime import settings
from plugin_runtime.inputs import is_type

ROOT = Path(__file__).resolve().parent.parent
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")


def test_it_follows_its_schema(manifest: dict[str, Any]) -> None:
    schema = json.loads((ROOT / "manifest.schema.json").read_text("utf-8"))
    errors = jsonschema.Draft7Validator(schema).iter_errors(manifest)
    assert [f"{error.json_path}: {error.message}" for error in errors] == []


def test_no_name_occurs_twice_among_inputs_and_outputs(manifest: dict[str, Any]) -> None:
    definitions = manifest["inputDefinitions"] + manifest["outputDefinitions"]
    given = [n for each in definitions for n in (each["name"], *each.get("aliases", ()))]
    # As Python reads identifiers: names that are equal in this form are one name there.
    names = [unicodedata.normalize("NFKC", name) for name in given]
    assert sorted(names) == sorted(set(names)), "aliases are names too"


def test_defaults_have_the_declared_type(manifest: dict[str, Any]) -> None:
    for definition in manifest["inputDefinitions"]:
        if "default" in definition:
            assert is_type(definition["default"], definition["type"]), definition["name"]


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
