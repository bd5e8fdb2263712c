"""The notation of inputs and outputs, its JSON form, and the way back."""

from __future__ import annotations

import json
import keyword

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stage7_plugin.spec.parameters import (
    EXAMPLES,
    Parameter,
    Prompt,
    parse_parameters,
)
from stage7_plugin.spec.text_rules import UNSAFE
from stage7_plugin.spec.value_types import TYPES


def parse(text: str, prompt: Prompt = "inputs") -> list[Parameter]:
    parameters, problems = parse_parameters(prompt, text)
    assert problems == []
    return parameters


def rules(text: str, prompt: Prompt = "inputs") -> list[str]:
    return [problem.rule for problem in parse_parameters(prompt, text)[1]]


def test_the_notation_of_the_design() -> None:
    text = (
        "text:string - Text to summarise; max_words:number=100 - Upper bound; "
        "tags:array? - Labels to keep"
    )
    assert parse(text) == [
        Parameter("text", "string", True, "Text to summarise"),
        Parameter("max_words", "number", False, "Upper bound", default=100),
        Parameter("tags", "array", False, "Labels to keep"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "a:string; b:any",
        "a:string;b:any",
        "a:string\nb:any",
        "a:string\r\nb:any\r\n",
        " ; a:string ;; b:any ; ",
        "a : string ; b: any",
    ],
)
def test_separators_and_spaces(text: str) -> None:
    assert [(p.name, p.type) for p in parse(text)] == [("a", "string"), ("b", "any")]


@pytest.mark.parametrize(
    ("entry", "default"),
    [
        ("a:string=\"x; y - z = [1]\"", "x; y - z = [1]"),
        ("a:string=\"\\u00e9 \\\"q\\\" \\\\\"", 'é "q" \\'),
        ("a:number=-1.5e3", -1500.0),
        ("a:number=0", 0),
        ("a:boolean=false", False),
        ("a:array=[1, [2]]", [1, [2]]),
        ('a:object={"k": null}', {"k": None}),
        ("a:any=\"x\"", "x"),
        ("a:any?=1", 1),
        ("a : number = 1", 1),
        ("a:array=[]", []),
        ('a:string=""', ""),
    ],
)  # fmt: skip
def test_defaults(entry: str, default: object) -> None:
    (parameter,) = parse(f"{entry} - Some words")
    assert (parameter.default, parameter.required) == (default, False)
    assert parameter.description == "Some words"
    assert type(parameter.default) is type(default)


def test_description_is_made_from_the_name() -> None:
    assert [p.description for p in parse("max_words:number; _:any")] == ["Max words", "_"]


def test_description_may_contain_what_separates_the_rest() -> None:
    assert parse("a:string - b:c = d? - e")[0].description == "b:c = d? - e"


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("a", "each entry must be name:type"),
        ("a:string - One; two", "each entry must be name:type"),
        (":string", "a name must be letters, digits and _"),
        ("1a:string", "a name must be letters, digits and _"),
        ("a-b:string", "a name must be letters, digits and _"),
        ("class:string", "a name must not be a Python keyword"),
        ("\uff49f:string", "a name must not be a Python keyword"),
        ("x" * 61 + ":string", "a name must have at most 60"),
        ("文" * 31 + ":string", "a name must have at most 60"),
        ("a:", "a type must be one of"),
        ("a:str", "a type must be one of string, number, boolean, array, object, any (did you"),
        ("a:String", "did you mean string?"),
        ("a:any=en", "or in double quotes"),
        ("a:string='en'", "or in double quotes"),
        ("a:number=NaN", "NaN is not JSON"),
        ("a:number=1e999", "the number 1e999 is too large"),
        ("a:number=" + "9" * 5000, "is too large"),
        (f"a:number={2**1024}", "is too large"),
        ("a:array=" + "[" * 98 + "]" * 98, "nested at most 97 levels deep"),
        ('[{"name": "a", "type": "any", "example": [' + "[" * 97 + "]" * 97 + "]}]", "97 levels"),
        ('a:string="' + "x" * 2**18 + '"', "at most 262144 bytes of JSON in all, not 262146"),
        ("a:array=" + "[" * 100_000, "nested too deeply"),
        ('a:object={"k": 1, "k": 2}', "the key 'k' occurs twice"),
        ('a:string="\\ud800"', "half of a surrogate pair"),
        ("a:number=true", "the default of a must be a JSON number"),
        ("a:boolean=1", "the default of a must be a JSON boolean"),
        ("a:array={}", "the default of a must be a JSON array"),
        ("a:object=[]", "the default of a must be a JSON object"),
        ("a:string=null", "that is not a default"),
        ("a:boolean=maybe", "the default of a boolean must be true or false"),
        ("a:any=null", "the default of a must be any JSON value except null"),
        ("a:string -Text", '"-Text" is not part of the notation'),
        ("a:string Text", '"Text" is not part of the notation'),
        ("a:object, b:number", '", b:number" is not part of the notation: separate entries'),
        ("a:string??", '"?" is not part of the notation'),
        ("a:number=1 2", '"2" is not part of the notation'),
        ("a:string - bell \x07", "the description of a must not contain control characters"),
        ("a:string - " + "x" * 201, "the description of a must have 0 to 200 characters"),
        ("", "at least one of the inputs must be declared"),
        ("[]", "at least one of the inputs must be declared"),
        ("[1]", "each definition must be a JSON object"),
        ("[{}] x", "there is more text after character 4"),
        ("[", "must be a JSON list of definitions: Expecting value"),
        ('[{"name": "a", "type": "string", "descripton": ""}]', "did you mean description?"),
        ('[{"name": "a", "type": "string", "description": 1}]', "a description must be text"),
        ('[{"name": "a", "type": "string", "required": "yes"}]', "must be true or false"),
        ('[{"name": "a", "type": "any", "required": true, "default": 1}]', "leave out either"),
        ('[{"name": "a", "type": "string", "secret": 1}]', "secret of a must be true or false"),
        ('[{"name": "a", "type": "string", "aliases": "b"}]', "must be a list of names"),
        ('[{"name": "a", "type": "string", "aliases": [""]}]', "an alias must be text"),
        ('[{"name": "a", "type": "number", "example": "1"}]', "the example of a must be"),
        ('[{"name": 1, "type": "number"}]', "a name must be letters, digits and _"),
        ('[{"name": "a", "type": ["number"]}]', "a type must be one of"),
    ],
)
def test_problems(text: str, rule: str) -> None:
    (found,) = rules(text)
    assert rule in found


