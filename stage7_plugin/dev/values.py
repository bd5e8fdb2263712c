"""Input values as they are typed at a terminal: `text=hello`, `photo=@face.png`, `rows:=[1,2]`."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from stage7_plugin.errors import UserError

EXAMPLE = "--input text=hello, --input photo=@face.png"


class WrongInput(UserError):
    """An `--input` that cannot be used. The message is one sentence."""


def typed_inputs(manifest: Mapping[str, Any], given: Sequence[str]) -> dict[str, Any]:
    """Return name -> value; the host's conversion comes later.

    A file is read as text, as base64 where the input's format says so or where it is not UTF-8.

    Args:
        manifest: Says which inputs there are.
        given: `NAME=VALUE`, `NAME=@FILE` or `NAME:=JSON`, each.

    Raises:
        WrongInput: One has another form, names no input, or names a file that cannot be read.
    """
    definitions = {d["name"]: d for d in manifest.get("inputDefinitions", [])}
    found: dict[str, Any] = {}
    for item in given:
        name, equals, text = item.partition("=")
        if not equals or not name.strip(":"):
            raise WrongInput(f"--input {item!r} has no NAME=VALUE; for example {EXAMPLE}")
        as_json, name = name.endswith(":"), name.removesuffix(":")
        if name not in definitions:
            known = ", ".join(definitions)
            raise WrongInput(f"--input {name!r}: the plugin declares no such input; it has {known}")
        if as_json:
            found[name] = _json(name, text)
        elif text.startswith("@"):
            found[name] = _file(name, Path(text[1:]), definitions[name])
        else:
            found[name] = text
    return found


def _json(name: str, text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise WrongInput(f"--input {name}:={text!r} is not JSON: {error}") from error


def _file(name: str, path: Path, definition: Mapping[str, Any]) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        reason = error.strerror
        raise WrongInput(f"--input {name}=@{path}: the file cannot be read: {reason}") from error
    if definition.get("format") != "base64" and "contentMediaType" not in definition:
        try:
            return content.decode()
        except UnicodeDecodeError:
            pass
    return base64.b64encode(content).decode()
