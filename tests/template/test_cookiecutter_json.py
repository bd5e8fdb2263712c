"""cookiecutter.json: the fixed public keys, and that it agrees with the rules."""

from __future__ import annotations

import json
from typing import Any

import pytest

from stage7_plugin.spec.answers import CHOICES, PROMPTS, check
from tests.support.template import TEMPLATE

SETTINGS: dict[str, Any] = json.loads((TEMPLATE / "cookiecutter.json").read_text(encoding="utf-8"))
PUBLIC = [key for key in SETTINGS if not key.startswith("_")]


def test_keys_are_the_public_interface_in_order() -> None:
    assert PUBLIC == [
        "language", "plugin_name", "plugin_slug", "verb", "inputs", "outputs", "description",
        "version", "author", "image_namespace", "python_version", "permissions", "memory", "cpu",
        "timeout_seconds", "license", "ci", "git_init", "build_image", "kubernetes",
    ]  # fmt: skip


def test_every_prompt_has_a_rule() -> None:
    assert set(PUBLIC) == PROMPTS


def test_every_prompt_has_a_label() -> None:
    labels = SETTINGS["__prompts__"]
    assert set(labels) == set(PUBLIC)
    for key, label in labels.items():
        text = label["__prompt__"] if isinstance(label, dict) else label
        assert key not in text, "a label is for people, not the key again"


def test_questions_fit_on_a_line_and_show_an_example() -> None:
    for number, key in enumerate(PUBLIC, 1):
        label = SETTINGS["__prompts__"][key]
        if isinstance(SETTINGS[key], list):
            continue  # Cookiecutter lists the choices
        default = SETTINGS[key] if "{{" not in SETTINGS[key] else "word-count"
        assert len(f"  [{number}/{len(PUBLIC)}] {label} ({default}): ") <= 80, key
        assert "such as" in label or ":number" in label or ":any" in label, key


def test_the_notation_in_a_question_is_accepted() -> None:
    labels = SETTINGS["__prompts__"]
    given = {key: labels[key].partition(": ")[2] for key in ("inputs", "outputs")}
    assert given["inputs"].count("?") == given["inputs"].count("=") == 1
    assert check(given) == []


def test_choices_are_those_of_the_rules() -> None:
    assert {k: tuple(v) for k, v in SETTINGS.items() if k in CHOICES} == CHOICES
    listed = {key for key in PUBLIC if isinstance(SETTINGS[key], list)}
    assert listed == set(CHOICES)


def test_choices_with_labels_have_one_for_each() -> None:
    labels = SETTINGS["__prompts__"]["build_image"]
    assert set(labels) - {"__prompt__"} == set(SETTINGS["build_image"])


def test_check_comes_last() -> None:
    assert list(SETTINGS)[-1] == "__checked"


def test_no_name_of_ours_is_a_default() -> None:
    assert SETTINGS["author"] == "{{ default_author() }}"


@pytest.mark.parametrize("pattern", SETTINGS["_copy_without_render"])
def test_copied_files_are_named_as_files(pattern: str) -> None:
    """A pattern that matches a folder copies all of it, stray byte code included."""
    assert "." in pattern.rsplit("/", 1)[-1] or pattern == "Makefile"
    assert pattern.rsplit("/", 1)[-1] != "*"
