"""The structs of a Go plugin: the template renders what `make sync` writes, and it compiles."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from cookiecutter.utils import create_env_with_context

from stage7_plugin.rendering.go_stub import comment, go_literal, go_names
from tests.support import go
from tests.support.template import context, render_file

ANSWERS: dict[str, dict[str, str]] = {
    "defaults": {},
    "every type": {
        "inputs": 'unit:string(km|mi)=km - Its "unit" */ x; count:number(1..100)=10; '
        "tags:array<string>?; key:string!secret; opt:object?; a:any?; flag:boolean=false; "
        "ratio:number?; maybe:boolean?; grades:array<array<number>>",
        "outputs": "kind:string(a|it's); n:number?; list:array<number>; o:object?; any:any?; "
        "few:array<string>?; yes:boolean; sure:boolean?; word:string?; size:number(3..)?",
    },
    "names that collide": {
        "inputs": "max_words:number=1; maxWords:number=2; MaxWords:number=3; _max_words:number=4; "
        "max_words2:number=5; MAX_WORDS:number=6",
        "outputs": "url:string; URL:string; user_id:string; userId:string; _:any; X:any",
    },
    "words of Go": {
        "inputs": "type:string; func:number; string:string; error:any; Inputs:string; nil:boolean?",
        "outputs": "range:string; map:object; main:any; Outputs:number; make:array<string>",
    },
    "letters of the world": {
        "inputs": "größe:number; 名前:string; ünit:string?; aͅb:any?; ßharp:string?; a·b:string?",
        "outputs": "résumé:string; ἀλφα:number?; ⅷ:any?",
    },
    "texts that gofmt would change": {
        "inputs": "a:string - # A heading; b:string - * a list; c:string - 1. One; "
        "d:string - +build x; e:string - go:build ignore; f:string - Deprecated: no; "
        "g:string - [x]: y, and a `b`",
        "description": "# Heading of the plugin -- and a `word`",
        "outputs": "result:string - - dash",
        "plugin_name": "//go:build ignore",
    },
}
TOOL = """
package main

import ("encoding/json"; "os")

func main() {
	var manifests []manifest
	if err := json.NewDecoder(os.Stdin).Decode(&manifests); err != nil { panic(err) }
	var texts []string
	for _, one := range manifests { texts = append(texts, typesOf(one)) }
	if err := json.NewEncoder(os.Stdout).Encode(texts); err != nil { panic(err) }
}
"""


def rendered(name: str, **answers: str) -> str:
    variables = context(language="go", **answers)
    source = (go.SOURCES / name).read_text("utf-8")
    text: str = create_env_with_context(variables).from_string(source).render(**variables)
    return text.rstrip("\n") + "\n"


@pytest.fixture(scope="module")
def synced(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What `make sync` writes for each of the answers, by one program."""
    folder = tmp_path_factory.mktemp("sync")
    for name in ("manifest.go", "sync_types.go"):
        shutil.copy(go.SOURCES / "tests" / name, folder)
    (folder / "main.go").write_text(TOOL, "utf-8")
    (folder / "go.mod").write_text("module types_of\n\ngo 1.27\n", "utf-8")
    manifests = [
        json.loads(render_file("manifest.json", language="go", **answers))
        for answers in ANSWERS.values()
    ]
    done = go.run(folder, "go", "run", ".", given=json.dumps(manifests))
    assert done.returncode == 0, done.stdout
    return dict(zip(ANSWERS, json.loads(done.stdout), strict=True))


@pytest.mark.parametrize("name", ANSWERS)
def test_the_rendered_types_are_those_of_make_sync(synced: dict[str, str], name: str) -> None:
    assert rendered("plugin_types.go.jinja", **ANSWERS[name]) == synced[name]


def test_what_is_rendered_compiles_and_has_the_format_of_gofmt(tmp_path: Path) -> None:
    """Each in a package of its own, compiled at once."""
    (tmp_path / "go.mod").write_text("module stubs\n\ngo 1.27\n", "utf-8")
    for number, answers in enumerate(ANSWERS.values()):
        folder = tmp_path / f"p{number}"
        folder.mkdir()
        for name in ("plugin_types.go", "plugin_logic.go"):
            (folder / name).write_text(rendered(f"{name}.jinja", **answers), "utf-8")
        (folder / "main.go").write_text("package main\n\nfunc main() {}\n", "utf-8")
    done = go.run(tmp_path, "gofmt", "-l", "-d", ".")
    assert done.stdout == ""
    done = go.run(tmp_path, "go", "vet", "./...")
    assert done.returncode == 0, done.stdout


def test_names_are_exported_and_never_the_same() -> None:
    names = ("max_words", "maxWords", "MaxWords", "user_id", "_", "a_url", "名前", "x1", "größe")
    assert list(go_names(names).values()) == [
        "MaxWords", "MaxWords2", "MaxWords3", "UserID", "X", "AURL", "X名前", "X1", "Größe",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "typed", "literal"),
    [
        ("km", "string", '"km"'),
        ('it\'s "it"\\', "string", '"it\'s \\"it\\"\\\\"'),
        (1.0, "float64", "1"),
        (0.5, "float64", "0.5"),
        (True, "bool", "true"),
        (None, "any", "nil"),
        ([1, "a"], "[]any", '[]any{1, "a"}'),
        (["a"], "[]string", '[]string{"a"}'),
        ([[1]], "[][]float64", "[][]float64{[]float64{1}}"),
        ({"a": {"b-c": []}}, "any", 'map[string]any{"a": map[string]any{"b-c": []any{}}}'),
    ],
)
def test_a_value_is_written_as_a_literal_of_its_type(
    value: object, typed: str, literal: str
) -> None:
    assert go_literal(value, typed) == literal


def test_no_text_ends_a_comment() -> None:
    assert comment("one\n  two\u2028three\rfour") == "one two three four"
