"""What the page can ask for, without HTTP: one plugin, its calls, its history, its checks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from stage7_plugin.dev.calling import Called, Caller, wait_then_call
from stage7_plugin.dev.contract_run import ContractRun
from stage7_plugin.dev.events import Events
from stage7_plugin.dev.history import History
from stage7_plugin.dev.launch import Launch
from stage7_plugin.dev.supervisor import NotRunning, Supervisor
from stage7_plugin.host.http_client import NoAnswer, call
from stage7_plugin.spec.sample_inputs import InputsUnusable, example_inputs, sample_inputs

_SAMPLE = re.compile(r"^(\w+)(?:\{([^}]*)\})? ([-+.\dEeInNaf]+)$", re.MULTILINE)
"""A line of the Prometheus text format."""


class Session:
    """One plugin under development."""

    def __init__(self, launch: Launch, events: Events, supervisor: Supervisor) -> None:
        self.events, self.supervisor = events, supervisor
        self.history = History(launch.folder)
        self.contract = ContractRun(launch.folder, supervisor, events)
        self._launch = launch

    @property
    def folder(self) -> Path:
        """The plugin's folder."""
        return self._launch.folder

    def plugin(self) -> dict[str, Any]:
        """Return the data for the form."""
        newest = self.supervisor.newest
        manifest = newest.manifest if newest else {}
        return {
            "id": manifest.get("id", self.folder.name),
            "name": manifest.get("name") or manifest.get("id", self.folder.name),
            "version": manifest.get("version", ""),
            "description": manifest.get("description", ""),
            "inputs": manifest.get("inputDefinitions", []),
            "outputs": manifest.get("outputDefinitions", []),
            "example": self._example(manifest),
            "image": self._launch.image,
        }

    def execute(self, given: Mapping[str, Any], as_host: bool, retry: bool) -> Called:
        """Call the plugin with the files as they are now, and keep the request."""
        try:
            called = wait_then_call(self._caller, given, as_host=as_host, retry=retry)
        except NotRunning as error:
            problems = [problem.as_json() for problem in error.problems]
            return {"not_running": problems or [{"message": str(error), "file": "", "line": 0}]}
        newest = self.supervisor.newest
        if newest is not None and newest.manifest:
            when = datetime.now(timezone.utc).isoformat(timespec="seconds")
            called["entry"] = self.history.add(newest.manifest, called, when)
        return called

    def health(self) -> dict[str, Any]:
        """Return the plugin's health page and its metrics, as numbers by name."""
        newest = self.supervisor.newest
        if newest is None or newest.instance is None or newest.view is None:
            return {"health": None, "metrics": {}}
        address = newest.instance.address
        try:
            health = call(address, "GET", newest.view.health_path, timeout=2)
            metrics = call(address, "GET", "/metrics", timeout=2)
        except NoAnswer:
            return {"health": None, "metrics": {}}
        samples = _SAMPLE.findall(metrics.text) if metrics.status == 200 else []
        return {
            "health": health.document,
            "metrics": {f"{n}{{{labels}}}" if labels else n: float(v) for n, labels, v in samples},
        }

    def _caller(self) -> Caller:
        generation = self.supervisor.ready()
        instance, view = generation.instance, generation.view
        assert instance is not None
        assert view is not None
        return Caller(generation.manifest, view, instance.address, self._launch.tokens)

    def _example(self, manifest: Mapping[str, Any]) -> dict[str, Any]:
        if not manifest.get("inputDefinitions"):
            return {}
        try:
            return example_inputs(self.folder, manifest)
        except InputsUnusable:
            return sample_inputs(manifest)
