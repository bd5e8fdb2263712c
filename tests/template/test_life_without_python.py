"""The life of TypeScript and Go plugins, with their own tools and no Python on the PATH."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.support.plugin_life import FIXES, created
from tests.support.template import source
from tests.support.without_python import Machine

pytest.importorskip("cruft")


class Language(NamedTuple):
    """What differs between the languages.

    Attributes:
        logic: File with the author's code, and its new content.
        test: File of its test, and its new content.
        runtime: A file of the server.
        moved: A file of the template, and where the template moves it.
        tests: The command that runs a plugin's tests; TypeScript's needs no package, unlike lint.
    """

    logic: tuple[str, str]
    test: tuple[str, str]
    runtime: str
    moved: tuple[str, str]
    tests: tuple[str, ...]


LANGUAGES = {
    "typescript": Language(
        logic=(
            "plugin_logic.ts",
            """import type { Inputs, PluginResult } from './plugin_types.ts';

/** Counts the words of a text. */
export async function executePlugin(inputs: Inputs): Promise<PluginResult> {
  return { success: true, outputs: { words: inputs.text.split(/\\s+/).filter(Boolean).length } };
}
""",
        ),
        test=(
            "tests/logic.test.ts",
            """import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run } from './plugin_call.ts';

test('words are counted', async () => {
  const answer = await run({ text: 'to be to' });
  assert.deepEqual(answer.outputs, { words: 3 });
});
""",
        ),
        runtime="plugin_runtime/hints.cts",
        moved=("tests/server.test.ts", "tests/http.test.ts"),
        tests=("node", "--test", "tests/*.test.ts"),
    ),
    "go": Language(
        logic=(
            "plugin_logic.go",
            """package main

import (
	"context"
	"strings"
)

// Setup has nothing to prepare.
func Setup(ctx context.Context) error { return nil }

// Execute counts the words of a text.
func Execute(ctx context.Context, in Inputs) (Outputs, error) {
	return Outputs{Words: float64(len(strings.Fields(in.Text)))}, nil
}
""",
        ),
        test=(
            "plugin_logic_test.go",
            """package main

import "testing"

func TestWordsAreCounted(t *testing.T) {
	if out, err := Execute(t.Context(), Inputs{Text: "to be to"}); err != nil || out.Words != 3 {
		t.Error(out, err)
	}
}
""",
        ),
        runtime="plugin_runtime/hints.go",
        moved=("tests/changes.go", "tests/told_changes.go"),
        tests=("make", "test"),
    ),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_life(tmp_path: Path, language: str) -> None:
    life = created(tmp_path, language=language, plugin_name="Text Echo")
    machine, of = Machine(life.place, language), LANGUAGES[language]
    plugin = life.plugin

    def passes_its_tests() -> None:
        status, output = machine.call(plugin, *of.tests)
        assert status == 0, output

    # written
    for name, text in (of.logic, of.test):
        (plugin / name).write_text(text, "utf-8")
    path = plugin / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    manifest["outputDefinitions"] = [
        {"name": "words", "type": "number", "required": True, "description": "How many words"}
    ]
    path.write_text(json.dumps(manifest, indent=2) + "\n", "utf-8")
    machine.make(plugin, "sync")
    life.place.commit(plugin, "Count words")
    passes_its_tests()

    # the template moves on: its server, a file of its own, and what the author has replaced
    life.template_fix()
    fix = FIXES[language][1]
    for name in (of.runtime, of.logic[0]):
        with source(name, life.place.template, language).open("a", encoding="utf-8") as file:
            file.write(fix)
    life.template_move(*of.moved)
    machine.make(plugin, "update")
    life.assert_fixed()
    assert (plugin / of.runtime).read_text("utf-8").endswith(fix)
    changed = {".cruft.json", ".stage7-template.json", "Dockerfile"}
    assert set(life.status()) == {*changed, FIXES[language][0], of.runtime, *renamed(of.moved)}
    assert not (plugin / of.moved[0]).exists()
    assert (plugin / of.moved[1]).is_file()
    assert (plugin / of.logic[0]).read_text("utf-8") == of.logic[1], "the author's"
    life.place.commit(plugin, "Update")
    passes_its_tests()

    assert "Released 1.0.0 as v1.0.0" in machine.make(plugin, "release", "VERSION=1.0.0")
    manifest = json.loads(path.read_text("utf-8"))
    assert manifest["container"]["image"] == "stage7/text-echo:1.0.0"
    assert life.place.git(plugin, "tag") == "v1.0.0"

    # both change the same line
    life.edit("compose.yaml", "restart: unless-stopped", "restart: 'no'")
    life.template_edit("compose.yaml", "restart: unless-stopped", "restart: always")
    status, output = machine.call(plugin, "make", "update")
    assert status == 2
    assert "You and the template changed the same lines:\n  compose.yaml\n" in output
    ours, theirs = (plugin / "compose.yaml").read_text("utf-8").split("=======")
    assert "restart: 'no'" in ours.partition("<<<<<<< ")[2]
    assert "restart: always" in theirs.partition(">>>>>>> ")[0]
    life.place.git(plugin, "checkout", "--ours", "compose.yaml")
    life.place.commit(plugin, "Update with a conflict")
    assert "up to date" in machine.make(plugin, "update")

    # an output that callers read is gone
    path.write_text(path.read_text("utf-8").replace('"words"', '"total"'), "utf-8")
    life.place.commit(plugin, "Rename the output")
    status, output = machine.call(plugin, "make", "release", "VERSION=1.1.0")
    assert status == 2
    assert "1.1.0 is too small a step: major changes need 2.0.0 or higher" in output


def renamed(moved: tuple[str, str]) -> set[str]:
    """What git status says of a file that has been moved."""
    return {" -> ".join(moved)}
