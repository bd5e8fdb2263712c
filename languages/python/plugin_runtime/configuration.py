"""The author's own settings: `container.environment` and `configuration` of manifest.json.

A setting is an environment variable, wherever the plugin runs. The manifest only fills in what the
environment lacks, as the host does with `container.environment`.
"""

import math
from collections.abc import Mapping, MutableMapping
from typing import Any

Manifest = dict[str, Any]
BOOLEANS = ("true", "false", "1", "0")
LONGEST_SHOWN = 12  # characters of a wrong value; tokens are longer
WHERE = (
    "set it in .env (make run, make up, compose.yaml), in the Secret of kubernetes.yaml, or in the "
    "environment of the host"
)


def adopt(manifest: Manifest, environ: MutableMapping[str, str]) -> None:
    """Fill in the manifest's values where the environment has none, or an empty one."""
    values = dict(manifest["container"].get("environment", {}))
    for item in manifest.get("configuration", ()):
        if item.get("value") not in (None, ""):
            values.setdefault(item["key"], item["value"])
    for name, value in values.items():
        if not environ.get(name):
            environ[name] = _text(value)


def problems(manifest: Manifest, environ: Mapping[str, str]) -> list[str]:
    """Name each required setting that is missing, and each whose value has the wrong type.

    A long value is not in the text: a secret may be in the wrong variable.
    """
    found = []
    for item in manifest.get("configuration", ()):
        name, value = item["key"], environ.get(item["key"], "")
        if not value:
            if item.get("required"):
                about = " ".join(str(item.get("description", "")).split())
                found.append(f"{name} is required{f' ({about})' if about else ''}: {WHERE}")
        elif item.get("type") == "number" and not _is_number(value):
            found.append(f"{name} is {_shown(value)}; it must be a number, such as 0.5")
        elif item.get("type") == "boolean" and value.lower() not in BOOLEANS:
            found.append(f"{name} is {_shown(value)}; it must be one of {', '.join(BOOLEANS)}")
    return found


def missing(manifest: Manifest, environ: Mapping[str, str]) -> list[str]:
    """Return the names of required settings that neither the environment nor the manifest has."""
    known = dict(environ)
    adopt(manifest, known)
    return [
        item["key"]
        for item in manifest.get("configuration", ())
        if item.get("required") and not known.get(item["key"])
    ]


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _shown(value: str) -> str:
    return repr(value) if len(value) <= LONGEST_SHOWN else f"a text of {len(value)} characters"


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False
