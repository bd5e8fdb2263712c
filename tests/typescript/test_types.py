"""The types of a TypeScript plugin: what the template renders is what `make sync` writes."""

from __future__ import annotations

import json
import subprocess

import pytest
from cookiecutter.utils import create_env_with_context

from stage7_plugin.rendering.typescript_stub import comment, typescript_literal
from tests.support import node
from tests.support.template import context, render_file

TYPES_OF = (
    "const { typesOf } = await import(process.argv[2]);"
    "process.stdout.write(typesOf(JSON.parse(process.argv[1])));"
)


def rendered(name: str, **answers: str) -> str:
    variables = context(**answers)
    source = (node.SOURCES / name).read_text("utf-8")
    text: str = create_env_with_context(variables).from_string(source).render(**variables)
    return text.rstrip("\n") + "\n"


@pytest.mark.parametrize(
    "answers",
    [
        {},
        {
            "inputs": 'unit:string(km|mi)=km - Its "unit" */ x; count:number(1..100)=10; '
            "tags:array<string>?; key:string!secret; opt:object?; a:any?; flag:boolean=false; "
            "quote:string(it's|bo)?; grades:array<number>",
            "outputs": "kind:string(a|it's); n:number?; list:array<number>; o:object?; any:any?",
        },
    ],
    ids=["defaults", "every type"],
)
def test_the_rendered_types_are_those_of_make_sync(answers: dict[str, str]) -> None:
    manifest = json.loads(render_file("manifest.json", **answers))
    script = str(node.SOURCES / "tests" / "sync_types.ts")
    done = subprocess.run(
        [node.node(), "--input-type=module", "-e", TYPES_OF, json.dumps(manifest), script],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert rendered("plugin_types.ts.jinja", **answers) == done.stdout


@pytest.mark.parametrize(
    ("value", "literal"),
    [
        ("km", "'km'"),
        ("it's", '"it\'s"'),
        ('it\'s "it"', "'it\\'s \"it\"'"),
        ("a\\b\n", "'a\\\\b\\n'"),
        (1.0, "1"),
        (0.5, "0.5"),
        (True, "true"),
        (None, "null"),
        ([1, "a"], "[1, 'a']"),
        ({"a": {"b-c": []}}, "{ a: { 'b-c': [] } }"),
        ({}, "{}"),
    ],
)
def test_a_value_is_written_as_biome_writes_it(value: object, literal: str) -> None:
    assert typescript_literal(value) == literal


def test_no_text_ends_a_comment() -> None:
    assert comment("one */ two\n  three") == "one *\\/ two three"
