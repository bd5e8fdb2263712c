"""A command in a terminal, whose questions a test answers."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from stage7_plugin.rendering.extension import OLDEST_COOKIECUTTER
from tests.support.template import TEMPLATE, command, isolated_environment

pexpect = pytest.importorskip("pexpect", reason="needs a terminal")

KEYS = [key for key in json.loads((TEMPLATE / "cookiecutter.json").read_text()) if key[0] != "_"]
PROMPTS = len(KEYS)
LANGUAGE, NAME, SLUG, VERB, INPUTS, OUTPUTS, PERMISSIONS = (
    KEYS.index(key) + 1
    for key in (
        "language", "plugin_name", "plugin_slug", "verb", "inputs", "outputs", "permissions",
    )
)  # fmt: skip
"""The numbers of the prompts."""
HOSTILE = """{{ 7*7 }} "it's" \\ $HOME `id` {% raw %} </script> : # 🎉 مرحبا"""
OLDEST = ".".join(map(str, OLDEST_COOKIECUTTER))


class Session:
    """One run of the command in a terminal of its own."""

    def __init__(
        self,
        folder: Path,
        *options: str,
        program: Sequence[str] = (),
        columns: int = 200,
        **variables: str,
    ) -> None:
        self.folder = folder
        default = command("--output-dir", str(folder / "out"))
        program, *arguments = [*(program or default), *options]
        self.child = pexpect.spawn(
            program,
            arguments,
            cwd=folder,
            env={
                **isolated_environment(folder / "home"),
                "TERM": "dumb",
                "COLUMNS": str(columns),
                "PWD": str(folder),
                **variables,
            },
            encoding="utf-8",
            timeout=30,
            dimensions=(50, columns),
        )
        self.seen = ""
        self._begun = False

    def answer(self, number: int, text: str = "") -> str:
        """Wait for the prompt with that number, type the text and Enter; what the prompt was.

        The language, which is asked first, is left at its default if another prompt comes first.
        """
        if not self._begun:
            self._begun = True
            if number != LANGUAGE:
                self.answer(LANGUAGE)
        self.child.expect_exact(f"[{number}/{PROMPTS}]")
        self.child.expect(r"\): ")
        self.child.sendline(text)
        return str(self.child.before)

    def again(self, text: str) -> str:
        """Answer a question that is asked again; what was said about the last answer."""
        self.child.expect_exact("example: ")
        said = str(self.child.before)
        self.child.expect(": $")
        self.child.sendline(text)
        return said

    def rest(self, first: int) -> None:
        """Accept every default from this prompt on, without a git repository."""
        for number, key in enumerate(KEYS[first - 1 :], first):
            self.answer(number, "2" if key == "git_init" else "")

    def manifest(self, slug: str) -> dict[str, Any]:
        """The manifest of the plugin that was made."""
        path = self.folder / "out" / slug / "manifest.json"
        manifest: dict[str, Any] = json.loads(path.read_text("utf-8"))
        return manifest

    def end(self) -> int:
        """Wait for the end; the exit status. What was printed since is in `seen`."""
        self.child.expect(pexpect.EOF)
        self.child.close()
        self.seen = re.sub(r"\x1b\[[0-9;]*m", "", self.child.before).replace("\r\n", "\n")
        return int(self.child.exitstatus)
