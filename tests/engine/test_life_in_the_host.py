"""The life of TypeScript and Go plugins up to the host, with nothing of Python on the PATH."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from stage7_plugin.host.stand_in.server import StandIn
from tests.support.install_place import InstallPlace, execute
from tests.support.plugin_life import Life
from tests.support.registry import Registry
from tests.support.without_python import Machine

if TYPE_CHECKING:
    from docker import APIClient

pytestmark = pytest.mark.engine

LOGIC = {
    "typescript": (
        "plugin_logic.ts",
        """import type { Inputs, PluginResult } from './plugin_types.ts';

const shout = (text: string): string => text.toUpperCase();
const turn = (text: string): string => [...text].reverse().join('');

/** Answers with one of these. */
export async function executePlugin(inputs: Inputs): Promise<PluginResult> {
  return { success: true, outputs: { result: [shout, turn][CHOICE]!(inputs.text) } };
}
""",
    ),
    "go": (
        "plugin_logic.go",
        """package main

import (
	"context"
	"slices"
	"strings"
)

func shout(text string) string { return strings.ToUpper(text) }

func turn(text string) string {
	letters := []rune(text)
	slices.Reverse(letters)
	return string(letters)
}

// Setup has nothing to prepare.
func Setup(ctx context.Context) error { return nil }

// Execute answers with one of these.
func Execute(ctx context.Context, in Inputs) (Outputs, error) {
	return Outputs{Result: []func(string) string{shout, turn}[CHOICE](in.Text)}, nil
}
""",
    ),
}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> InstallPlace:
    return InstallPlace(tmp_path, monkeypatch, with_template=True)


@pytest.fixture
def host(place: InstallPlace) -> Iterator[StandIn]:
    with StandIn() as stand_in:
        place.use(stand_in)
        yield stand_in


@pytest.mark.parametrize("language", LOGIC)
def test_a_life_without_python(
    place: InstallPlace, host: StandIn, client: APIClient, language: str
) -> None:
    """Made, written, released, installed; updated, released with its image, installed from that."""
    machine = Machine(place, language)
    with Registry() as registry:
        image = f"{registry.name}/team/text-echo"
        path = place.environment.pop("PYTHONPATH")  # the plugin's template renders, not this one
        plugin = place.linked_plugin(language=language, image_namespace=f"{registry.name}/team")
        place.set("PYTHONPATH", path)
        name, logic = LOGIC[language]

        def write(choice: str, note: str) -> None:
            (plugin / name).write_text(logic.replace("CHOICE", choice), "utf-8")
            place.note(plugin, note)

        def release(version: str, *settings: str) -> None:
            machine.make(plugin, "release", f"VERSION={version}", *settings)
            place.git(plugin, "push", "--quiet", "--follow-tags", "origin", "HEAD")

        try:
            write("0", "It shouts")
            release("1.0.0")
            said = machine.make(plugin, "install")
            assert "text-echo 1.0.0: installed" in said
            assert "result: THE QUICK BROWN FOX JUMPS OVER THE LAZY DOG." in said
            assert execute(host, "TEXT_ECHO", text="once more") == (200, {"result": "ONCE MORE"})

            life = Life(place, plugin, language)
            life.template_fix()
            machine.make(plugin, "update")
            life.assert_fixed()
            write("1", "It turns texts round, on the newest server")
            release("1.1.0", "PUSH=image")
            line = (plugin / "host-image" / "Dockerfile").read_text("utf-8")
            assert line.startswith(f"FROM {image}:1.1.0@sha256:")
            assert place.git(plugin, "status", "--porcelain") == ""
            client.remove_image(f"{image}:1.1.0", force=True)

            said = machine.make(plugin, "install", "OPTIONS=--from image")
            assert "text-echo 1.1.0: installed" in said
            assert any("/manifests/sha256:" in path for path in registry.pulled)
            assert execute(host, "TEXT_ECHO", text="abc") == (200, {"result": "cba"})

            status, output = machine.call(plugin, "make", "release", "VERSION=1.2.0")
            assert status == 2
            assert "host-image/Dockerfile has the image of the previous version" in output
        finally:
            for version in ("1.0.0", "1.1.0"):
                if client.images(f"{image}:{version}"):
                    client.remove_image(f"{image}:{version}", force=True)
