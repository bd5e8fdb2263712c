"""From what was typed to a target, its manifest, its inputs and its scenarios."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from stage7_plugin.contract import scenarios
from stage7_plugin.contract.errors import TargetUnusable
from stage7_plugin.contract.scenarios import Scenarios
from stage7_plugin.contract.targets.base import Target
from stage7_plugin.contract.targets.compiled import NOT_COMPILED_IN, is_compiled, language_in
from stage7_plugin.contract.targets.image import FolderTarget, ImageTarget, manifest_in_image
from stage7_plugin.contract.targets.url import UrlTarget
from stage7_plugin.host.engine import BUILD_SECONDS, EngineError, connect
from stage7_plugin.host.view import manifest_of_url, read_manifest
from stage7_plugin.spec.sample_inputs import example_inputs, inputs_from_file, sample_inputs

_HOST_AND_PORT = re.compile(r"(localhost|\d{1,3}(\.\d{1,3}){3}|\[[0-9a-fA-F:.]+\]):\d{1,5}/?")
"""What is a URL without its scheme. `localhost:5000/name` is an image in a local registry."""
_SCENARIO_FILES = ("scenarios.json", "probes.json")
"""In a folder's `examples`; the second is the name of earlier versions."""


def with_scheme(target: str) -> str:
    """Return `localhost:8080` as a URL, everything else as it is."""
    return f"http://{target}" if _HOST_AND_PORT.fullmatch(target) else target


def resolve_target(
    target: str,
    manifest_file: Path | None,
    context_root: Path | None = None,
    build_seconds: float = BUILD_SECONDS,
) -> Target:
    """Return a URL, else an existing folder, else an image of that name.

    Args:
        target: What was typed.
        manifest_file: Its manifest, where it is not where it usually is.
        context_root: What the build of a folder may take files from, if not the folder.
        build_seconds: How long that build may take.

    Raises:
        EngineError: There is no engine, or no such image.
        ManifestUnusable: There is no manifest that the host could use.
        ValueError: `target` names nothing that can be checked.
    """
    target = with_scheme(target)
    if target.startswith(("http://", "https://")):
        return UrlTarget(target, manifest_of_url(target, manifest_file))
    folder = Path(target)
    if folder.is_dir():
        own = manifest_file or _inside(folder, folder / "manifest.json")
        return FolderTarget(connect(), folder, read_manifest(own), context_root, build_seconds)
    if folder.exists() or target.startswith((".", "/", "~")):
        raise TargetUnusable(f"{target!r} is not a folder; give a plugin folder, an image or a URL")
    client = connect()
    if manifest_file:
        return ImageTarget(client, target, read_manifest(manifest_file))
    found = manifest_in_image(client, target) or _manifest_here(target)
    if found is None:
        raise EngineError(
            f"the image {target} has no manifest.json in its working directory, "
            "and the one here is for another image",
            command=f"stage7-plugin check {target} --manifest manifest.json",
        )
    return ImageTarget(client, target, found)


def _manifest_here(image: str) -> dict[str, Any] | None:
    """Return the current folder's manifest, where it is this image's."""
    path = Path("manifest.json")
    manifest = read_manifest(path) if path.is_file() else {}
    return manifest if manifest.get("container", {}).get("image") == image else None


def resolve_inputs(target: Target, inputs_file: Path | None) -> dict[str, Any]:
    """Return the file's, else the folder's example, else some made from the manifest.

    Raises ValueError.
    """
    if inputs_file:
        return inputs_from_file(inputs_file)
    if isinstance(target, FolderTarget):
        _inside(target.folder, target.folder / "examples" / "request.json")
        return example_inputs(target.folder, target.manifest)
    return sample_inputs(target.manifest)


def scenario_source(target: Target, scenarios_file: Path | None) -> Callable[[], Scenarios]:
    """Return what gives the file's scenarios, else the folder's, else those of the suite's logic.

    The files are read now; only when the result is called is the image looked into, or built.

    Raises ValueError.
    """
    if scenarios_file is None and isinstance(target, FolderTarget):
        paths = [target.folder / "examples" / name for name in _SCENARIO_FILES]
        scenarios_file = next((_inside(target.folder, p) for p in paths if p.is_file()), None)
    if scenarios_file is None:
        return cache(lambda: _own_scenarios(target))
    known = scenarios.from_file(scenarios_file)
    return lambda: known


def _own_scenarios(target: Target) -> Scenarios:
    """Return those of the suite's own logic, where it fits."""
    try:
        if target.has_scenario_logic():
            return scenarios.for_scenario_logic(language_in(target.manifest))
    except EngineError as error:
        # Of a plugin that cannot be built at all, the rule on the build tells it too.
        return Scenarios({}, lacking=f"the suite's own logic cannot be built in: {error}")
    return Scenarios({}, lacking=NOT_COMPILED_IN if is_compiled(target.manifest) else "")


def _inside(folder: Path, path: Path) -> Path:
    """Return the path. Raises TargetUnusable where it leads out of the folder."""
    if not path.resolve().is_relative_to(folder.resolve()):
        raise TargetUnusable(
            f"{path} points outside the folder, to {path.resolve()}; "
            "copy the file into the folder, or name it with an option"
        )
    return path
