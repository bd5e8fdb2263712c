"""The whole batch file against every rule, before anything is written."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stage7_plugin.batch import file_keys
from stage7_plugin.batch.duplicates import Names
from stage7_plugin.batch.entries import Entry, Field, Fleet, Located
from stage7_plugin.batch.ownership import Ownership, read_labels, read_owner
from stage7_plugin.batch.recipe import Recipe
from stage7_plugin.batch.renames import read_renamed_from
from stage7_plugin.batch.template import PluginTemplate
from stage7_plugin.batch.wrapping import read_wrap
from stage7_plugin.spec.languages import PYTHON_ALONE, answered
from stage7_plugin.spec.plugin_spec import AnswersRefused, PluginSpec
from stage7_plugin.spec.problems import Problem, nearest, shown

_LAST_PORT = 65535
_MOST_VALUES = 10_000  # under one key
_TOO_MANY = f"must not have more than {_MOST_VALUES} values"


def check_fleet(
    fleet: Fleet,
    template: PluginTemplate,
    base: Path,
    first_port: int,
    names: Names | None = None,
    file: str = "",
) -> tuple[list[Recipe], list[Located]]:
    """The plugins of a batch file, and every problem of it in the order of its lines.

    Args:
        fleet: The file as it was read.
        template: Whose prompts are asked.
        base: The folder from which paths in the file are counted.
        first_port: The host port of the first plugin; the others follow.
        names: Those that plugins of other batch files have.
        file: The batch file, if there are several.
    """
    most = _LAST_PORT - first_port + 1
    if len(fleet.plugins) > most:
        rule = f"only {most} ports remain from {first_port} up; see --first-port"
        fleet.fault(1, "plugins", f"{len(fleet.plugins)} plugins", rule, "--first-port 10000")
    return _Check(fleet, template, base, names or Names(), file).run()


class _Check:
    def __init__(
        self, fleet: Fleet, template: PluginTemplate, base: Path, names: Names, file: str
    ) -> None:
        self._plugins = fleet.plugins
        self._defaults = fleet.defaults.fields
        self._defaults_file = fleet.defaults.file
        self._prompts = template.prompts
        self._known = (*template.prompts, *file_keys.KEYS)
        self._complete = template.answers
        self._base, self._files = base, file_keys.FileRules(base)
        self._names, self._file = names, file
        # By what they say: a wrong default is one problem, however many plugins take it.
        self._problems: dict[tuple[object, ...], Located] = {}
        for found in fleet.problems:
            self._add(found.line, found.plugin, found.problem, found.file)
        self._unknown_keys(fleet.defaults, "defaults")
        for key in ("renamed_from", "wrap"):
            if key in self._defaults:
                rule = "must be a key of one plugin, not a default"
                field = self._defaults[key]
                self._add(field.line, "defaults", Problem(key, field.value, rule, "plugins: ..."))

    def run(self) -> tuple[list[Recipe], list[Located]]:
        recipes = [self._plugin(number, entry) for number, entry in enumerate(self._plugins, 1)]
        located = sorted(self._problems.values(), key=lambda found: found.line)
        return ([] if located else [recipe for recipe in recipes if recipe]), located

    def _plugin(self, number: int, entry: Entry) -> Recipe | None:
        label = _label(number, entry)
        self._unknown_keys(entry, label)
        fields = {**self._defaults_of(entry), **entry.fields}
        problems = [
            Problem(key, field.value, _TOO_MANY, f"{key}: ...")
            for key, field in fields.items()
            if key in self._known and _values_in(field.value, _MOST_VALUES) > _MOST_VALUES
        ]
        for problem in problems:  # reported; no other rule looks at them
            del fields[problem.prompt]
        wrapping = None
        if "wrap" in fields:
            wrapping, faults = read_wrap(fields, self._base)
            problems += faults
        given: dict[str, Any] = dict(wrapping.answers) if wrapping else {}
        given |= {
            prompt: _answer(prompt, fields[prompt].value)
            for prompt in self._prompts
            if prompt in fields
        }
        named = "plugin_name" in (given if wrapping else entry.fields)
        if not named and "wrap" not in fields:
            rule = "each plugin must have a plugin_name"
            problems.append(Problem("plugin_name", "", rule, "Text Echo"))
        complete = self._complete(given)
        spec = None
        try:
            spec = PluginSpec.from_answers(complete)
        except AnswersRefused as error:
            problems += [
                _with_decimal_point(p) for p in error.problems if named or not _of_name(p, given)
            ]
        problems += _batch_rules(complete)
        files: dict[str, Path | None] = {}
        language = answered(complete)
        problems += file_keys.for_python_alone(fields, language)
        for key in ("logic", "lock"):
            if key in fields:
                files[key], faults = self._files.read(key, fields[key].value, language)
                problems += faults
        needed = fields["requirements"].value if "requirements" in fields else []
        requirements, faults = file_keys.read_requirements(needed)
        problems += faults
        ownership, faults = _ownership(fields)
        problems += faults
        renamed_from = ""
        if "renamed_from" in fields:
            renamed_from, faults = read_renamed_from(fields["renamed_from"].value)
            problems += faults
        if named:
            problems += self._names.clashes(entry, complete, self._file)
        for problem in problems:
            self._locate(problem, entry, label)
        if spec is None:
            return None
        return Recipe(
            entry.line,
            spec,
            requirements,
            files.get("logic"),
            files.get("lock"),
            ownership=ownership,
            given=frozenset(given),
            renamed_from=renamed_from,
            wrapping=wrapping,
        )

    def _defaults_of(self, entry: Entry) -> Mapping[str, Field]:
        """The defaults of the file as far as they mean something in the entry's language."""
        chosen = entry.fields.get("language", self._defaults.get("language"))
        if chosen is None or chosen.value == "python":
            return self._defaults
        return {key: value for key, value in self._defaults.items() if key not in PYTHON_ALONE}

    def _unknown_keys(self, entry: Entry, label: str) -> None:
        for key, field in entry.fields.items():
            if key in self._known:
                continue
            meant = nearest(key, self._known)
            rule = f"there is no key called {key}" + (f"; did you mean {meant}?" if meant else "")
            instead = "author" if label == "defaults" else "plugin_name"
            problem = Problem(key, field.value, rule, f"{meant or instead}: ...")
            self._add(field.line, label, problem, entry.file)

    def _locate(self, problem: Problem, entry: Entry, label: str) -> None:
        """Put a problem where its value stands: in the plugin, in the defaults, or nowhere."""
        key = problem.prompt.split(",")[0]
        if key in entry.fields:
            self._add(entry.fields[key].line, label, problem)
        elif key in self._defaults:
            self._add(self._defaults[key].line, "defaults", problem, self._defaults_file)
        else:
            self._add(entry.line, label, problem)

    def _add(self, line: int, label: str, problem: Problem, file: str = "") -> None:
        said = (file, line, label, problem.prompt, shown(problem.value), problem.rule)
        self._problems.setdefault(said, Located(line, label, problem, file))


