"""Only text with a delimiter is compiled; everything renders as it would in Jinja."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from cookiecutter.utils import create_env_with_context
from jinja2 import Environment

from stage7_plugin.rendering import constant_templates
from tests.support.template import context, render

CONSTANTS = ["", "plugin_runtime/app.py", "3.11", "a } b %} c", "# not a statement", "ü", "  "]
OTHERS = ["{{ name }}", "{% if name %}x{% endif %}", "a{# note #}b", "line\n", "a\r\nb", "{"]


def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    sources: list[str] = []
    compile_source = Environment.compile

    def count(self: Environment, source: str, *arguments: object, **options: object) -> object:
        sources.append(source)
        return compile_source(self, source, *arguments, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(Environment, "compile", count)
    return sources


@pytest.mark.parametrize("source", CONSTANTS + OTHERS)
def test_everything_renders_as_in_jinja(source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = Environment()
    constant_templates.shorten(ours)
    sources = compiled(monkeypatch)
    assert ours.from_string(source).render(name="n") == Environment().from_string(source).render(
        name="n"
    )
    # The last one is Jinja's own.
    assert len(sources) == 1 + (source in OTHERS)


def test_an_extension_may_add_a_delimiter() -> None:
    jinja = create_env_with_context(context())
    jinja.preprocess = lambda source, *_: "{{ 1 + 1 }}" + source
    assert jinja.from_string("256m").render() == "2256m"


def test_a_generation_compiles_no_constant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)  # or what was compiled before is read
    sources = compiled(monkeypatch)
    render(tmp_path)
    assert sources
    assert [source for source in sources if "{" not in source and "\n" not in source] == []
