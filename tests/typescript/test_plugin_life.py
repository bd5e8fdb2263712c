"""A TypeScript plugin's life: made, written, updated by its own tools, and released."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path

import pytest

from tests.support import node
from tests.support.plugin_life import Life, created
from tests.support.releases import interpreters

pytest.importorskip("cruft")
pytestmark = pytest.mark.slow

LOGIC = """import type { Inputs, PluginResult } from './plugin_types.ts';

/** Counts the words of a text. */
export async function executePlugin(inputs: Inputs): Promise<PluginResult> {
  return { success: true, outputs: { words: inputs.text.split(/\\s+/).filter(Boolean).length } };
}
"""
TEST = """import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run } from './plugin_call.ts';

test('words are counted', async () => {
  const answer = await run({ text: 'to be to' });
  assert.deepEqual(answer.outputs, { words: 3 });
});
"""
FIX = "\n// Fixed.\n"


def make(life: Life, *arguments: str) -> tuple[int, str]:
    return life.place.call(life.plugin, "make", *interpreters(), *arguments)


def succeed(life: Life, *arguments: str) -> str:
    status, output = make(life, *arguments)
    assert status == 0, output
    return output


def passes_its_tests(life: Life) -> None:
    """Without the packages of `make test`, which check style and types."""
    status, output = life.place.call(life.plugin, node.node(), "--test", "tests/*.test.ts")
    assert status == 0, output


def test_a_life_in_typescript(tmp_path: Path) -> None:
    node.node()
    life = created(tmp_path, language="typescript", plugin_name="Text Echo")
    write_the_plugin(life)
    passes_its_tests(life)

    # the template moves on: its server, and what the author has replaced
    template = life.place.template / "languages" / "typescript"
    for name in ("server.cts", "plugin_logic.ts.jinja"):
        with (template / name).open("a", encoding="utf-8") as file:
            file.write(FIX)
    life.place.commit(life.place.template, "Fix the server and the stub")
    succeed(life, "update", f"CRUFT={shlex.quote(sys.executable)} -m cruft")
    assert (life.plugin / "server.cts").read_text("utf-8").endswith(FIX)
    changed = {"server.cts", ".cruft.json", ".stage7-template.json", "Dockerfile"}
    assert set(life.status()) == changed, "nothing of the author's"
    assert (life.plugin / "plugin_logic.ts").read_text("utf-8") == LOGIC
    passes_its_tests(life)
    life.place.commit(life.plugin, "Update")

    assert "Released 1.0.0 as v1.0.0" in succeed(life, "release", "VERSION=1.0.0")
    path = life.plugin / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    assert manifest["container"]["image"] == "stage7/text-echo:1.0.0"
    assert life.place.git(life.plugin, "tag") == "v1.0.0"

    # an output that callers read is gone
    path.write_text(path.read_text("utf-8").replace('"words"', '"total"'), "utf-8")
    life.place.commit(life.plugin, "Rename the output")
    status, output = make(life, "release", "VERSION=1.1.0")
    assert status == 2
    assert "1.1.0 is too small a step: major changes need 2.0.0 or higher" in output


def write_the_plugin(life: Life) -> None:
    """Real code, and an output of another name and type in the manifest."""
    (life.plugin / "plugin_logic.ts").write_text(LOGIC, "utf-8")
    (life.plugin / "tests" / "logic.test.ts").write_text(TEST, "utf-8")
    path = life.plugin / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    manifest["outputDefinitions"] = [
        {"name": "words", "type": "number", "required": True, "description": "How many words"}
    ]
    path.write_text(json.dumps(manifest, indent=2) + "\n", "utf-8")
    succeed(life, "sync")
    life.place.commit(life.plugin, "Count words")