def _ownership(fields: Mapping[str, Field]) -> tuple[Ownership, list[Problem]]:
    owner = fields["owner"].value if "owner" in fields else ""
    problems = read_owner(owner) if "owner" in fields else []
    labels, faults = read_labels(fields["labels"].value if "labels" in fields else {})
    return Ownership("" if problems else owner, labels), [*problems, *faults]


def _label(number: int, entry: Entry) -> str:
    name = entry.fields.get("plugin_name")
    shown = name.value if name and isinstance(name.value, str) else "without a name"
    return f"plugin {number} ({shown[:60]})"


def _of_name(problem: Problem, given: Mapping[str, Any]) -> bool:
    """Whether a problem only follows from a missing plugin_name."""
    derived = ("plugin_name", "plugin_slug", "verb")
    return problem.prompt in derived and problem.prompt not in given


def _with_decimal_point(problem: Problem) -> Problem:
    """What a spreadsheet of half of Europe writes as 0,5, with the way out."""
    if problem.prompt == "cpu" and re.fullmatch(r"[0-9]+,[0-9]+", str(problem.value)):
        rule = f"{problem.rule}; write a decimal point instead of the comma"
        return problem._replace(rule=rule)
    return problem


def _answer(prompt: str, value: Any) -> Any:
    """The text that a person would type at the prompt for a value of the file."""
    if prompt in ("inputs", "outputs") and isinstance(value, list):
        return json.dumps(value, ensure_ascii=False)
    if prompt == "permissions" and isinstance(value, list):
        return ", ".join(map(str, value))
    return value


def _values_in(value: Any, limit: int) -> int:
    """How many values there are inside, counted no further than just above the limit."""
    count = 1
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for part in parts:
        count += _values_in(part, limit - count)
        if count > limit:
            break
    return count


def _batch_rules(complete: Mapping[str, Any]) -> list[Problem]:
    """Rules that hold only for a batch."""
    if complete["build_image"] in ("yes", "required"):
        rule = "leave it out: the option --build builds the images of a fleet"
        return [Problem("build_image", complete["build_image"], rule, "no")]
    return []
