"""The author's own settings: filled in from the manifest, and checked before the plugin starts."""

from __future__ import annotations

from typing import Any

import pytest

from tests.runtime.runtime_modules import runtime_module
from tests.support.plugin_process import MANIFEST
from tests.support.servers import Start

configuration = runtime_module("configuration")

TOKEN = {"key": "API_TOKEN", "type": "secret", "required": True, "description": "The  token\nof x"}
RETRIES = {"key": "RETRIES", "type": "number", "required": False, "description": "", "value": 3}
LOUD = {"key": "LOUD", "type": "boolean", "required": False, "description": "", "value": True}


def manifest(*items: dict[str, Any], **environment: str) -> dict[str, Any]:
    container = {**MANIFEST["container"], "environment": environment}
    return {**MANIFEST, "configuration": list(items), "container": container}


def test_values_of_the_manifest_fill_in_what_the_environment_lacks() -> None:
    environ = {"CITY": "Bern", "EMPTY": "", "LOUD": "false"}
    configuration.adopt(manifest(RETRIES, LOUD, CITY="Basel", EMPTY="full", NEW="x"), environ)
    assert environ == {
        "CITY": "Bern", "EMPTY": "full", "NEW": "x", "RETRIES": "3", "LOUD": "false"
    }  # fmt: skip
    configuration.adopt(manifest(LOUD), fresh := dict[str, str]())
    assert fresh == {"LOUD": "true"}, "as its type is written"


def test_a_required_setting_without_a_value_is_named_with_its_meaning() -> None:
    for environ in ({}, {"API_TOKEN": ""}):
        (problem,) = configuration.problems(manifest(TOKEN, RETRIES), environ)
        assert problem.startswith("API_TOKEN is required (The token of x): set it in .env ")
    assert configuration.problems(manifest(TOKEN), {"API_TOKEN": "x"}) == []
    assert configuration.missing(manifest(TOKEN, RETRIES), {}) == ["API_TOKEN"]
    assert configuration.missing(manifest({**TOKEN, "value": "x"}), {}) == []


@pytest.mark.parametrize("value", ["many", "nan", "1e999", "1,5"])
def test_a_number_that_is_none_is_named_with_its_value(value: str) -> None:
    problems = configuration.problems(manifest(RETRIES), {"RETRIES": value})
    assert problems == [f"RETRIES is '{value}'; it must be a number, such as 0.5"]


def test_a_wrong_value_that_may_be_a_token_is_not_shown() -> None:
    (problem,) = configuration.problems(manifest(RETRIES), {"RETRIES": "sk-live-51Nabcdef"})
    assert problem == "RETRIES is a text of 17 characters; it must be a number, such as 0.5"


def test_a_boolean_is_one_of_four_words() -> None:
    for value in ("true", "False", "1", "0"):
        assert configuration.problems(manifest(LOUD), {"LOUD": value}) == []
    problems = configuration.problems(manifest(LOUD), {"LOUD": "yes"})
    assert problems == ["LOUD is 'yes'; it must be one of true, false, 1, 0"]


@pytest.mark.typescript_too
@pytest.mark.go_too
def test_a_plugin_without_a_required_setting_ends_and_says_which(start: Start) -> None:
    plugin = start(manifest={"configuration": [TOKEN]})
    assert plugin.process.wait(30) == 2
    (reason,) = [line["message"] for line in plugin.lines if line["level"] == "CRITICAL"]
    assert "cannot start: API_TOKEN is required (The token of x)" in reason
    assert start(manifest={"configuration": [TOKEN]}, API_TOKEN="x").get("/health")[0] == 200


@pytest.mark.typescript_too
@pytest.mark.go_too
def test_the_servers_own_settings_may_be_in_the_manifest(start: Start) -> None:
    container = manifest(PLUGIN_CONCURRENCY="3")["container"]
    listening = start(manifest={"container": container}).wait_for_line(lambda line: "slots" in line)
    assert listening["slots"] == 3
