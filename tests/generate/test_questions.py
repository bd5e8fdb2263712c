"""`stage7-plugin questions`: every question in words, and as JSON Schema."""

from __future__ import annotations

import json

import jsonschema
import pytest
from click.testing import CliRunner

from stage7_plugin.cli import main
from stage7_plugin.generate.questions import Question, as_json_schema, questions
from stage7_plugin.spec import answers
from tests.support.template import ANSWERS

QUESTIONS = questions()
VALIDATOR = jsonschema.Draft202012Validator(as_json_schema())


def printed(*arguments: str) -> str:
    done = CliRunner().invoke(main, ["questions", *arguments])
    assert done.exit_code == 0
    return done.output


def test_every_question_is_printed_in_order_for_a_plain_terminal() -> None:
    text = printed()
    heads = [f"{number}. {one.key}: " for number, one in enumerate(QUESTIONS, 1)]
    places = [text.index(head) for head in heads]
    assert places == sorted(places)
    assert len(heads) == len(answers.PROMPTS)
    assert all(len(line) <= 79 for line in text.splitlines())
    assert text.isprintable() or "\x1b" not in text


def test_the_schema_is_printed_and_takes_the_answers_of_a_plugin() -> None:
    assert json.loads(printed("--json-schema")) == as_json_schema()
    jsonschema.Draft202012Validator.check_schema(as_json_schema())
    VALIDATOR.validate(ANSWERS)
    for wrong in ({"plugin_nam": "x"}, {"ci": "jenkins"}, {"memory": 256}, {"plugin_slug": "A"}):
        assert not VALIDATOR.is_valid({**ANSWERS, **wrong}), wrong


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda one: one.key)
def test_what_is_shown_is_accepted(question: Question) -> None:
    shown = [question.example, *question.choices]
    shown += [] if question.default is None else [question.default]
    for answer in shown:
        assert answers.check({question.key: answer}) == []
        assert VALIDATOR.is_valid({question.key: answer}), answer


@pytest.mark.parametrize(
    ("key", "answer"),
    [
        ("plugin_name", ""),
        ("plugin_name", "x" * 81),
        ("verb", "lower"),
        ("version", "1.02.0"),
        ("memory", "256"),
        ("cpu", "a half"),
        ("timeout_seconds", "0"),
        ("description", "short"),
        ("permissions", "NET"),
    ],
)
def test_what_the_schema_refuses_the_rules_refuse(key: str, answer: str) -> None:
    assert not VALIDATOR.is_valid({key: answer})
    assert answers.check({key: answer}) != []
