"""YAML's own: anchors, aliases that must not blow a file up, merge keys, sections."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from tests.support.batch import Run, batch, faults, read, values

ALIASES = ["    a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
for level in range(1, 12):
    ALIASES.append(f"    a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]")


def measured(folder: Path, text: str) -> tuple[Run, int]:
    """Check a batch file; also the memory that it took, in MB."""
    (folder / "fleet.yaml").write_text(text)
    result = batch(folder, "fleet.yaml", "--check", wrapper=MEASURE)
    text, _, peak = result.output.rpartition("peak ")
    return Run(result.status, text), int(peak) // 1024


# Not ru_maxrss: a child inherits the peak of the process that started it.
MEASURE = """
import pathlib, re, runpy, sys
sys.argv[0] = "stage7-plugin"
try:
    runpy.run_module("stage7_plugin", run_name="__main__", alter_sys=True)
finally:
    status = pathlib.Path("/proc/self/status").read_text()
    print("peak", re.search(r"VmHWM:\\s+(\\d+)", status)[1], flush=True)
"""


@pytest.mark.parametrize("levels", [12, 8, 5])
@pytest.mark.parametrize("key", ["inputs", "permissions", "requirements", "x", "logic"])
def test_aliases_cannot_blow_a_file_up(tmp_path: Path, levels: int, key: str) -> None:
    """A few lines that stand for up to 10^12 values, refused where they become too many."""
    text = "\n".join(["plugins:", "  - plugin_name: One", *ALIASES[:levels]])
    result, megabytes = measured(tmp_path, f"{text}\n    {key}: *a{levels - 1}\n")
    assert result.status == 1
    expected = "must not have more than 10000 values" if levels == 5 else "aliases expand to"
    if levels > 5 or key not in ("x", "logic"):
        assert expected in result.output
    assert len(result.output) < 20_000
    assert megabytes < 250


def test_aliases_of_one_large_list_are_not_printed_whole(tmp_path: Path) -> None:
    """Eleven lines that took 5 GB for the repr in the message."""
    large = f"    a: &a [{', '.join(['word'] * 2000)}]\n"
    lines = "".join(f"    {key}: [{', '.join(['*a'] * 50)}]\n" for key in "bcdefghi")
    result, megabytes = measured(tmp_path, f"plugins:\n  - plugin_name: One\n{large}{lines}")
    assert result.status == 1
    assert "there is no key called b" in result.output
    assert len(result.output) < 20_000
    assert megabytes < 250


def test_a_long_text_behind_aliases_counts_with_its_length(tmp_path: Path) -> None:
    text = f"x-long: &long {'w' * 100_000}\nplugins:\n- plugin_name: One\n  permissions:\n"
    fleet = read(tmp_path, "fleet.yaml", text + "  - *long\n" * 300)
    ((line, rule),) = faults(fleet)
    assert 190 < line < 210
    assert "aliases expand to more than 20 MB" in rule


def test_aliases_do_not_hide_depth(tmp_path: Path) -> None:
    levels = [f"- &a{n} [*a{n - 1}]" for n in range(1, 60)]
    text = "\n".join(["x-deep:", "- &a0 x", *levels, "plugins: [{plugin_name: One}]"])
    assert faults(read(tmp_path, "fleet.yaml", text)) == [
        (52, "must not be nested deeper than 50 levels")
    ]


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ("{a: ", "}"), ("[{a: ", "}]")])
def test_how_deep_values_may_be(tmp_path: Path, opening: str, closing: str) -> None:
    """Lists and mappings count alike; the file's own two levels do not count."""
    levels = opening.count("[") + opening.count("{")
    for times, fits in ((50 // levels, True), (50 // levels + 1, False)):
        value = opening * times + "x" + closing * times
        found = faults(
            read(tmp_path, "fleet.yaml", f"plugins: [{{plugin_name: A}}]\nx-a: {value}\n")
        )
        assert found == ([] if fits else [(2, "must not be nested deeper than 50 levels")])


@pytest.mark.parametrize(("depth", "height", "fits"), [(25, 25, True), (26, 25, False)])
def test_an_alias_is_as_deep_as_what_it_stands_for(
    tmp_path: Path, depth: int, height: int, fits: bool
) -> None:
    anchored = f"x-a: &a {'[' * height}x{']' * height}\n"
    text = f"{anchored}x-b: {'[' * depth}*a{']' * depth}\nplugins: [{{plugin_name: A}}]\n"
    found = faults(read(tmp_path, "fleet.yaml", text))
    assert found == ([] if fits else [(2, "must not be nested deeper than 50 levels")])


def test_only_the_merge_key_merges(tmp_path: Path) -> None:
    """Keys that sort before and behind `<<`."""
    text = "plugins:\n- plugin_name: A\n  inputs: [{10: {a: b}, <<: {c: d}, x: {e: f}}]\n"
    (plugin,) = values(read(tmp_path, "fleet.yaml", text))[1:]
    assert plugin["inputs"] == [{"10": {"a": "b"}, "x": {"e": "f"}, "c": "d"}]


MERGES = """\
x-groups:
  web: &web {permissions: [net.fetch], version: 1.10, memory: 512m}
  slow: &slow {timeout_seconds: 90, memory: 1g}
defaults: &defaults {author: Ada}
plugins:
  - &first
    plugin_name: One
    <<: *web
    memory: 64m
  - <<: [*web, *slow]
    plugin_name: Two
  - {<<: *first, plugin_name: Three, inputs: [{<<: &text {name: text, type: string}, name: t}]}
  - *first
  - "<<": x
    plugin_name: Four
"""


def test_merge_keys_and_anchors(tmp_path: Path) -> None:
    fleet = read(tmp_path, "fleet.yaml", MERGES)
    assert fleet.problems == []
    web = {"permissions": ["net.fetch"], "version": "1.10"}
    first = {**web, "plugin_name": "One", "memory": "64m"}
    assert values(fleet) == [
        {"author": "Ada"},
        first,
        {**web, "plugin_name": "Two", "memory": "512m", "timeout_seconds": "90"},
        {**first, "plugin_name": "Three", "inputs": [{"name": "t", "type": "string"}]},
        first,
        {"<<": "x", "plugin_name": "Four"},
    ]
    assert fleet.plugins[0].fields["version"].line == 2, "where the value stands"
    assert fleet.plugins[3].line == 13
    merged = yaml.safe_load(MERGES)["plugins"]
    assert [set(plugin) for plugin in merged] == [set(entry.fields) for entry in fleet.plugins]


@pytest.mark.parametrize("value", ["x", "[x]", "{a: 1}", "*list"])
def test_a_merge_key_needs_a_mapping(tmp_path: Path, value: str) -> None:
    text = f"x-list: &list [1]\nplugins:\n- plugin_name: One\n  <<: {value}\n"
    found = faults(read(tmp_path, "fleet.yaml", text))
    assert [rule for _, rule in found] == (
        [] if value.startswith("{") else ["<< must be followed by an alias of a mapping"]
    )


@pytest.mark.parametrize("key", ["plugins", "defaults", "x-y"])
def test_a_section_may_stand_only_once(tmp_path: Path, key: str) -> None:
    text = f"defaults: {{}}\nx-y: 1\nplugins:\n- plugin_name: One\n{key}: \n"
    assert (5, "a key may occur only once") in faults(read(tmp_path, "fleet.yaml", text))


def test_yaml_is_read_as_its_library_reads_it(tmp_path: Path) -> None:
    """Text, lists and mappings; numbers and the like are the reader's own business."""
    text = 'plugins:\n- a: "\\u263a \\x41"\n  b: |\n    x\n     y\n  c: [[q, {r: s}]]\n  d: x # y\n'
    found = values(read(tmp_path, "fleet.yaml", text))[1]
    assert found == yaml.safe_load(text)["plugins"][0] == json.loads(json.dumps(found))
