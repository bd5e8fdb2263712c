"""The rules of a whole batch file, one by one, in this process."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from stage7_plugin.batch.check import check_fleet
from stage7_plugin.batch.entries import Entry, Field, Fleet
from stage7_plugin.batch.recipe import Recipe
from stage7_plugin.batch.template import PluginTemplate

TEMPLATE = PluginTemplate()


def entry(line: int, **values: Any) -> Entry:
    """One plugin: the first key stands on its line, each further one below."""
    fields = {
        key: Field(line + number, value) for number, (key, value) in enumerate(values.items())
    }
    return Entry(line, fields)


def check(
    *plugins: Entry, base: Path = Path(), first_port: int = 20000, **defaults: Any
) -> tuple[list[Recipe], list[tuple[int, str, str, object, str, str]]]:
    """The recipes, and (line, plugin, key, value, rule, example) of each problem."""
    fleet = Fleet(entry(1, **defaults), list(plugins))
    recipes, located = check_fleet(fleet, TEMPLATE, base, first_port)
    return recipes, [(found.line, found.plugin, *found.problem) for found in located]


def problems(*plugins: Entry, **options: Any) -> list[tuple[int, str, str, object, str, str]]:
    recipes, found = check(*plugins, **options)
    assert recipes == [], "with a problem nothing is made"
    return found


def test_a_file_without_a_problem() -> None:
    one = entry(10, plugin_name="One", requirements=["httpx"], permissions=["net.fetch", "fs.read"])
    recipes, found = check(one, entry(20, plugin_name="Two", author="Bea"), author="Ada", cpu="2")
    assert found == []
    assert [(recipe.line, recipe.slug) for recipe in recipes] == [(10, "one"), (20, "two")]
    assert [recipe.spec.author for recipe in recipes] == ["Ada", "Bea"]
    assert [recipe.spec.cpu for recipe in recipes] == ["2", "2"]
    assert recipes[0].spec.permissions == ("net.fetch", "fs.read")
    assert recipes[0].requirements == ("httpx",)
    assert recipes[1].requirements == ()
    assert "author" in (recipes[0].given or ())
    assert check(entry(3, plugin_name="One"))[0][0].given == frozenset({"plugin_name"})
    assert recipes[0].logic is recipes[0].lock is None


@pytest.mark.parametrize(
    ("key", "meant"),
    [("verbs", "verb"), ("plugin_nam", "plugin_name"), ("logik", "logic"), ("qqq", None)],
)
@pytest.mark.parametrize("place", [0, 1, 2])
def test_an_unknown_key_wherever_it_stands(key: str, meant: str | None, place: int) -> None:
    """Also after the first known key, and between two."""
    values: list[tuple[str, Any]] = [("plugin_name", "One"), ("cpu", "1")]
    values.insert(place, (key, "x"))
    hint = f"; did you mean {meant}?" if meant else ""
    expected = (key, "x", f"there is no key called {key}{hint}", f"{meant or 'plugin_name'}: ...")
    assert problems(entry(10, **dict(values))) == [(10 + place, "plugin 1 (One)", *expected)]
    two = entry(10, **dict(values)), entry(20, plugin_name="Two", **{key: "x"})
    assert [found[:3] for found in problems(*two)] == [
        (10 + place, "plugin 1 (One)", key),
        (21, "plugin 2 (Two)", key),
    ]


def test_unknown_keys_of_the_defaults() -> None:
    found = problems(entry(10, plugin_name="One"), author="Ada", memori="1g", cpu="1", qqq="")
    assert [(line, plugin, key) for line, plugin, key, *_ in found] == [
        (2, "defaults", "memori"),
        (4, "defaults", "qqq"),
    ]


def test_each_plugin_needs_a_name() -> None:
    assert problems(entry(10, cpu="1")) == [
        (10, "plugin 1 (without a name)", "plugin_name", "",
         "each plugin must have a plugin_name", "Text Echo")
    ]  # fmt: skip
    given = problems(entry(20, plugin_slug="Not One", verb="x"))
    assert [(line, key) for line, _, key, *_ in given] == [
        (20, "plugin_name"),
        (20, "plugin_slug"),
        (21, "verb"),
    ], "what is given is checked, what would be derived is not"


def test_a_name_from_the_defaults_is_none() -> None:
    found = problems(entry(10, cpu="1"), plugin_name="Shared")
    assert [(line, key) for line, _, key, *_ in found] == [(1, "plugin_name")]


@pytest.mark.parametrize("name", [None, 3, ["x"]])
def test_a_name_that_is_no_text(name: Any) -> None:
    ((line, plugin, key, value, *_),) = problems(
        entry(10, plugin_name=name, plugin_slug="a", verb="A")
    )
    assert (line, plugin, key, value) == (10, "plugin 1 (without a name)", "plugin_name", name)


def test_a_long_name_is_cut_in_the_label() -> None:
    ((_, plugin, *_),) = problems(entry(10, plugin_name="n" * 81))
    assert plugin == f"plugin 1 ({'n' * 60})"


def test_a_problem_is_reported_where_its_value_stands() -> None:
    first, second = entry(10, plugin_name="One", memory="x"), entry(20, plugin_name="Two")
    found = problems(first, second, author="Ada", memory="y")
    assert [(line, plugin, value) for line, plugin, _, value, *_ in found] == [
        (2, "defaults", "y"),
        (11, "plugin 1 (One)", "x"),
    ]
    ((line, plugin, key, *_),) = problems(entry(30, plugin_name="One", inputs="result:string"))
    assert (line, plugin, key) == (31, "plugin 1 (One)", "inputs, outputs"), "at the first of both"
    ((line, *_),) = problems(entry(30, plugin_name="One", outputs="text:string"))
    assert line == 30, "the inputs are nowhere: at the plugin"


def test_the_same_default_is_reported_once_and_different_ones_each() -> None:
    two = entry(10, plugin_name="One"), entry(20, plugin_name="Two")
    assert len(problems(*two, memory="x")) == 1
    assert len(problems(*two, memory="x", cpu="y")) == 2
    three = [entry(10, plugin_name="One", cpu=value) for value in ("x",)] + [
        entry(10, plugin_name="Two", cpu="y"), entry(10, plugin_name="Six", cpu="y")
    ]  # fmt: skip
    assert len(problems(*three)) == 3, "by plugin"


def test_problems_are_in_the_order_of_their_lines() -> None:
    found = problems(
        entry(30, plugin_name="One", cpu="x"), entry(10, plugin_name="Two", cpu="y"), zzz="1"
    )
    assert [line for line, *_ in found] == [1, 11, 31]


@pytest.mark.parametrize("choice", ["yes", "required"])
def test_images_are_built_by_the_option(choice: str) -> None:
    assert problems(entry(10, plugin_name="One", build_image=choice)) == [
        (11, "plugin 1 (One)", "build_image", choice,
         "leave it out: the option --build builds the images of a fleet", "no")
    ]  # fmt: skip
    assert check(entry(10, plugin_name="One", build_image="no"))[1] == []


@pytest.mark.parametrize(("count", "fits"), [(3, True), (4, False)])
def test_the_last_port_is_65535(count: int, fits: bool) -> None:
    plugins = [entry(number * 10, plugin_name=f"P {number}") for number in range(1, count + 1)]
    recipes, found = check(*plugins, first_port=65533)
    assert len(recipes) == (count if fits else 0)
    assert found == [] if fits else found == [
        (1, "", "plugins", "4 plugins",
         "only 3 ports remain from 65533 up; see --first-port", "--first-port 10000")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("values", "told"), [(10_000, False), (10_001, True)], ids=["as many", "one more"]
)
@pytest.mark.parametrize("key", ["requirements", "permissions", "inputs", "logic"])
def test_a_value_of_very_many_values(key: str, values: int, told: bool) -> None:
    """The list counts too. It is told once, and no other rule looks at it."""
    inner = {"a": {"b": 1}, "c": [None] * 5}  # 1 + 1 + 1 + 1 + 5
    nested = [["x"] * (values - 11), inner]
    found = problems(entry(10, plugin_name="One", **{key: nested}))
    rules = [rule for _, _, where, _, rule, _ in found if where == key]
    many = "must not have more than 10000 values"
    assert (rules == [many]) if told else (many not in rules)
    if told:
        ((line, plugin, *_, example),) = found
        assert (line, plugin, example) == (11, "plugin 1 (One)", f"{key}: ...")


def test_lists_of_definitions_become_the_json_that_would_be_typed() -> None:
    listed = [{"name": "text", "type": "string", "description": "Grüße"}]
    (recipe,), _ = check(entry(10, plugin_name="One", inputs=listed))
    assert recipe.spec.answers["inputs"] == (
        '[{"name": "text", "type": "string", "description": "Grüße"}]'
    )
    ((*_, value, rule, _),) = problems(entry(10, plugin_name="One", inputs={"a": 1}))
    assert (value, rule) == ({"a": 1}, "must be text")


def test_constraints_are_the_same_in_short_and_in_long() -> None:
    long = [
        {"name": "unit", "type": "string", "enum": ["km", "mi"], "default": "km"},
        {"name": "tags", "type": "array", "items": {"type": "string"}, "required": False},
        {"name": "code", "type": "string", "pattern": "^[a-z]+$", "examples": ["a", "b"]},
        {"name": "key", "type": "string", "secret": True},
    ]
    short = (
        "unit:string(km|mi)=km; tags:array<string>?; code:string(/^[a-z]+$/, e.g. a|b); "
        "key:string!secret"
    )
    recipes, found = check(
        entry(10, plugin_name="One", inputs=long), entry(20, plugin_name="Two", inputs=short)
    )
    assert found == []
    assert recipes[0].spec.inputs == recipes[1].spec.inputs


@pytest.mark.parametrize(
    ("definition", "rule"),
    [
        (
            {"type": "number", "enum": ["1"]},
            "the enum of a must contain only values of type number",
        ),
        ({"type": "number", "maxLength": 3}, "maxLength is for string, not for number"),
        ({"type": "string", "minLenght": 3}, "did you mean minLength?"),
    ],
)
def test_a_constraint_that_is_wrong(definition: dict[str, Any], rule: str) -> None:
    wrong = [{"name": "a", **definition}]
    ((*_, said, _),) = problems(entry(10, plugin_name="One", inputs=wrong))
    assert rule in said


@pytest.mark.parametrize(("cpu", "comma"), [("0,5", True), ("0.5.1", False), ("a,b", False)])
def test_a_decimal_comma_is_explained(cpu: str, comma: bool) -> None:
    ((*_, rule, _),) = problems(entry(10, plugin_name="One", cpu=cpu))
    assert rule.endswith("; write a decimal point instead of the comma") is comma
    ((*_, rule, _),) = problems(entry(10, plugin_name="One", memory="0,5"))
    assert "comma" not in rule


def test_files_are_found_from_the_base(tmp_path: Path) -> None:
    (tmp_path / "logic.py").write_text("execute_plugin = None\n")
    (tmp_path / "lock.txt").write_text("a==1 --hash=sha256:0\n")
    one = entry(10, plugin_name="One", logic="logic.py", lock="lock.txt")
    (recipe,), found = check(one, base=tmp_path)
    assert found == []
    assert (recipe.logic, recipe.lock) == (tmp_path / "logic.py", tmp_path / "lock.txt")
    (recipe,), _ = check(entry(10, plugin_name="One"), base=tmp_path, logic="logic.py")
    assert recipe.logic == tmp_path / "logic.py", "from the defaults"


@pytest.mark.parametrize("key", ["logic", "lock"])
def test_what_is_no_regular_file_is_refused(tmp_path: Path, key: str) -> None:
    """A fifo would be waited for, for ever."""
    os.mkfifo(tmp_path / "fifo.py")
    (tmp_path / "folder.py").mkdir()
    (tmp_path / "device.py").symlink_to("/dev/zero")
    with (tmp_path / "large.py").open("wb") as file:
        file.truncate((16 << 20) + 1)
    deep = "def execute_plugin(i, c):\n    return " + "(" * 5000
    (tmp_path / "deep.py").write_text(deep)
    for name, told in {
        "fifo.py": "must be a regular file",
        "folder.py": "must be a regular file",
        "device.py": "must be inside the batch file's folder",
        "large.py": "must be at most 16 MiB",
        "deep.py": "must be" if key == "lock" else "must be Python",
    }.items():
        ((line, _, where, value, rule, _),) = problems(
            entry(10, plugin_name="One", **{key: name}), base=tmp_path
        )
        assert (line, where, value) == (11, key, name)
        assert told in rule


def test_a_name_twice(tmp_path: Path) -> None:
    found = problems(entry(10, plugin_name="One"), entry(20, plugin_name="One", verb="ONE"))
    assert [(line, key) for line, _, key, *_ in found] == [(20, "plugin_slug"), (21, "verb")]
    assert all("the plugin of line 10 has it too" in rule for *_, rule, _ in found)
