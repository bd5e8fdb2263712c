"""From what was typed to a target, its manifest, its inputs and its probes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from stage7_plugin.contract import scenarios
from stage7_plugin.contract.scenarios import Scenarios
from stage7_plugin.contract.targets.base import Target
from stage7_plugin.contract.targets.image import FolderTarget, ImageTarget, manifest_in_image
from stage7_plugin.contract.targets.url import UrlTarget
from stage7_plugin.host.engine import EngineError, connect
from stage7_plugin.host.view import read_manifest
from stage7_plugin.spec.sample_inputs import example_inputs, inputs_from_file, sample_inputs


def resolve_target(target: str, manifest_file: Path | None) -> Target:
    """A URL, else an existing folder, else the name of an image.

    Raises EngineError, ManifestUnusable, ValueError.
    """
    if target.startswith(("http://", "https://")):
        return UrlTarget(target, read_manifest(manifest_file or Path("manifest.json")))
    folder = Path(target)
    if folder.is_dir():
        manifest = read_manifest(manifest_file or folder / "manifest.json")
        return FolderTarget(connect(), folder, manifest)
    if folder.exists() or target.startswith((".", "/", "~")):
        raise ValueError(f"{target!r} is no folder; give a plugin's folder, an image or a URL")
    client = connect()
    if manifest_file:
        return ImageTarget(client, target, read_manifest(manifest_file))
    found = manifest_in_image(client, target) or _manifest_here(target)
    if found is None:
        raise EngineError(
            f"the image {target} has no manifest.json in its working directory, "
            "and the one here is not its own",
            command=f"stage7-plugin check {target} --manifest manifest.json",
        )
    return ImageTarget(client, target, found)


def _manifest_here(image: str) -> dict[str, Any] | None:
    """The current folder's manifest, where it is this image's."""
    path = Path("manifest.json")
    manifest = read_manifest(path) if path.is_file() else {}
    return manifest if manifest.get("container", {}).get("image") == image else None


def resolve_inputs(target: Target, inputs_file: Path | None) -> dict[str, Any]:
    """The file's, else the folder's example, else made from the manifest. Raises ValueError."""
    if inputs_file:
        return inputs_from_file(inputs_file)
    if isinstance(target, FolderTarget):
        return example_inputs(target.folder, target.manifest)
    return sample_inputs(target.manifest)


def resolve_scenarios(target: Target, scenarios_file: Path | None) -> Scenarios:
    """The file's, else the folder's, else the suite's own logic where it fits, else none.

    Raises ValueError.
    """
    if scenarios_file:
        return scenarios.from_file(scenarios_file)
    if isinstance(target, FolderTarget):
        beside = target.folder / "examples" / "probes.json"
        if beside.is_file():
            return scenarios.from_file(beside)
    try:
        return scenarios.for_scenario_logic() if target.has_scenario_logic() else Scenarios({})
    except EngineError:
        return Scenarios({})  # the rule on the build tells why
