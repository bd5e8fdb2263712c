"""A Go plugin's life: made, written, updated from the template by its own tools, and released."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path

import pytest

from tests.support.plugin_life import Life, created
from tests.support.releases import interpreters

pytest.importorskip("cruft")
pytestmark = pytest.mark.slow

LOGIC = """package main

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
"""
TEST = """package main

import "testing"

func TestWordsAreCounted(t *testing.T) {
	if out, err := Execute(t.Context(), Inputs{Text: "to be to"}); err != nil || out.Words != 3 {
		t.Error(out, err)
	}
}
"""
FIX = "\n// Fixed.\n"


def make(life: Life, *arguments: str) -> str:
    status, output = life.place.call(life.plugin, "make", *interpreters(), *arguments)
    assert status == 0, output
    return output


def test_a_life_in_go(tmp_path: Path) -> None:
    life = created(tmp_path, language="go", plugin_name="Text Echo")
    write_the_plugin(life)
    make(life, "test")

    # the template moves on: its server, and what the author has replaced
    template = life.place.template / "languages" / "go"
    for name in ("server.go", "plugin_logic.go.jinja"):
        with (template / name).open("a", encoding="utf-8") as file:
            file.write(FIX)
    life.place.commit(life.place.template, "Fix the server and the stub")
    make(life, "update", f"CRUFT={shlex.quote(sys.executable)} -m cruft")
    assert (life.plugin / "server.go").read_text("utf-8").endswith(FIX)
    changed = {"server.go", ".cruft.json", ".stage7-template.json", "Dockerfile"}
    assert set(life.status()) == changed, "nothing of the author's"
    assert (life.plugin / "plugin_logic.go").read_text("utf-8") == LOGIC
    make(life, "test")
    life.place.commit(life.plugin, "Update")

    assert "Released 1.0.0 as v1.0.0" in make(life, "release", "VERSION=1.0.0")
    manifest = json.loads((life.plugin / "manifest.json").read_text("utf-8"))
    assert manifest["container"]["image"] == "stage7/text-echo:1.0.0"
    assert life.place.git(life.plugin, "tag") == "v1.0.0"


def write_the_plugin(life: Life) -> None:
    """Real code, and an output of another name and type in the manifest."""
    (life.plugin / "plugin_logic.go").write_text(LOGIC, "utf-8")
    (life.plugin / "plugin_logic_test.go").write_text(TEST, "utf-8")
    path = life.plugin / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    manifest["outputDefinitions"] = [
        {"name": "words", "type": "number", "required": True, "description": "How many words"}
    ]
    path.write_text(json.dumps(manifest, indent=2) + "\n", "utf-8")
    make(life, "sync")
    life.place.commit(life.plugin, "Count words")
