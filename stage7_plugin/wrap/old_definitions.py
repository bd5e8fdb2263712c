"""The inputs and outputs of a manifest made by hand, corrected where a rule refuses them."""

from __future__ import annotations

import json
import keyword
import re
from collections.abc import Callable, Collection, Iterable
from typing import Any

from stage7_plugin.host_facts import TAKEN_OUTPUTS
from stage7_plugin.spec.constraints import APPLIES_TO
from stage7_plugin.spec.parameter_rules import (
    LONGEST_DESCRIPTION,
    LONGEST_NAME,
    definition_problems,
)
from stage7_plugin.spec.problems import shown
from stage7_plugin.spec.value_types import TYPES

Tell = Callable[[str, str, str], None]
"""Called with what is named in the manifest, a sentence, and the kind of the note."""

INPUT_KEYS = (
    *("name", "type", "required", "description", "defaultValue", "aliases", "secret", "example"),
    *("examples", *APPLIES_TO),
)
OUTPUT_KEYS = (
    *("name", "type", "required", "description"),
    *(key for key in APPLIES_TO if key != "pattern"),
)
_OTHER_TYPES = {
    **dict.fromkeys(("str", "text", "url", "file", "date", "datetime"), "string"),
    **dict.fromkeys(("int", "integer", "float", "double", "decimal"), "number"),
    **dict.fromkeys(("bool",), "boolean"),
    **dict.fromkeys(("list", "tuple", "set"), "array"),
    **dict.fromkeys(("dict", "map", "json", "hash"), "object"),
}