@pytest.mark.parametrize(
    "default",
    [
        str(2**1024 - 1 - 2**970),  # just below: the largest that a double can hold
        f"-{2**1024 - 2**971}",
        "[" * 97 + "]" * 97,
        '"' + "x" * (2**18 - 2) + '"',
    ],
    ids=["largest", "lowest", "deepest", "longest"],
)
def test_defaults_at_the_limit(default: str) -> None:
    (parameter,) = parse(f"a:any={default}")
    assert parameter.default == json.loads(default)


@pytest.mark.parametrize("name", keyword.kwlist)
def test_no_keyword_is_a_name(name: str) -> None:
    assert rules(f"{name}:any") == ["a name must not be a Python keyword"]


@pytest.mark.parametrize("name", ["match", "type", "inputs", "list", "_", "größe", "x" * 60])
def test_neighbours_of_wrong_names(name: str) -> None:
    assert parse(f"{name}:any")[0].name == name


def test_every_wrong_entry_is_reported_and_the_right_ones_are_read() -> None:
    parameters, problems = parse_parameters("inputs", "a; b:string; c:number=x; d:any; 1:x")
    assert [p.name for p in parameters] == ["b", "d"]
    assert [problem.value for problem in problems] == ["a", "c:number=x", "1", "1:x"]


@pytest.mark.parametrize(
    ("key", "value"), [("default", 1), ("aliases", ["b"]), ("secret", True), ("example", 1)]
)
def test_outputs_have_no(key: str, value: object) -> None:
    definition = json.dumps([{"name": "a", "type": "any", key: value}])
    assert rules(definition) == []
    assert rules(definition, "outputs") == [f"an output cannot have {key}"]


def test_optional_output() -> None:
    assert parse("a:any?", "outputs")[0].required is False


def test_json_form_carries_everything() -> None:
    definition = {
        "name": "city",
        "type": "string",
        "required": True,
        "description": "Where; exactly",
        "aliases": ["town", "place"],
        "secret": True,
        "example": "Berlin",
    }
    (parameter,) = parse(json.dumps([definition]))
    assert parameter.definition() == definition


@pytest.mark.parametrize("prompt", ["inputs", "outputs"])
def test_examples_shown_to_users_are_right(prompt: Prompt) -> None:
    assert parse(EXAMPLES[prompt], prompt)


def json_values() -> st.SearchStrategy[object]:
    text = st.text(st.characters(codec="utf-8"), max_size=20)
    plain = st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | text
    finite = plain.filter(lambda value: value not in (float("inf"), float("-inf")))
    return st.recursive(
        finite, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3)
    )


def typed_values(kind: str) -> st.SearchStrategy[object]:
    from stage7_plugin.spec.value_types import has_type

    return json_values().filter(lambda value: has_type(value, kind))


NAMES = st.from_regex(r"[a-zA-Z_äß文][a-zA-Z0-9_é]{0,20}", fullmatch=True).filter(
    lambda name: name.isidentifier() and not keyword.iskeyword(name)
)
DESCRIPTIONS = (
    st.text(st.characters(codec="utf-8"), min_size=1, max_size=80)
    .map(lambda text: UNSAFE.sub("", text).strip())
    .filter(bool)
)


@st.composite
def parameters(draw: st.DrawFn) -> Parameter:
    kind = draw(st.sampled_from(TYPES))
    default = draw(st.none() | typed_values(kind))
    return Parameter(
        name=draw(NAMES),
        type=kind,
        required=False if default is not None else draw(st.booleans()),
        description=draw(DESCRIPTIONS),
        default=default,
        aliases=tuple(draw(st.lists(NAMES, max_size=2))),
        secret=draw(st.booleans()),
        example=draw(st.none() | typed_values(kind)),
    )


@settings(max_examples=30)
@given(st.lists(parameters(), min_size=1, max_size=4))
def test_definitions_are_read_back(listed: list[Parameter]) -> None:
    definitions = [parameter.definition() for parameter in listed]
    assert parse(json.dumps(definitions, ensure_ascii=False)) == listed


@given(st.text(max_size=200))
def test_no_text_breaks_the_parser(text: str) -> None:
    found, problems = parse_parameters("inputs", text)
    assert found or problems


@given(st.lists(st.sampled_from(list("a:?=-;\n []{}\"'1\\,")), max_size=40).map("".join))
def test_no_text_of_its_own_characters_breaks_the_parser(text: str) -> None:
    found, problems = parse_parameters("inputs", text)
    assert found or problems
