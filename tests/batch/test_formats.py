"""Every format of a batch file says the same, and its mistakes are found with their lines."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from stage7_plugin.batch.reading import read_fleet
from tests.support.batch import (
    batch,
    faults,
    numbered,
    plugins_in,
    read,
    values,
    write_fleet,
)

YAML = """\
# A comment
defaults: {author: Ada, python_version: 3.10}
plugins:
  - plugin_name: One
    version: 1.10
    git_init: no
    inputs: &shared
      - {name: text, type: string, default: "1", required: false}
      - name: limit
        type: number
        default: 1.5e3

  - plugin_name: "Two"
    description: >-
      In two
      lines
    inputs: *shared
"""
JSON = """\
{
  "defaults": {"author": "Ada", "python_version": "3.10"},
  "plugins": [
    {"plugin_name": "One",
     "version": 1.10,
     "git_init": "no",
     "inputs": [{"name": "text", "type": "string", "default": "1", "required": false},
                {"name": "limit", "type": "number", "default": 1.5e3}]},


    {"plugin_name": "Two", "description": "In two lines",
     "inputs": [{"name": "text", "type": "string", "default": "1", "required": false},
                {"name": "limit", "type": "number", "default": 1.5e3}]}
  ]
}
"""


def test_yaml_and_json_say_the_same(tmp_path: Path) -> None:
    from_yaml = read(tmp_path, "fleet.yaml", YAML)
    from_json = read(tmp_path, "fleet.json", JSON)
    assert from_yaml.problems == from_json.problems == []
    assert values(from_yaml) == values(from_json)
    assert values(from_yaml)[1]["version"] == "1.10", "text, as it was typed"
    assert values(from_yaml)[1]["git_init"] == "no", "not a boolean"
    assert values(from_yaml)[1]["inputs"][1]["default"] == 1500
    assert values(from_yaml)[1]["inputs"][0]["default"] == "1"


def test_lines_are_those_of_the_file(tmp_path: Path) -> None:
    for fleet in (read(tmp_path, "fleet.yaml", YAML), read(tmp_path, "fleet.json", JSON)):
        assert fleet.plugins[0].line == 4
        assert fleet.plugins[0].fields["version"].line == 5
        assert fleet.plugins[0].fields["inputs"].line == 7
    assert read(tmp_path, "fleet.yaml", YAML).plugins[1].fields["description"].line == 14


def test_json_has_a_place_for_other_things_too(tmp_path: Path) -> None:
    fleet = read(tmp_path, "fleet.json", '{"x-note": [1], "plugins": [{"plugin_name": "One"}]}')
    assert fleet.problems == []
    assert values(fleet)[1:] == [{"plugin_name": "One"}]


def test_json_lines(tmp_path: Path) -> None:
    lines = ['{"defaults": {"author": "Ada", "cpu": 1}}', '{"plugin_name": "One", "cpu": 0.50}', ""]
    fleet = read(tmp_path, "fleet.jsonl", "\n".join([*lines, '{"plugin_name": "Two"}', ""]))
    assert values(fleet) == [
        {"author": "Ada", "cpu": "1"},
        {"plugin_name": "One", "cpu": "0.50"},
        {"plugin_name": "Two"},
    ]
    assert [entry.line for entry in fleet.plugins] == [2, 4]


def test_csv(tmp_path: Path) -> None:
    text = (
        "\ufeffplugin_name,description,inputs,permissions\r\n"
        'One,"Splits a, b ""and"" c","text:string - A; n:number=1",\r\n'
        ",,,\r\n"
        'Two,"In two\nlines",,"net.fetch, fs.read"\r\n'
        "Three\r\n"
    )
    fleet = read(tmp_path, "fleet.csv", text)
    assert fleet.problems == []
    assert values(fleet)[1:] == [
        {
            "plugin_name": "One",
            "description": 'Splits a, b "and" c',
            "inputs": "text:string - A; n:number=1",
        },
        {
            "plugin_name": "Two",
            "description": "In two\nlines",
            "permissions": "net.fetch, fs.read",
        },
        {"plugin_name": "Three"},
    ]
    assert [entry.line for entry in fleet.plugins] == [2, 4, 6]


@pytest.mark.parametrize(
    ("first", "text"),
    [
        ("", "plugin_name,cpu,,\r\nOne,1,,\r\n,,,\r\nTwo,,,\r\n"),
        ("", 'plugin_name;cpu\r\nOne;"1"\r\n;\r\nTwo\r\n'),
        ("", '"plugin_name"\tcpu\nOne\t1\n \t \nTwo\t\n'),
        ("sep=;\r\n", "plugin_name;cpu;\r\nOne;1\r\n\r\nTwo\r\n"),
        ('"sep=,"\n', "plugin_name,cpu\nOne,1\n,\nTwo,\n"),
        ("SEP=|\n", "plugin_name|cpu\nOne|1\n|\nTwo|\n"),
    ],
)
def test_csv_as_spreadsheets_write_it(tmp_path: Path, first: str, text: str) -> None:
    """Columns that are empty at the end, other separators, blank rows."""
    fleet = read(tmp_path, "fleet.csv", first + text)
    assert fleet.problems == []
    assert values(fleet)[1:] == [{"plugin_name": "One", "cpu": "1"}, {"plugin_name": "Two"}]
    assert [entry.line for entry in fleet.plugins] == ([3, 5] if first else [2, 4])


def test_a_decimal_comma_is_explained(tmp_path: Path) -> None:
    (tmp_path / "fleet.csv").write_text("plugin_name;author;cpu\nOne;Ada;0,5\n")
    result = batch(tmp_path, "fleet.csv")
    assert result.status == 1
    assert "write a decimal point instead of the comma" in result.output


@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        ("plugins: [{plugin_name: One, author: Ada}]", ()),
        ('{"plugins": [{"plugin_name": "One", "author": "Ada"}]}', ()),
        ('{\n"plugins": [{"plugin_name": "One", "author": "Ada"}]}', ()),
        ('{"plugin_name": "One", "author": "Ada"}\n', ()),
        ("plugin_name,author\nOne,Ada\n", ("--format", "csv")),
    ],
)
def test_standard_input(tmp_path: Path, text: str, arguments: tuple[str, ...]) -> None:
    result = batch(tmp_path, "-", *arguments, text=text)
    assert result.status == 0, result.output
    assert plugins_in(tmp_path / "out") == ["one"]


@pytest.mark.parametrize(
    ("name", "text", "line", "words"),
    [
        ("f.yaml", "plugins:\n  - {plugin_name: One\n", 3, "must be YAML"),
        ("f.yaml", "plugins:\n\t- plugin_name: One\n", 2, "must be YAML"),
        ("f.yaml", "plugins:\n  - plugin_name: \x07\n", 2, "must be YAML"),
        ("f.yaml", "\n\x07", 2, "must be YAML"),
        ("f.yaml", "- plugin_name: One\n", 1, "must be a mapping with the key plugins"),
        ("f.yaml", "", 1, "must not be empty"),
        ("f.yaml", "plugins: []\n", 1, "at least one plugin"),
        ("f.yaml", "x: 1\nplugin:\n  - plugin_name: One\n", 2, "keys defaults and plugins"),
        ("f.yaml", "plugins:\n  plugin_name: One\n", 1, "plugins must be a list"),
        ("f.yaml", "plugins: [{cpu: 1}]\ndefaults: []\n", 2, "defaults must be a mapping"),
        ("f.yaml", "plugins: [{cpu: 1}]\ndefaults: 1\nx-a: 1\n", 2, "defaults must be a mapping"),
        ("f.yaml", "plugins: 1\n", 1, "plugins must be a list of mappings"),
        ("f.json", '{"plugins": 1}', 1, "plugins must be a list of objects"),
        ("f.json", '{"plugins": [{}],\n"defaults": 1}', 2, "defaults must be an object"),
        ("f.yaml", "plugins:\n  - One\n", 2, "each plugin must be a mapping"),
        ("f.yaml", "plugins:\n  - cpu: 1\n    cpu: 2\n", 3, "only once"),
        ("f.yaml", "plugins:\n  - cpu: *x\n", 2, "no anchor &x"),
        ("f.yaml", "plugins:\n  - ? [a]\n    : b\n", 2, "a key must be a plain word"),
        ("f.yaml", "plugins: [{cpu: 1}]\n---\nplugins: []\n", 2, "one YAML document"),
        ("f.yaml", "plugins:\n- inputs: " + "[" * 100 + "]" * 100, 2, "nested deeper"),
        ("f.json", '{"plugins": [\n{"cpu": 1,}\n]}', 2, "must be JSON"),
        ("f.json", '{"plugins": [\n{"cpu": 1}\n]', 3, "must be JSON"),
        ("f.json", '{"plugins": [{"cpu": 1}]}\n{}', 2, "more text after its end"),
        ("f.json", '{"plugins": [\n1]}', 2, "each plugin must be an object"),
        ("f.json", '{"plugins": [{"cpu": 1,\n"cpu": 2}]}', 2, "only once"),
        ("f.json", '{"plugins": [{"cpu": 1}],\n"plugins": []}', 2, "only once"),
        ("f.json", '{"defaults": {},\n"defaults": {}, "plugins": [{"cpu": 1}]}', 2, "only once"),
        ("f.json", '{"plugins": [{"cpu":\nNaN}]}', 2, "NaN"),
        ("f.json", "[]", 1, "must be a JSON object with the key plugins"),
        ("f.jsonl", '{"cpu": 1}\n{"cpu": 2\n[]\n', 2, "must be JSON"),
        ("f.jsonl", '{"cpu": 1}\n{"cpu": 2\n[]\n', 3, "each line must be a JSON object"),
        ("f.csv", "name;cpu\nOne;1\n", 1, "separated by commas, semicolons or tabs"),
        ("f.csv", "sep=;\nname;cpu\nOne;1\n", 2, "separated by commas, semicolons or tabs"),
        ("f.csv", "plugin_name,,cpu\nOne,x,1\n", 2, "column 2 has no name"),
        ("f.csv", "plugin_name;cpu\nOne;1\nTwo;1;2\n", 3, "quote a cell that has a ;"),
        ("f.csv", "plugin_name,cpu\nOne,1\nTwo,1,2\n", 3, "at most 2 cells"),
        ("f.csv", 'plugin_name,cpu\nOne,1\n"Two,1\n', 3, "must be CSV"),
        ("f.csv", "plugin_name,cpu,cpu\nOne,1,2\n", 1, "only once"),
        ("f.toml", "x = 1", 1, "must end with one of .yaml"),
    ],
)
def test_a_broken_file_is_reported_with_its_line(
    tmp_path: Path, name: str, text: str, line: int, words: str
) -> None:
    found = faults(read(tmp_path, name, text))
    assert any(at == line and words in rule for at, rule in found), found


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    assert "must be a file that can be read" in faults(read_fleet(str(tmp_path / "no.yaml")))[0][1]
    (tmp_path / "f.yaml").write_bytes(b"plugins:\n  - plugin_name: \xff\n")
    assert faults(read_fleet(str(tmp_path / "f.yaml"))) == [
        (2, "must be UTF-8; byte 26 is not, and is ÿ in Windows-1252; save it again as UTF-8 "
            "(in Excel: CSV UTF-8)")
    ]  # fmt: skip
    (tmp_path / "f.csv").write_bytes("plugin_name\nÉcho\n".encode("utf-16"))
    assert "this is UTF-16; save it again as UTF-8" in faults(
        read_fleet(str(tmp_path / "f.csv"))
    )[0][1]  # fmt: skip
    (tmp_path / "f.csv").write_bytes(b"plugin_name\n\x81\n")
    assert faults(read_fleet(str(tmp_path / "f.csv"))) == [(2, "must be UTF-8; byte 12 is not")]


def test_a_file_without_end_is_refused(tmp_path: Path) -> None:
    for arguments in (("/dev/zero",), ("/dev/zero", "--format", "yaml")):
        result = batch(tmp_path, *arguments)
        assert result.status == 1
        assert "must be at most 64 MiB" in result.output
        assert "Traceback" not in result.output


def test_defaults_beside_a_csv_file(tmp_path: Path) -> None:
    (tmp_path / "fleet.csv").write_text("plugin_name;memory\nOne;\nTwo;1g\n")
    (tmp_path / "defaults.yaml").write_text("defaults:\n  author: Ada\n  memory: 512m\n")
    result = batch(tmp_path, "fleet.csv", "--defaults", "defaults.yaml")
    assert result.status == 0, result.output
    manifests = [(tmp_path / "out" / name / "manifest.json").read_text() for name in ("one", "two")]
    limits = [json.loads(text)["container"]["resources"]["memory"] for text in manifests]
    assert limits == ["512m", "1g"]


@pytest.mark.parametrize(
    ("defaults", "said"),
    [
        ("defaults:\n  author: Ada\n  memory: much\n", "defaults.yaml:3: defaults: memory: 'much'"),
        ("defaults:\n  autor: Ada\n", "defaults.yaml:2: defaults: autor: 'Ada'"),
        ("defaults: [", "must be YAML"),
        ("plugins:\n  - plugin_name: Three\n", "must contain defaults and no plugins"),
        ("x-common: {}\n", "must have the key defaults"),
    ],
)
def test_wrong_defaults_beside_a_csv_file(tmp_path: Path, defaults: str, said: str) -> None:
    (tmp_path / "fleet.csv").write_text("plugin_name\nOne\nTwo\n")
    (tmp_path / "defaults.yaml").write_text(defaults)
    result = batch(tmp_path, "fleet.csv", "--defaults", "defaults.yaml")
    assert result.status == 1
    assert said in result.output
    assert "1 problem in defaults.yaml; nothing was written" in result.output


def test_the_file_of_defaults_is_named_once_and_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "one.csv").write_text("plugin_name\nOne\n")
    (tmp_path / "two.csv").write_text("plugin_name\nTwo\n")
    result = batch(tmp_path, "one.csv", "two.csv", "--defaults", "missing.yaml")
    assert result.output.startswith("1 problem in missing.yaml; nothing was written.\n")
    assert result.output.endswith("    example: defaults: {author: Ada Lovelace}\n")
    (tmp_path / "two.csv").write_text("plugin_name\nOne\n")
    (tmp_path / "defaults.yaml").write_text("defaults: {autor: Ada}\n")
    result = batch(tmp_path, "one.csv", "two.csv", "--defaults", "defaults.yaml")
    assert re.match("[0-9] problems in defaults.yaml, two.csv; nothing", result.output)
    assert result.output.count("defaults: autor") == 1


def test_defaults_in_two_places(tmp_path: Path) -> None:
    (tmp_path / "more.json").write_text('{"defaults": {"author": "Grace"}}')
    fleet = read_fleet(
        str(write_fleet(tmp_path, *numbered(1))), defaults=str(tmp_path / "more.json")
    )
    assert [found.problem.rule for found in fleet.problems] == [
        f"must be in one place: leave out --defaults {tmp_path / 'more.json'}, "
        "or the defaults of this file"
    ]
