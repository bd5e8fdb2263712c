"""Inputs and outputs of a host's Python plugin, as this template accepts them."""

from __future__ import annotations

import json
import keyword
import re
from collections.abc import Callable, Iterable
from typing import Any

from stage7_plugin.host_facts import TAKEN_OUTPUTS
from stage7_plugin.spec.parameter_rules import definition_problems
from stage7_plugin.spec.parameters import EXAMPLES
from stage7_plugin.spec.value_types import TYPES
from stage7_plugin.wrap.model import What

LONGEST_DESCRIPTION = 200
Note = Callable[[str | None, str, What, str], None]
"""Called with a name, a sentence, the kind of note, and the key of the list it is in."""

_KNOWN = ("name", "type", "required", "description", "aliases", "defaultValue", "default")
_TYPES = {"integer": "number", "int": "number", "float": "number", "list": "array",
          "dict": "object", "map": "object", "str": "string", "bool": "boolean"}  # fmt: skip


class Definitions:
    """The definitions of one plugin, one after the other, each with what had to be changed.

    Attributes:
        inputs: Definitions for the prompt `inputs`.
        outputs: The same for `outputs`.
        renamed: The plugin's own name of each input that got another one.
    """

    def __init__(self, note: Note) -> None:
        self.inputs: list[dict[str, Any]] = []
        self.outputs: list[dict[str, Any]] = []
        self.renamed: dict[str, str] = {}
        self._tell = note
        self._list = ""
        self._taken: set[str] = set()

    def take(self, inputs: Iterable[Any], outputs: Iterable[Any]) -> None:
        """Take over the manifest's lists; outputs first, because their names have to stay."""
        self._list = "outputDefinitions"
        for given in outputs:
            if found := self._plain(given, "outputs"):
                self._add_output(found)
        self._list = "inputDefinitions"
        inputs = list(inputs)
        names = {given.get("name") for given in inputs if isinstance(given, dict)}
        seen = set()
        for given in inputs:
            if not (found := self._plain(given, "inputs")):
                continue
            if found["name"] in seen:
                text = f"the input {found['name']} occurs twice; the first one counts"
                self._note(found["name"], text, "dropped")
            else:
                seen.add(found["name"])
                self._add_input(found, names)

    def add_output(self, name: str, kind: str) -> bool:
        """Declare an output that the manifest lacks; tell whether that was possible."""
        if name in self._taken or not _is_name(name) or name in TAKEN_OUTPUTS:
            return False
        self._taken.add(name)
        self.outputs.append({"name": name, "type": kind, "required": False})
        return True

    def name_as(self, parameters: list[str]) -> None:
        """Let each parameter of a function have the input that has it as its name or alias."""
        names = {one["name"] for one in self.inputs}
        for one in self.inputs:
            for alias in one.get("aliases", ()):
                if alias in parameters and alias not in names and one["name"] not in parameters:
                    self.renamed.setdefault(one["name"], alias)

    def _note(self, name: str | None, text: str, kind: What) -> None:
        self._tell(name, text, kind, self._list)

    def _plain(self, given: Any, prompt: str) -> dict[str, Any] | None:
        """Return the keys that are known, with values that are accepted."""
        if not isinstance(given, dict) or not isinstance(given.get("name"), str):
            self._note(None, f"a definition in {prompt} has no name: {_short(given)}", "dropped")
            return None
        name = given["name"]
        found = {key: given[key] for key in _KNOWN if key in given}
        if isinstance(given.get("enum"), list):
            found["enum"] = given["enum"]
        for key in given:
            if key not in found:
                self._note(name, f"{name} has the key {key}, which the host does not read",
                           "dropped")  # fmt: skip
        kind = str(given.get("type", "")).lower()
        found["type"] = _TYPES.get(kind, kind if kind in TYPES else "any")
        if found["type"] != given.get("type"):
            had = f"the type {given['type']!r}" if given.get("type") else "no type"
            self._note(name, f"{name} has {had}; the host accepts {', '.join(TYPES)}; it is now "
                             f"{found['type']}", "changed")  # fmt: skip
        found["description"] = shortened(str(given.get("description") or ""))
        if len(str(given.get("description") or "")) > LONGEST_DESCRIPTION:
            self._note(name, f"the description of {name} was cut to {LONGEST_DESCRIPTION} "
                             "characters", "changed")  # fmt: skip
        found["required"] = given.get("required") is True
        default = found.pop("default", None)
        if default is not None:
            found.setdefault("defaultValue", default)
        if found.get("defaultValue") is None:
            found.pop("defaultValue", None)
        elif found["required"]:
            found["required"] = False
            self._note(name, f"{name} is required and has a default; it is now optional", "changed")
        return self._without_faults(found, prompt)

    def _without_faults(self, found: dict[str, Any], prompt: str) -> dict[str, Any]:
        """Drop the default and the enum if a rule of the template refuses them."""
        for key in ("defaultValue", "enum"):
            if key not in found:
                continue
            name = {**found, "name": "name"}  # its name is looked at elsewhere
            name.pop("aliases", None)
            if faults := definition_problems(prompt, name, EXAMPLES[prompt]):
                shown, rule = _short(found.pop(key)), faults[0].rule.replace(" of name ", " ")
                self._note(found["name"], f"{key} of {found['name']} is {shown}: {rule}", "dropped")
        return found

    def _add_output(self, found: dict[str, Any]) -> None:
        name = found["name"]
        found.pop("aliases", None)
        found.pop("defaultValue", None)
        if name in TAKEN_OUTPUTS:
            why = "the host uses that name itself"
        elif not _is_name(name):
            why = "that is not a name in Python"
        elif name in self._taken:
            why = "it occurs twice"
        else:
            self._taken.add(name)
            self.outputs.append({**found, "required": False})
            return
        self._note(name, f"the output {name} is no longer declared, because {why}; if the program "
                         "returns it, it is still sent", "dropped")  # fmt: skip

    def _add_input(self, found: dict[str, Any], names: set[Any]) -> None:
        own = found["name"]
        clash = own in self._taken
        name = own
        if clash or not _is_name(own):
            name = self._free(re.sub(r"\W", "_", own) or "value", names)
            self.renamed[name] = own
            found["name"] = name
            why = "also the name of an output" if clash else "not a name in Python"
            found["required"] = False
            text = (
                f"the input {own} is {why}; it is now {name} and optional, and the program still "
                f"gets it as {own}, whichever of the two the caller sends"
            )
            self._note(own, text, "changed")
        self._taken.add(name)
        aliases = found.pop("aliases", [])
        kept = [
            alias
            for alias in dict.fromkeys(aliases if isinstance(aliases, list) else [])
            if isinstance(alias, str) and alias and len(alias) <= 60 and alias not in self._taken
            and (alias not in names or alias == own)
        ]  # fmt: skip
        for alias in aliases if isinstance(aliases, list) else []:
            if alias not in kept:
                self._note(own, f"the alias {alias} of {own} already stands for something else",
                           "dropped")  # fmt: skip
        self._taken.update(kept)
        if kept:
            found["aliases"] = kept
        self.inputs.append(found)

    def _free(self, name: str, names: set[Any]) -> str:
        name = f"_{name}" if name[:1].isdigit() else name
        candidates = [f"{name}_input", *(f"{name}_input_{number}" for number in range(2, 99))]
        return next(one for one in candidates if one not in self._taken and one not in names)


def shortened(text: str) -> str:
    """Put a text on one line of at most 200 characters, cut at the end of a sentence or a word."""
    line = re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\s]+", " ", text)
    line = line.strip()
    if len(line) <= LONGEST_DESCRIPTION:
        return line
    cut = line[:LONGEST_DESCRIPTION]
    sentence = cut.rfind(". ") + 1
    return cut[:sentence] if sentence > 40 else cut[: cut.rfind(" ")].rstrip(",;:- ")


def _is_name(name: str) -> bool:
    return name.isidentifier() and not keyword.iskeyword(name) and len(name) <= 60


def _short(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)[:80]
