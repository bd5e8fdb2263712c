"""The JSON Schema for batch files says what the command accepts."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
import yaml

from stage7_plugin.batch import file_keys
from stage7_plugin.host_facts import PERMISSIONS
from stage7_plugin.spec.answers import CHOICES, PROMPTS
from stage7_plugin.spec.value_types import TYPES
from tests.support.batch_files import SCHEMA, TWENTY_MISTAKES
from tests.support.template import TEMPLATE

KEYS: dict[str, Any] = SCHEMA["definitions"]["plugin"]["properties"]


def problems(document: Any) -> list[str]:
    found = jsonschema.Draft7Validator(SCHEMA).iter_errors(document)
    return [error.message for error in found]


def test_it_is_a_schema() -> None:
    jsonschema.Draft7Validator.check_schema(SCHEMA)


def test_its_keys_are_those_of_the_command() -> None:
    assert set(KEYS) == PROMPTS | set(file_keys.KEYS)
    assert all(key.get("description") for key in KEYS.values())


def test_its_choices_are_those_of_the_rules() -> None:
    for prompt, choices in CHOICES.items():
        texts = [choice for choice in KEYS[prompt]["enum"] if isinstance(choice, str)]
        wanted = ["no"] if prompt == "build_image" else list(choices)
        assert texts == wanted
    assert KEYS["permissions"]["oneOf"][1]["items"]["enum"] == list(PERMISSIONS)
    for name in ("input", "output"):
        assert SCHEMA["definitions"][name]["properties"]["type"]["enum"] == list(TYPES)


def test_it_accepts_the_example() -> None:
    assert problems(yaml.safe_load((TEMPLATE / "examples" / "fleet.yaml").read_text("utf-8"))) == []


def test_it_accepts_a_place_for_anchors() -> None:
    plugins = [{"plugin_name": "One"}]
    assert problems({"x-common": {"anything": 1}, "plugins": plugins}) == []
    assert problems({"common": {"anything": 1}, "plugins": plugins})


def test_it_refuses_mistakes() -> None:
    assert len(problems(yaml.safe_load(TWENTY_MISTAKES))) >= 8
    assert problems({"plugins": []})
    assert problems({"plugins": [{"verb": "X"}]})


@pytest.mark.parametrize("key", ["plugins", "defaults"])
def test_an_unknown_key_is_refused(key: str) -> None:
    entry = {"plugin_name": "One", "x": 1}
    document = {"plugins": [{"plugin_name": "One"}]}
    assert problems(document) == []
    assert problems({**document, key: [entry] if key == "plugins" else entry})
