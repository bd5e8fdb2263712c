"""Install one plugin: check, post, read back, compare, execute."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from stage7_plugin.host.view import ManifestUnusable, read_manifest
from stage7_plugin.install import executed, posted
from stage7_plugin.install.execution import execute_example
from stage7_plugin.install.host_api import HostApi, HostUnusable
from stage7_plugin.install.refused import Refused
from stage7_plugin.install.repository import next_release, released_source
from stage7_plugin.spec.sample_inputs import example_inputs, inputs_from_file


@dataclass(frozen=True)
class Options:
    """How plugins are installed.

    Attributes:
        url: The CapabilitiesManager.
        from_image: Whether the host builds the one-line Dockerfile with the pushed image.
        execute: Whether the example is executed.
        force: Whether another plugin's verb and a higher stored version are overwritten.
        git_url: The address that the host clones; empty for the remote's own.
        repository: `local` or `mongo`; None for where the plugin is, else what it names itself.
        inputs: A file with the inputs for the execution; None for the plugin's example.
    """

    url: str
    from_image: bool = False
    execute: bool = True
    force: bool = False
    git_url: str = ""
    repository: str | None = None
    inputs: Path | None = None


@dataclass
class Outcome:
    """What became of one plugin.

    Attributes:
        name: The plugin's id, or its folder where no manifest says it.
        status: installed, stored, unchanged, refused or failed.
        lines: What to show: the outputs, or why it failed.
        command: What helps.
    """

    name: str
    version: str = ""
    status: str = "refused"
    seconds: float = 0.0
    lines: list[str] = field(default_factory=list)
    command: str = ""

    @property
    def failed(self) -> bool:
        """Whether the plugin is not there as it should be."""
        return self.status in ("refused", "failed")


def install(folder: Path, host: HostApi, known: list[dict[str, Any]], options: Options) -> Outcome:
    """Install the plugin of a folder; why it was refused, or failed, is in the outcome.

    Args:
        folder: The plugin's folder.
        host: Where to.
        known: The manifests that the host lists; what is stored is added.
        options: How.

    Raises:
        HostUnusable: The host went away; no other plugin can be installed either.
    """
    start = time.monotonic()
    outcome = Outcome(folder.name)
    try:
        _install(folder, host, known, options, outcome)
    except HostUnusable:
        raise
    except Refused as reason:
        outcome.lines = [str(reason), *reason.details.splitlines()]
        outcome.command = reason.command
    outcome.seconds = time.monotonic() - start
    return outcome


def _install(
    folder: Path,
    host: HostApi,
    known: list[dict[str, Any]],
    options: Options,
    outcome: Outcome,
) -> None:
    manifest = _manifest(folder)
    outcome.name = str(manifest.get("id") or folder.name)
    outcome.version = str(manifest.get("version") or "")
    posted.check(manifest)
    inputs = _inputs(folder, manifest, options)
    source = released_source(folder, manifest, options.git_url, options.from_image)
    current = host.read(manifest["id"])
    _check_place(manifest, current, known, options)
    wanted = posted.to_post(manifest, source, _repository(manifest, current, options))
    same = current is not None and not posted.differences(wanted, current)
    if not same:
        host.store(wanted)
        outcome.status = "failed"
        _check_stored(host, wanted)
        known[:] = [*(one for one in known if one.get("id") != wanted["id"]), wanted]
    if same and (not options.execute or executed.is_recorded(options.url, wanted)):
        outcome.status = "unchanged"
        return
    where = f"{source.tag} of {source.url}"
    if not options.execute:
        outcome.status, outcome.lines = "stored", [f"{where}; not executed"]
        return
    outcome.status = "failed"
    outputs = execute_example(host, wanted, inputs)
    executed.record(options.url, wanted)
    outcome.status, outcome.lines = "installed", [where, *outputs]


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        return read_manifest(folder / "manifest.json")
    except ManifestUnusable as error:
        raise Refused(str(error)) from error


def _inputs(folder: Path, manifest: Mapping[str, Any], options: Options) -> dict[str, Any]:
    """Return the inputs to execute with, as plain values."""
    try:
        given = (
            inputs_from_file(options.inputs) if options.inputs else example_inputs(folder, manifest)
        )
    except ValueError as error:
        raise Refused(str(error)) from error
    return {name: _plain(value) for name, value in given.items()}


def _plain(value: Any) -> Any:
    """Return the value in the envelope of the user's documentation, or the value itself."""
    if isinstance(value, dict) and "value" in value and value.keys() <= {"value", "args"}:
        return value["value"]
    return value


def _check_place(
    manifest: Mapping[str, Any],
    current: Mapping[str, Any] | None,
    known: list[dict[str, Any]],
    options: Options,
) -> None:
    """Raise Refused if something of another plugin, or something newer, would be overwritten."""
    if options.force:
        return
    force = "stage7-plugin install --force .   # or: make install OPTIONS=--force"
    verb, plugin_id = manifest["verb"], manifest["id"]
    for other in known:
        if other.get("verb") == verb and other.get("id") != plugin_id:
            raise Refused(
                f"the host already has the verb {verb}, from {other.get('id')}, which would be "
                "overwritten: choose another verb in manifest.json",
                force,
            )
    if current is None:
        return
    if current.get("verb") != verb:
        raise Refused(
            f"the host has {plugin_id} with the verb {current.get('verb')}; a plugin keeps its "
            "verb, so give this one another id",
            force,
        )
    if posted.version_numbers(current.get("version")) > posted.version_numbers(manifest["version"]):
        raise Refused(
            f"the host has version {current.get('version')}, which is higher than "
            f"{manifest['version']}",
            force,
        )


def _repository(
    manifest: Mapping[str, Any], current: Mapping[str, Any] | None, options: Options
) -> str:
    """Where it is to be stored: the host never moves a plugin from one repository to another."""
    there = str((current or {}).get("repository", {}).get("type", ""))
    if there and options.repository and there != options.repository:
        raise Refused(
            f"the host has it in {there} and stores it there again",
            f"make install OPTIONS='--repository {there}'",
        )
    own = str((manifest.get("repository") or {}).get("type", ""))
    wanted = there or options.repository or own
    return wanted if wanted in posted.REPOSITORIES else "local"


def _check_stored(host: HostApi, wanted: dict[str, Any]) -> None:
    stored = host.read(wanted["id"])
    if stored is None:
        raise Refused(
            "the host accepted the manifest and then dropped it; its log says why",
            "docker compose logs --since 10m capabilitiesmanager",
        )
    if different := posted.differences(wanted, stored):
        raise Refused(
            f"the host changed what was posted, in {', '.join(different[:5])}; in mongo a "
            "version can be stored only once",
            next_release(wanted),
        )
