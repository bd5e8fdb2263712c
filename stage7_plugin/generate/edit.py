"""`stage7-plugin add`, `remove` and `rename`: change a plugin's manifest and all that names it.

Everything is worked out before the first file is written. What the template wrote is written anew;
the author's code is changed only where the meaning is certain, else the change is refused.
"""

from __future__ import annotations

import copy
import difflib
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from stage7_plugin.generate import edit_logic, sync
from stage7_plugin.generate.edit_manifest import KEYS, Kind, Manifest, names_of
from stage7_plugin.generate.sync import OutOfReach
from stage7_plugin.generate.sync_stub import stub_hints
from stage7_plugin.rendering import escaping
from stage7_plugin.spec.manifest import manifest_problems


class Edit:
    """One change of a plugin.

    Attributes:
        folder: The plugin's folder.
        old: Its manifest as it is.
        new: Its manifest as it will be.
    """

    def __init__(self, folder: Path, change: Callable[[Manifest], None]) -> None:
        self.folder = folder
        self.old = sync.read_manifest(folder)
        self.new = copy.deepcopy(self.old)
        change(self.new)
        if problems := manifest_problems(self.new):
            raise OutOfReach("\n  ".join(["manifest.json would have problems:", *problems]))

    def texts(self, renamed: tuple[Kind, str, str] | None = None) -> dict[str, str]:
        """Return the new text of each file that changes.

        Args:
            renamed: The kind, old and new name of what has a new name.

        Raises:
            OutOfReach: A file cannot be changed safely; the text names the lines.
        """
        steps: dict[str, Callable[[str], str]] = {
            "manifest.json": self._manifest,
            "README.md": lambda text: sync.synced_readme(text, self.new),
            "examples/request.json": lambda text: self._request(text, renamed),
            "plugin_logic.py": lambda text: self._logic(text, renamed),
            "plugin_types.ts": lambda text: sync.synced_types(text, self.new),
            "plugin_types.go": lambda text: sync.synced_go_types(text, self.new),
            "compose.yaml": self._compose,
        }
        found = {}
        for name, step in steps.items():
            if (self.folder / name).is_file():
                before = self.read(name)
                after = step(before)
                if after != before:
                    found[name] = after
        return found

    def read(self, name: str) -> str:
        """Return the text of a file; "" if it is not there."""
        path = self.folder / name
        return path.read_text("utf-8") if path.is_file() else ""

    def _manifest(self, text: str) -> str:
        for key in KEYS.values():
            text = sync.replaced(text, key, self.new[key])
        for path in (("security", "permissions"), ("container", "environment")):
            value = self.new.get(path[0], {}).get(path[1])
            if value != self.old.get(path[0], {}).get(path[1]):
                text = sync.replaced(text, path[1], value, level=2)
        wanted = self.new
        text = sync.synced_manifest(text, self.new)
        written = json.loads(text)
        for key in (*KEYS.values(), "security", "container"):
            if written.get(key) != wanted.get(key):
                raise OutOfReach(
                    f"manifest.json is not in the template's format: change {key} by hand, then "
                    "run: make sync"
                )
        return text

    def _request(self, text: str, renamed: tuple[Kind, str, str] | None) -> str:
        if renamed is not None and renamed[0] == "input":
            text = edit_logic.renamed_request(text, *renamed[1:])
        return sync.synced_request(text, self.new)

    def _logic(self, text: str, renamed: tuple[Kind, str, str] | None) -> str:
        # Where the author has changed a part, it is not the template's to write anew.
        if sync.synced_logic(text, self.old) == text:
            text = sync.synced_logic(text, self.new)
        if renamed is not None and renamed[0] in KEYS:
            text = edit_logic.renamed_names(text, *renamed)
        for key in KEYS.values():
            gone = names_of(self.old[key]) - names_of(self.new[key])
            for name in gone if renamed is None else ():
                if lines := edit_logic.lines_that_name(text, name):
                    raise edit_logic.by_hand(lines, f"remove what uses {name}")
        return text

    def _compose(self, text: str) -> str:
        old, new = (one["container"].get("environment", {}) for one in (self.old, self.new))
        for name in old.keys() - new.keys():
            text = re.sub(rf"(?m)^      {name}: .*\n", "", text, count=1)
        for name in new.keys() - old.keys():
            block = re.search(r"(?m)^    environment:\n(?:      .*\n)*", text)
            if block is not None:
                line = f"      {name}: {escaping.compose_string(new[name])}\n"
                text = text[: block.end()] + line + text[block.end() :]
        return text

    def hints(self, texts: dict[str, str]) -> Iterator[str]:
        """List what is left to do by hand."""
        logic = texts.get("plugin_logic.py") or self.read("plugin_logic.py")
        if logic:
            yield from stub_hints(logic, *sync.parameters(self.new))
        for ending in (".ts", ".go"):
            if f"plugin_types{ending}" in texts:
                logic, types = f"plugin_logic{ending}", f"plugin_types{ending}"
                yield f"{logic}: make lint shows where it must match {types}"
        tests = self.read("tests/test_logic.py")
        for key in KEYS.values():
            for name in sorted(names_of(self.old[key]) - names_of(self.new[key])):
                for line in edit_logic.lines_that_name(tests, name):
                    yield f"tests/test_logic.py:{line}"
        if (self.folder / "kubernetes.yaml").is_file():
            if _calls_out(self.old) != _calls_out(self.new):
                yield "kubernetes.yaml: its NetworkPolicy must match the permission net.fetch"
            if self.old["container"].get("environment") != self.new["container"].get("environment"):
                yield "kubernetes.yaml: its env must match the settings"


def _calls_out(manifest: Manifest) -> bool:
    return "net.fetch" in manifest.get("security", {}).get("permissions", [])


def run_edit(
    folder: Path,
    change: Callable[[Manifest], None],
    *,
    dry_run: bool,
    renamed: tuple[Kind, str, str] | None = None,
) -> int:
    """Change a plugin, or with `dry_run` only print the difference; return the exit status.

    Returns:
        0 it was changed, or would be; 2 it was not, with the reason printed.
    """
    try:
        edit = Edit(folder, change)
        texts = edit.texts(renamed)
    except (OutOfReach, OSError, UnicodeDecodeError) as error:
        print(f"Nothing was changed: {error}")
        return 2
    for name, text in texts.items():
        if dry_run:
            before = edit.read(name).splitlines(keepends=True)
            after = text.splitlines(keepends=True)
            print("".join(difflib.unified_diff(before, after, f"a/{name}", f"b/{name}")), end="")
        else:
            (folder / name).write_text(text, "utf-8", newline="\n")
            print(f"{name}: changed")
    for hint in edit.hints(texts):
        print(f"to do: {hint}")
    if not texts:
        print("Nothing changes.")
    return 0
