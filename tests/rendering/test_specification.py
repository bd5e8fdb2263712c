"""One specification, made once, for every file of a plugin."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_cookies.plugin import Cookies

from stage7_plugin.batch.template import PluginTemplate
from stage7_plugin.rendering import specification
from stage7_plugin.spec import parameters
from stage7_plugin.spec.plugin_spec import PluginSpec


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The prompts whose text was parsed into parameters, in order."""
    calls: list[str] = []
    parse = parameters.parse_parameters

    def counted(prompt: Any, text: str) -> Any:
        calls.append(prompt)
        return parse(prompt, text)

    monkeypatch.setattr("stage7_plugin.spec.answers.parse_parameters", counted)
    specification._made.cache_clear()
    return calls


def test_a_generation_parses_the_parameters_once(cookies: Cookies, parsed: list[str]) -> None:
    answers = {"git_init": "no", "kubernetes": "yes", "inputs": "counted:string"}
    result = cookies.bake(extra_context=answers)
    assert result.exception is None
    assert parsed == ["inputs", "outputs"]


def test_a_batch_parses_nothing_again(parsed: list[str]) -> None:
    template = PluginTemplate()
    plugin = PluginSpec.from_answers(template.answers({"plugin_name": "Counted"}))
    files = list(template.render(plugin))
    assert len(files) > 30
    assert parsed == ["inputs", "outputs"]
