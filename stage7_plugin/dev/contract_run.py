"""The contract suite, run from the page: each rule's result is an event."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

from stage7_plugin.contract import report
from stage7_plugin.contract.context import Context
from stage7_plugin.contract.runner import Runner, rules_named
from stage7_plugin.contract.schedule import check_rules
from stage7_plugin.contract.targets.base import Target
from stage7_plugin.contract.targets.resolve import resolve_inputs, resolve_target, scenario_source
from stage7_plugin.contract.targets.url import UrlTarget
from stage7_plugin.dev.events import Events
from stage7_plugin.dev.supervisor import NotRunning, Supervisor
from stage7_plugin.errors import Stage7PluginError
from stage7_plugin.spec.sample_inputs import example_inputs


class ContractRun:
    """Runs the suite, one run at a time."""

    def __init__(self, folder: Path, supervisor: Supervisor, events: Events) -> None:
        self._folder, self._supervisor, self._events = folder, supervisor, events
        self._busy = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, image: bool) -> bool:
        """Start a run; return whether none was running.

        Args:
            image: Check an image of the folder with every rule, not just the running plugin
                with those that can be checked on it.
        """
        if not self._busy.acquire(blocking=False):
            return False
        self._stop.clear()
        self._thread = threading.Thread(target=self._run, args=(image,), daemon=True)
        self._thread.start()
        return True

    def stop(self) -> None:
        """End the run after the rules that are being checked."""
        self._stop.set()

    def close(self) -> None:
        """Stop, and wait until the run's containers and image are gone."""
        self.stop()
        if self._thread is not None:
            self._thread.join()

    def _run(self, image: bool) -> None:
        problem = ""
        try:
            self._check(image)
        except NotRunning as error:
            problem = f"the plugin does not run: {error}"
        except (Stage7PluginError, ValueError) as error:
            problem = str(error)
        finally:
            self._busy.release()
            self._events.tell("contract", running=False, problem=problem)

    def _check(self, image: bool) -> None:
        rules = rules_named(())
        self._events.tell("contract", running=True, total=len(rules), problem="")
        target: Target
        if image:
            target = resolve_target(str(self._folder), None)
            inputs = resolve_inputs(target, None)
        else:
            generation = self._supervisor.ready()
            assert generation.instance is not None
            target = UrlTarget(str(generation.instance.address), generation.manifest)
            inputs = example_inputs(self._folder, generation.manifest)
        try:
            with Runner(Context(target, inputs, scenario_source(target, None))) as runner:
                for result in check_rules(runner, rules):
                    self._tell(result)
                    if self._stop.is_set():
                        return
        finally:
            target.close()

    def _tell(self, result: Any) -> None:
        self._events.tell(
            "rule",
            id=result.rule.id,
            title=result.rule.title,
            status=result.status.value,
            reason=report.first_line(result.reason),
            lines=report.broken_lines(result) if result.broken else [],
        )
