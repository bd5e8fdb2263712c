"""Values that follow from other answers, so that nobody is asked for them."""

from __future__ import annotations

import getpass
import re
import subprocess
import unicodedata
from collections.abc import Iterable, Mapping

from slugify import slugify

from stage7_plugin.host_facts import PERMISSIONS, TAKEN_VERBS
from stage7_plugin.spec.parameters import Parameter, Prompt, parse_parameters

LONGEST_SLUG = 50
LONGEST_DESCRIPTION = 200

# German writes these where it has no umlauts; ß becomes ss by itself.
_UMLAUTS = (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("Ä", "Ae"), ("Ö", "Oe"), ("Ü", "Ue"))
# Inside a word they are not a place to split it: "Grandma's" is one word.
_APOSTROPHES = re.compile(r"(?<=\w)['\u2019](?=\w)")

# Windows opens a device, not a file, under these names.
DEVICE_NAMES = frozenset(
    ["con", "prn", "aux", "nul"]
    + [f"{name}{digit}" for name in ("com", "lpt") for digit in "0123456789"]
)


def plugin_slug(plugin_name: object) -> str:
    """Derive the slug: "Text Echo" becomes "text-echo", "Grandma's" "grandmas"; may be empty.

    Umlauts become two letters: "Prüfer" becomes "pruefer". A name that would give a slug no rule
    accepts gets "plugin" added: "3D Print" becomes "plugin-3d-print", "Aux" becomes "aux-plugin".
    """
    name = unicodedata.normalize("NFC", _APOSTROPHES.sub("", str(plugin_name)))
    slug: str = slugify(name, replacements=_UMLAUTS)
    if slug[:1].isdigit():
        slug = f"plugin-{slug}"
    if slug in DEVICE_NAMES:
        slug = f"{slug}-plugin"
    return slug[:LONGEST_SLUG].rstrip("-")


def verb(plugin_name: object) -> str:
    """Derive the verb: "Text Echo" becomes "TEXT_ECHO"; a taken one gets "_PLUGIN"."""
    derived = plugin_slug(plugin_name).replace("-", "_").upper()
    return f"{derived}_PLUGIN" if derived in TAKEN_VERBS else derived


def description(answers: Mapping[str, object]) -> str:
    """Derive the default description from the answers; `inputs` and `outputs` may be wrong."""
    return describe(_parsed(answers, "inputs"), _parsed(answers, "outputs"))


def describe(inputs: Iterable[Parameter], outputs: Iterable[Parameter]) -> str:
    """Name what goes in and comes out, in at most 200 characters: the planner sees nothing else."""
    given, returned = _names(inputs, "inputs"), _names(outputs, "outputs")
    for shorten in (lambda text: text, lambda text: text.partition(" ")[0]):
        found = (
            f"Takes {_joined(map(shorten, given))} and returns {_joined(map(shorten, returned))}"
        )
        if len(found) <= LONGEST_DESCRIPTION:
            return found
    return f"Takes {len(given)} inputs and returns {len(returned)} outputs, {given[0]} first"


def _parsed(answers: Mapping[str, object], prompt: Prompt) -> list[Parameter]:
    text = answers.get(prompt)
    return parse_parameters(prompt, text)[0] if isinstance(text, str) else []


def _names(parameters: Iterable[Parameter], otherwise: str) -> list[str]:
    return [f"{parameter.name} ({parameter.type})" for parameter in parameters] or [otherwise]


def _joined(names: Iterable[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def default_author() -> str:
    """Return the name in the user's own git configuration, else the login name."""
    try:
        command = ["git", "config", "user.name"]
        answer = subprocess.run(
            command, capture_output=True, timeout=5, check=False, encoding="utf-8", errors="replace"
        )
        if answer.stdout.strip():
            return answer.stdout.strip()
    except (OSError, subprocess.TimeoutExpired):
        pass  # no git: the login name will do
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "Unknown author"  # a user id without a name, as in some containers


def memory_megabytes(memory: str) -> int:
    """Whole mebibytes in a memory answer: "256m" is 256, "1g" is 1024, "65536k" is 64."""
    kibibytes = {"k": 1, "m": 1024, "g": 1024 * 1024}[memory[-1]]
    return int(memory[:-1]) * kibibytes // 1024


def permission_list(permissions: str) -> list[str]:
    """Return the permissions in a comma-separated answer, each once, in the order given."""
    names = (name.strip() for name in permissions.split(","))
    return list(dict.fromkeys(name for name in names if name))


def permissions_by_name(permissions: str) -> str:
    """Return a comma-separated answer with each number replaced by the permission it stands for."""
    names = [
        PERMISSIONS[int(name) - 1]
        if re.fullmatch("[0-9]{1,2}", name) and 1 <= int(name) <= len(PERMISSIONS)
        else name
        for name in permission_list(permissions)
    ]
    return ", ".join(dict.fromkeys(names))
