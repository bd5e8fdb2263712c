"""Execute a plugin once in the host, and say what came of it."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

from stage7_plugin.install.host_api import HostApi
from stage7_plugin.install.refused import Refused
from stage7_plugin.spec.problems import printable

_LONGEST_OUTPUT = 200


def execute_example(
    host: HostApi, manifest: Mapping[str, Any], inputs: Mapping[str, Any]
) -> list[str]:
    """Execute the plugin with its example; return its outputs, one per line.

    Args:
        host: Where the manifest is stored.
        manifest: What is stored.
        inputs: Name -> value.

    Raises:
        Refused: The execution failed; the details say in which phase that can have been.
    """
    types = {one["name"]: one["type"] for one in manifest["inputDefinitions"]}
    records = {
        name: {
            "inputName": name,
            "value": value,
            "valueType": types.get(name, "any"),
            "args": {},
        }
        for name, value in inputs.items()
    }
    status, body = host.execute(str(manifest["verb"]), records)
    outputs = body if isinstance(body, list) else []
    failed = [one for one in outputs if not isinstance(one, dict) or one.get("success") is not True]
    if status != 200 or failed or not outputs:
        reason = _reason(body)
        raise Refused(
            f"it is stored, but its example fails there: the host answered {status}"
            f"{f', {reason}' if reason else ''}",
            details=_phases(manifest, host.shown(body)),
        )
    names = {one.get("name") for one in outputs}
    missing = [
        one["name"]
        for one in manifest["outputDefinitions"]
        if one.get("required") and one["name"] not in names
    ]
    if missing:
        # A 200 without outputs counts as success for the host, whatever else the plugin said.
        raise Refused(
            f"it is stored, but its example gave no {', '.join(missing)}: see the container's log",
            details=_phases(manifest, host.shown(body)),
        )
    return [_line(host, one) for one in outputs]


def _line(host: HostApi, output: Mapping[str, Any]) -> str:
    text = host.shown(output.get("result"))
    if not isinstance(output.get("result"), str):
        text = " ".join(text.split())
    short = text if len(text) <= _LONGEST_OUTPUT else f"{text[:_LONGEST_OUTPUT]}..."
    return printable(f"{output.get('name')}: {short}")


def _reason(body: Any) -> str:
    """Return what the host says: for a clone in a part of the error, else in its text."""
    first = body[0] if isinstance(body, list) and body and isinstance(body[0], dict) else {}
    result = first.get("result")
    context = result.get("contextual_info") if isinstance(result, dict) else None
    cause = context.get("original_error_message") if isinstance(context, dict) else None
    return printable(" ".join(str(cause or first.get("error") or "").split()))


def _needed_of_the_host(manifest: Mapping[str, Any]) -> str:
    """Name the required settings to which the manifest gives no value."""
    given = manifest["container"].get("environment") or {}
    return ", ".join(
        printable(str(one["key"]))
        for one in manifest.get("configuration") or ()
        if one.get("required") and one.get("value") in (None, "") and not given.get(one["key"])
    )


def _phases(manifest: Mapping[str, Any], answer: str) -> str:
    """List the phases of an execution, and where each says what went wrong."""
    source = manifest["packageSource"]
    image = shlex.quote(manifest["container"]["image"])
    name = shlex.quote(f"name=stage7-plugin-{manifest['id']}")
    path = f" in {source['subPath']}" if "subPath" in source else ""
    needed = _needed_of_the_host(manifest)
    return "\n".join(
        [
            "The host does not say which of these failed:",
            f"  inputs   required ones may not be empty, 0 or false; see {manifest['verb']} in",
            "           the host's answer below",
            f"  clone    git clone --branch {source['branch']} {source['url']}",
            f"  build    docker build of the clone{path}; a failed build counts as a success, and",
            f"           an older {image} runs",
            f"  start    docker ps --all --filter {name}   (Created: its port was taken)",
            *([f"           without {needed} in the host's environment it ends"] if needed else []),
            "  health   30 polls, one per second; the container stays: docker logs NAME",
            f"  execute  the plugin's own log, within {manifest['api'].get('timeout', 30000)} ms",
            "The host's log has it: docker compose logs --since 10m capabilitiesmanager",
            "The host answered:",
            *[f"  {printable(line)}" for line in answer.splitlines()],
        ]
    )
