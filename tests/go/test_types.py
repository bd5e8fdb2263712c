"""The structs of a Go plugin: the template renders what `make sync` writes, and it compiles."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from cookiecutter.utils import create_env_with_context
from hypothesis import HealthCheck, Phase, given, settings

from stage7_plugin.rendering.go_stub import comment, go_literal, go_names
from tests.support import go, hostile
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


def written_by_sync(folder: Path, answers: list[dict[str, str]]) -> list[str]:
    """What `make sync` writes for each of the answers, by one program."""
    for name in ("manifest.go", "sync_types.go"):
        shutil.copy(go.SOURCES / "tests" / name, folder)
    (folder / "main.go").write_text(TOOL, "utf-8")
    (folder / "go.mod").write_text("module types_of\n\ngo 1.27\n", "utf-8")
    manifests = [json.loads(render_file("manifest.json", language="go", **one)) for one in answers]
    done = go.run(folder, "go", "run", ".", given=json.dumps(manifests))
    assert done.returncode == 0, done.stdout
    texts: list[str] = json.loads(done.stdout)
    return texts


def assert_compiles(folder: Path, answers: list[dict[str, str]]) -> None:
    """What is rendered is Go, in the format of gofmt; each in a package, compiled at once."""
    (folder / "go.mod").write_text("module stubs\n\ngo 1.27\n", "utf-8")
    for number, one in enumerate(answers):
        package = folder / f"p{number}"
        package.mkdir()
        for name in ("plugin_types.go", "plugin_logic.go"):
            (package / name).write_text(rendered(f"{name}.jinja", **one), "utf-8")
        (package / "main.go").write_text("package main\n\nfunc main() {}\n", "utf-8")
    assert go.run(folder, "gofmt", "-l", "-d", ".").stdout == ""
    done = go.run(folder, "go", "vet", "./...")
    assert done.returncode == 0, done.stdout


@pytest.fixture(scope="module")
def synced(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    texts = written_by_sync(tmp_path_factory.mktemp("sync"), list(ANSWERS.values()))
    return dict(zip(ANSWERS, texts, strict=True))


@pytest.mark.parametrize("name", ANSWERS)
def test_the_rendered_types_are_those_of_make_sync(synced: dict[str, str], name: str) -> None:
    assert rendered("plugin_types.go.jinja", **ANSWERS[name]) == synced[name]


def test_what_is_rendered_compiles(tmp_path: Path) -> None:
    assert_compiles(tmp_path, list(ANSWERS.values()))


@pytest.mark.slow
def test_no_answer_breaks_out(tmp_path: Path) -> None:
    made: list[dict[str, str]] = []

    @given(hostile.answers())
    @settings(
        max_examples=40,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    def collect(answers: dict[str, str]) -> None:
        made.append({key: value for key, value in answers.items() if key != "language"})

    collect()
    for name in ("sync", "compiled"):
        (tmp_path / name).mkdir()
    texts = written_by_sync(tmp_path / "sync", made)
    for one, text in zip(made, texts, strict=True):
        assert rendered("plugin_types.go.jinja", **one) == text, one
    assert_compiles(tmp_path / "compiled", made)


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
        ("\ufeffbom", "string", '"\\ufeffbom"'),
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
    assert comment("one\n  two\u2028three\rfour\ufeff") == "one two three four"
