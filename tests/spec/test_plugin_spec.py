"""The one object for what a plugin is."""

from __future__ import annotations

import pickle

import pytest

from stage7_plugin.errors import UserError
from stage7_plugin.spec.answers import PROMPTS
from stage7_plugin.spec.plugin_spec import AnswersRefused, PluginSpec
from tests.support.template import ANSWERS


def test_it_holds_what_the_answers_say() -> None:
    answers = {
        **ANSWERS,
        "inputs": "text:string; count:number=3",
        "memory": "1g",
        "timeout_seconds": "90",
        "permissions": "net.fetch, fs.read, net.fetch",
        "_commit": "not an answer",
    }
    plugin = PluginSpec.from_answers(answers)
    assert [(p.name, p.type, p.default) for p in plugin.inputs] == [
        ("text", "string", None),
        ("count", "number", 3),
    ]
    assert plugin.image == "stage7/text-echo:1.0.0"
    assert (plugin.memory_megabytes, plugin.timeout_milliseconds) == (1024, 90_000)
    assert plugin.permissions == ("net.fetch", "fs.read")
    assert plugin.keywords == ["text", "echo"]
    assert set(plugin.answers) == PROMPTS
    assert set(plugin.rendered_answers) == PROMPTS - {"git_init", "build_image"}
    assert pickle.loads(pickle.dumps(plugin)) == plugin, "it goes to other processes"


def test_texts_for_the_planner() -> None:
    plugin = PluginSpec.from_answers({**ANSWERS, "description": "Is this all there is?"})
    assert plugin.explanation.startswith("Is this all there is? Text Echo runs")
    assert plugin.semantic_description == (
        "Is this all there is? Takes text (string); returns result (string)."
    )
    assert plugin.usage_example == "Use TEXT_ECHO with text to get result"


def test_everything_that_is_wrong_is_reported_at_once() -> None:
    answers = {**ANSWERS, "cpu": "0", "inputs": "a:wrong", "git_init": False}
    del answers["author"]
    with pytest.raises(AnswersRefused) as caught:
        PluginSpec.from_answers(answers)
    found = {problem.prompt for problem in caught.value.problems}
    assert found == {"cpu", "inputs", "git_init", "author"}
    assert "4 answers are not accepted" in str(caught.value)
    assert isinstance(caught.value, UserError)
