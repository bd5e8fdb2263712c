"""Write the pages of docs/reference that are made from the code: `make reference`.

They are kept in the repository, so that they can be read on a forge; a test compares them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import click

from stage7_plugin.cli import main as stage7_plugin
from stage7_plugin.contract.runner import rules_named
from stage7_plugin.generate.questions import as_table
from tools import forms, http_cases

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "reference"
RUNTIMES = {
    "plugin-runtime.md": "Python",
    "plugin-runtime-typescript.md": "TypeScript",
    "plugin-runtime-go.md": "Go",
}
"""The page about the server of each language."""

COMMAND_LINE = """\
# Command line

What the help of each command prints. `stage7-plugin new` also takes the options of
[Cookiecutter](https://cookiecutter.readthedocs.io/en/stable/cli_options.html).
"""
CONTRACT_RULES = """\
# Contract rules

What [`stage7-plugin check`](../guides/checking.md) checks, in this order. *Needs* says which target
a rule requires: *start*, an image or a folder; *container*, the same, run with restrictions;
*folder*, a folder to build. A name in code is a [scenario](../guides/checking.md#scenarios) that
the rule needs. A rule with *advice* never fails a check.

*Request* is what is sent or done, *Expected* what has to come back, *Remedy* what to do otherwise.
"""
PLUGIN_RUNTIME = """\
# Plugin API and settings in {language}

Every plugin has this page as `plugin_runtime/README.md`, in the version of its own server. {others}
"""


def command_line() -> str:
    """Return the page about the commands."""
    parts = [COMMAND_LINE]
    for name in sorted(stage7_plugin.commands):
        command = stage7_plugin.commands[name]
        arguments = [argument.human_readable_name for argument in _parameters(command, "argument")]
        parts.append(f"## stage7-plugin {name}\n")
        parts.append(f"```\nstage7-plugin {name} [OPTIONS] {' '.join(arguments)}\n```\n")
        parts += [f"{_marked(' '.join(part.split()))}\n" for part in _help(command)]
        rows = [_option_row(option) for option in _parameters(command, "option")]
        if rows:
            parts.append("\n".join(["| Option | Meaning |", "|---|---|", *rows, ""]))
    return "\n".join(parts)


def _parameters(command: click.Command, kind: str) -> list[click.Parameter]:
    return [parameter for parameter in command.params if parameter.param_type_name == kind]


def _help(command: click.Command) -> list[str]:
    return (command.help or "").split("\n\n")


def _option_row(option: click.Parameter) -> str:
    """Return the table row of an option: its names, its value, its help."""
    assert isinstance(option, click.Option)
    value = option.metavar or option.type.name.upper()
    if isinstance(option.type, click.Choice):
        value = "\\|".join(map(str, option.type.choices))
    names = ", ".join(option.opts) + ("" if option.is_flag else f" {value}")
    return f"| `{names}` | {_marked(option.help or '')} |"


def _marked(text: str) -> str:
    """Return a text with options marked as code."""
    return re.sub(r"(?<![`\w-])(--[a-z-]+|KEY=VALUE)", r"`\1`", text.replace("|", "\\|"))


def contract_rules() -> str:
    """Return the page about the rules of the contract suite."""
    parts = [CONTRACT_RULES]
    group = ""
    for rule in rules_named(()):
        if rule.id.partition(".")[0] != group:
            group = rule.id.partition(".")[0]
            parts.append(f"\n## {group}\n")
        needs = [rule.needs.name.lower()] if rule.needs else []
        needs += [f"`{rule.scenario}`"] if rule.scenario else []
        needs += ["advice"] if rule.advice else []
        explained = rule.explanation
        rows = {
            "Why": explained.reason,
            "Request": explained.request,
            "Expected": explained.expected,
            "Remedy": rule.todo,
            "Needs": ", ".join(needs),
        }
        parts.append(f"\n### `{rule.id}`\n\n{_cell(rule.title)}.\n\n")
        parts += [f"- **{name}:** {_cell(text)}\n" for name, text in rows.items() if text]
    return "".join(parts)


def _cell(text: str) -> str:
    """Return a text about a rule in Markdown, with JSON marked as code."""
    parts = re.split(r'(`[^`]+`|\{"[^`]*\}|"status": "healthy")', text)
    return "".join(
        f"`{part.strip('`')}`" if index % 2 else part.replace("<", "&lt;").replace("*", "\\*")
        for index, part in enumerate(parts)
    )


def plugin_runtime(page: str) -> str:
    """Return the README of the rendered server of one language as a page."""
    language = RUNTIMES[page]
    others = [f"[{RUNTIMES[name]}]({name})" for name in RUNTIMES if name != page]
    readme = ROOT / "languages" / language.lower() / "plugin_runtime" / "README.md"
    head = PLUGIN_RUNTIME.format(language=language, others=f"The same in {' and '.join(others)}.")
    return head + "\n" + readme.read_text("utf-8").partition("\n\n")[2]


def questions_page() -> str:
    """Return the page about the questions, with the table written anew."""
    text = (FOLDER / "questions.md").read_text("utf-8")
    table = re.compile(r"^\| Key \| Default .*\n(?:\|.*\n)*", re.MULTILINE)
    found = table.search(text)
    assert found is not None
    return text[: found.start()] + as_table() + "\n" + text[found.end() :]


PAGES: Mapping[str, Callable[[], str]] = {
    "command-line.md": command_line,
    "contract-rules.md": contract_rules,
    "http-cases.md": http_cases.page,
    **{page: partial(plugin_runtime, page) for page in RUNTIMES},
    "questions.md": questions_page,
}


def main() -> None:
    """Write every page."""
    for name, page in PAGES.items():
        (FOLDER / name).write_text(page(), "utf-8", newline="\n")
    for name in forms.FORMS:
        (ROOT / name).write_text(forms.form(name), "utf-8", newline="\n")


if __name__ == "__main__":
    main()