class Definitions:
    """Inputs and outputs, and what the plugin's own code calls those that got another name.

    Attributes:
        inputs: Definitions for the prompt `inputs`.
        outputs: The same for `outputs`.
        input_names: By our name, the code's name; only where they differ.
        output_names: By the code's name, our name; only where they differ.
    """

    def __init__(self, tell: Tell) -> None:
        self.inputs: list[dict[str, Any]] = []
        self.outputs: list[dict[str, Any]] = []
        self.input_names: dict[str, str] = {}
        self.output_names: dict[str, str] = {}
        self._tell = tell
        self._taken: set[str] = set()
        self._declared: set[str] = set()
        self._at = ""

    def take(self, inputs: Any, outputs: Any) -> None:
        """Take over both lists of the manifest; inputs first, because callers send their names."""
        listed = list(self._listed(inputs, "inputDefinitions"))
        self._declared = {given["name"] for _, given in listed}
        for place, given in listed:
            self._at = place
            self._input(given)
        for place, given in self._listed(outputs, "outputDefinitions"):
            self._at = place
            self._output(given)

    def add_output(self, name: str, kind: str) -> str:
        """Declare an output that the code returns; return the name that it gets here."""
        self._at = "outputDefinitions"
        self._output({"name": name, "type": kind, "required": False})
        return self.output_names.get(name, name)

    def _listed(self, given: Any, key: str) -> Iterable[tuple[str, dict[str, Any]]]:
        if given is None:
            return
        if isinstance(given, dict):  # {"text": {"type": "string"}}
            self._tell(key, f"{key} is an object; it is now a list", "changed")
            given = [
                {"name": name, **(one if isinstance(one, dict) else {"type": one})}
                for name, one in given.items()
            ]
        for index, one in enumerate(given if isinstance(given, list) else [given]):
            if isinstance(one, dict) and isinstance(one.get("name"), str) and one["name"].strip():
                yield f"{key}.{index}", one
            else:
                self._tell(
                    f"{key}.{index}", f"{key} has {shown(one)}, which has no name", "dropped"
                )

    def _input(self, given: dict[str, Any]) -> None:
        name = self._named(given["name"], ())
        if name is None:
            return
        found = self._plain({**given, "name": name}, INPUT_KEYS, given["name"])
        if given.get("default") is not None and "defaultValue" not in found:
            found["defaultValue"] = given["default"]
            self._tell(self._at, f"default of {name}: the host reads defaultValue; renamed",
                       "changed")  # fmt: skip
        if found.get("defaultValue", "") is None:
            del found["defaultValue"]
        if "defaultValue" in found and found.get("required"):
            found["required"] = False
            self._tell(
                self._at, f"{name} is required and has a default; it is now optional", "changed"
            )
        if name != given["name"]:
            self.input_names[name] = given["name"]
        self._check("inputs", found)
        aliases = [*([] if name == given["name"] else [given["name"]]), *found.pop("aliases", [])]
        kept = []
        for alias in dict.fromkeys(aliases):
            if alias in self._taken or (alias in self._declared and alias != given["name"]):
                text = f"the alias {alias} of {name}: something else already has that name"
                self._tell(self._at, text, "dropped")
            elif len(alias) <= LONGEST_NAME:
                kept.append(alias)
        self._taken.update(kept)
        self.inputs.append({**found, "aliases": kept} if kept else found)

    def _output(self, given: dict[str, Any]) -> None:
        name = self._named(given["name"], TAKEN_OUTPUTS)
        if name is None:
            return
        if name != given["name"]:
            self.output_names[given["name"]] = name
        found = self._plain({**given, "name": name}, OUTPUT_KEYS, given["name"])
        self._check("outputs", found)
        self.outputs.append(found)

    def _named(self, name: str, reserved: Collection[str]) -> str | None:
        """Return the name that it gets; None if an equal definition already exists."""
        kind = "output" if reserved else "input"
        listed = self.outputs if reserved else self.inputs
        if any(one["name"] == name for one in listed):
            self._tell(
                self._at, f"the {kind} {name} is declared twice; the first one counts", "dropped"
            )
            return None
        found, why = name, ""
        if not name.isidentifier() or keyword.iskeyword(name):
            found = re.sub(r"\W+", "_", name).strip("_") or kind
            if found[0].isdigit() or keyword.iskeyword(found):
                found = f"{kind}_{found}"
            why = "is not a name in Python"
        if len(found) > LONGEST_NAME:
            found, why = found[:LONGEST_NAME], f"has more than {LONGEST_NAME} characters"
        if reserved and found in reserved:
            found, why = f"{found}_text", "is a name that the host uses itself"
        if found in self._taken:
            why = "is also the name of an input, and the host requires unique names"
            base = found[: LONGEST_NAME - 10]
            names = (f"{base}_{kind}", *(f"{base}_{kind}_{n}" for n in range(2, 1000)))
            found = next(one for one in names if one not in self._taken)
        if why:
            text = f"the {kind} {name} {why}; it is now {found}, and the code still sees {name}"
            self._tell(self._at, text, "changed")
        self._taken.add(found)
        return found

    def _plain(self, given: dict[str, Any], keys: tuple[str, ...], old: str) -> dict[str, Any]:
        """Return the known keys, with a type and a description that are accepted."""
        found = {key: given[key] for key in keys if given.get(key) is not None}
        for key in given:
            if key not in keys and key != "default":
                self._tell(self._at, f"{key} of {old}: nothing reads it", "dropped")
        kind = str(given.get("type", "")).lower()
        found["type"] = kind if kind in TYPES else _OTHER_TYPES.get(kind, "any")
        if found["type"] != given.get("type"):
            had = f"type is {shown(given['type'])}" if given.get("type") else "it has no type"
            self._tell(self._at, f"{old}: {had}; the host accepts {', '.join(TYPES)}; it is "
                            f"now {found['type']}", "changed")  # fmt: skip
        if not isinstance(given.get("required"), bool):
            found["required"] = given.get("required") == "true"
            if "required" in given or keys is INPUT_KEYS:
                self._tell(self._at, f"{old}: required is {shown(given.get('required'))}; it is "
                                f"now {json.dumps(found['required'])}", "changed")  # fmt: skip
        text = one_line(str(found.get("description", "")), LONGEST_DESCRIPTION)
        if text != found.get("description", ""):
            self._tell(self._at, f"the description of {old} was cut to one line of at most "
                            f"{LONGEST_DESCRIPTION} characters", "changed")  # fmt: skip
        found.pop("description", None)
        return {**found, "description": text} if text else found

    def _check(self, prompt: str, found: dict[str, Any]) -> None:
        """Drop one key after the other that a rule of the template refuses."""
        for key in ("aliases", "examples", "example", "defaultValue", *APPLIES_TO, "secret"):
            if key not in found:
                continue
            alone = {k: found[k] for k in ("name", "type", "required", key)}
            if key in ("examples", "example", "defaultValue"):
                alone = {**found, "required": False}
                others = {"aliases", "examples", "example", "defaultValue", "secret"} - {key}
                alone = {k: value for k, value in alone.items() if k not in others}
            elif key == "pattern":
                continue
            if problems := definition_problems(prompt, alone, ""):
                self._tell(self._at, f"{key} of {found['name']} is {shown(found.pop(key))}: "
                                          f"{problems[0].rule}", "dropped")  # fmt: skip
        if "pattern" in found and (problems := definition_problems(prompt, found, "")):
            self._tell(self._at, f"pattern of {found['name']} is "
                       f"{shown(found.pop('pattern'))}: {problems[0].rule}", "dropped")  # fmt: skip


def one_line(text: str, longest: int) -> str:
    """Put a text on one line, cut at the end of a sentence or a word."""
    line = re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\s]+", " ", text)
    line = re.sub(r"[\ud800-\udfff\ufffe\uffff]", "", line).strip()
    if len(line) <= longest:
        return line
    cut = line[:longest]
    sentence = cut.rfind(". ") + 1
    return cut[:sentence] if sentence > 40 else cut[: cut.rfind(" ")].rstrip(",;:- ")
