"""What `stage7-plugin wrap` prints: what is made, and what became of each part of the source."""

from __future__ import annotations

from collections.abc import Iterable

from stage7_plugin.spec.constraint_words import parameter_words
from stage7_plugin.spec.parameters import Parameter
from stage7_plugin.spec.plugin_spec import PluginSpec
from stage7_plugin.spec.problems import printable, shown
from stage7_plugin.wrap.model import Note, Wrapping

_KINDS = {
    "function": "Python function",
    "container": "container plugin",
    "host-plugin": "Python plugin of the host",
}


def print_plan(wrapping: Wrapping, spec: PluginSpec) -> None:
    """Print what the plugin is, and which files come from the source."""
    print(printable(f"{_KINDS[wrapping.kind]}: {wrapping.source}"))
    print(printable(f"plugin:  {spec.slug}, verb {spec.verb}"))
    print(printable(f"         {spec.description}"))
    for title, parameters in (("inputs:  ", spec.inputs), ("outputs: ", spec.outputs)):
        for parameter in parameters:
            print(printable(f"{title}{_line(parameter)}"))
            title = " " * len(title)
    print(printable(f"files:   {', '.join(sorted(wrapping.files))}"))


def print_notes(notes: Iterable[Note]) -> None:
    """Print what became of the parts of the source, one per line."""
    for note in notes:
        print(printable(str(note)))


def _line(parameter: Parameter) -> str:
    words = parameter_words(parameter)
    kind = f"{parameter.type} ({'; '.join(words)})" if words else parameter.type
    if parameter.default is not None:
        kind += f" = {shown(parameter.default)}"
    elif not parameter.required:
        kind += ", optional"
    return f"{parameter.name}: {kind} - {parameter.description}"
