"""`stage7-plugin check --against`: what has changed for callers since another state of a plugin."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import click

from stage7_plugin.contract.errors import TargetUnusable
from stage7_plugin.contract.report import first_line
from stage7_plugin.contract.targets.image import manifest_in_image
from stage7_plugin.contract.targets.resolve import with_scheme
from stage7_plugin.errors import UserError
from stage7_plugin.host.engine import connect
from stage7_plugin.host.view import plugin_folders, read_manifest
from stage7_plugin.spec.compatibility import (
    changes,
    is_enough,
    lines,
    lowest_version,
    step_needed,
)
from stage7_plugin.spec.openapi import CONTRACT

_SECONDS = 10
_MOST_BYTES = 16 << 20


def run_against(targets: Sequence[str], against: str, json_file: str | None = None) -> int:
    """Compare each target with another state of it, print what has changed, return the status.

    Args:
        targets: Folders, images or URLs.
        against: A tag or commit of git, a folder, a manifest, an image or a URL.
        json_file: Where a report for programs goes; - is standard output.

    Returns:
        0 every version has moved far enough, 1 one has not, 2 something could not be compared.
    """
    reports = []
    try:
        for target in targets:
            for place in _places(target):
                reports.append(_compared(place, against))
                if json_file != "-":
                    click.echo("\n".join(_told(reports[-1])))
        if json_file is not None:
            _write(json_file, reports)
    except UserError as error:
        click.echo(f"error: {first_line(str(error))}", err=True)
        return 2
    return 0 if all(report["enough"] for report in reports) else 1


def _places(target: str) -> list[str]:
    folder = Path(target)
    if not folder.is_dir():
        return [target]
    found = [str(path) for path in plugin_folders(folder)]
    if not found:
        raise TargetUnusable(f"there is no manifest.json in {target}, and no plugin inside it")
    return found


def _compared(target: str, against: str) -> dict[str, Any]:
    """Return the report on one target."""
    new = _manifest(target)
    repository = Path(target) if Path(target).is_dir() else None
    old = _manifest(against, repository, str(new.get("id", "")))
    try:
        found = changes(old, new)
        step = step_needed(found)
        lowest = lowest_version(old["version"], step)
        enough = is_enough(old["version"], new["version"], step)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise TargetUnusable(
            f"the manifests of {target} and {against} cannot be compared, because their "
            f"structure differs: {type(error).__name__}: {error}",
            command=f"stage7-plugin check {target} --rule manifest",
        ) from error
    return {
        "target": target,
        "against": against,
        "plugin": new["id"],
        "old_version": old["version"],
        "version": new["version"],
        "step": step,
        "lowest_version": lowest,
        "enough": enough,
        "changes": [change._asdict() for change in found],
        "lines": lines(found),
    }


def _told(report: dict[str, Any]) -> list[str]:
    old, version, step = report["old_version"], report["version"], report["step"]
    head = f"{report['plugin']} {version}, against {old} ({report['against']})"
    if not report["changes"]:
        return [first_line(head), "  nothing has changed for callers"]
    told = [first_line(head), *(f"  {first_line(line)}" for line in report["lines"])]
    lowest = report["lowest_version"]
    if report["enough"]:
        return [*told, f"  {version} is a large enough step: {step} changes need {lowest}"]
    return [*told, f"  {version} is too small a step: {step} changes need {lowest} or higher"]


def _write(json_file: str, reports: list[dict[str, Any]]) -> None:
    kept = [{key: value for key, value in one.items() if key != "lines"} for one in reports]
    text = json.dumps({"plugins": kept}, indent=2) + "\n"
    if json_file == "-":
        click.echo(text, nl=False)
        return
    try:
        Path(json_file).write_text(text, encoding="utf-8")
    except OSError as error:
        raise TargetUnusable(
            f"the report {json_file} cannot be written: {error.strerror}"
        ) from error


def _manifest(place: str, repository: Path | None = None, plugin: str = "") -> dict[str, Any]:
    """Return the manifest of a folder, a file, a URL, a commit, or an image.

    Args:
        place: What was typed.
        repository: The folder in whose history a commit is looked for.
        plugin: Its id, with which the tags of a repository of many plugins begin.
    """
    url = with_scheme(place)
    path = Path(place)
    if url.startswith(("http://", "https://")):
        found = _manifest_at(url)
    elif path.exists():
        found = read_manifest(path / "manifest.json" if path.is_dir() else path)
    else:
        found = repository and _manifest_in_git(repository, place, plugin)
        found = found or _manifest_of_image(place, repository)
    if not isinstance(found, dict):
        raise TargetUnusable(f"the manifest of {place} must be a JSON object")
    return found


def _manifest_of_image(image: str, repository: Path | None) -> Any:
    try:
        found = manifest_in_image(connect(), image)
    except UserError as error:
        where = f"not a folder, not a commit in {repository}" if repository else "not a folder"
        raise TargetUnusable(f"{image!r} is {where} and not an image: {error}") from error
    if found is None:
        raise TargetUnusable(f"the image {image} has no manifest.json in its working directory")
    return found


def _manifest_in_git(folder: Path, name: str, plugin: str) -> Any:
    """Return the manifest of a tag or another commit, or None if there is none of the name."""
    for commit in (name, f"{plugin}/{name}", f"v{name}", f"{plugin}/v{name}"):
        found = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{commit}^{{commit}}")
        if digest := _git(folder, *found).decode().strip():
            text = _git(folder, "show", f"{digest}:./manifest.json")
            if not text:
                raise TargetUnusable(f"there is no manifest.json of {folder} in {commit}")
            return _parsed(text, f"manifest.json in {commit}")
    return None


def _git(folder: Path, *arguments: str) -> bytes:
    command = ["git", "-C", str(folder), "-c", "core.fsmonitor=false", *arguments]
    try:
        done = subprocess.run(command, capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return b""
    return done.stdout if done.returncode == 0 else b""


def _manifest_at(url: str) -> Any:
    """Return the manifest at a URL, or what a running plugin tells of its own."""
    address = url if url.endswith(".json") else f"{url.rstrip('/')}/openapi.json"
    try:
        with urlopen(address, timeout=_SECONDS) as answer:  # the user named the address
            content = answer.read(_MOST_BYTES)
    except (URLError, OSError, ValueError) as error:
        raise TargetUnusable(
            f"{address} cannot be read: {error}; plugins of older templates do not serve it: "
            "give the address of the manifest.json"
        ) from error
    document = _parsed(content, address)
    return document.get(CONTRACT, document) if isinstance(document, dict) else document


def _parsed(content: bytes, place: str) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise TargetUnusable(f"{place} is not JSON: {error}") from error
