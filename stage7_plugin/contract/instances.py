"""Running plugins for the rules: two that most rules share, and new ones for those that need it."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace

from stage7_plugin.contract.errors import DidNotStart, Ended, NotCheckable
from stage7_plugin.contract.model import Need
from stage7_plugin.contract.targets.base import Running, StartOptions, Target
from stage7_plugin.host import health
from stage7_plugin.host.engine import EngineError

EAGER_INTERVAL = 0.1
DEATH_KNOWN = 1.0
"""Seconds after which the engine has noticed the end of a container."""


@dataclass(frozen=True)
class Patience:
    """How often and how far apart health is polled; the host's own figures unless told."""

    polls: int = health.POLLS
    interval: float = health.INTERVAL

    def eager(self) -> Patience:
        """The same time, but no waiting for the next whole second."""
        return Patience(math.ceil(self.polls * self.interval / EAGER_INTERVAL), EAGER_INTERVAL)


class Instances:
    """Starts plugins of one target. Close it in the end."""

    def __init__(
        self,
        target: Target,
        environment: Mapping[str, str],
        patience: Patience,
        scenario_logic: Callable[[], bool],
    ) -> None:
        self.environment: Mapping[str, str] = environment
        """The host's; empty once it turned out that the plugin does not start with it."""
        self.environment_problem = ""
        self._command_lines: str | None = None
        self._target, self._patience, self._scenario_logic = target, patience, scenario_logic
        self._stack = ExitStack()
        self._shared: dict[bool, Running] = {}
        self._failure: DidNotStart | None = None
        self._live: set[Running] = set()
        self._lock = threading.Lock()
        self._ended = False

    def close(self) -> None:
        """Stop and remove the shared plugins."""
        self._stack.close()

    def end(self) -> None:
        """End every plugin at once, whatever uses it, and start no more."""
        with self._lock:
            self._ended = True
            live = list(self._live)
        for running in live:
            running.kill()

    def shared(self, scenario: bool = False) -> Running:
        """The plugin that rules share; with `scenario`, the one that answers to them.

        Raises DidNotStart.
        """
        if self._failure:
            raise self._failure
        with_logic = scenario and self._scenario_logic()
        running = self._shared.get(with_logic)
        if running is None:  # a dead one is not replaced while the rule that killed it goes on
            running = self._start_shared(StartOptions(scenario_logic=with_logic))
            self._shared[with_logic] = running
        return running

    @property
    def command_lines(self) -> str:
        """What is known of the programs that the plugin runs, from its first start."""
        if self._command_lines is None:
            self.shared()
        return self._command_lines or ""

    def discard(self) -> None:
        """Ends the shared plugins: one that broke a rule may be in no state for the next."""
        self._shared.clear()
        self._stack.close()

    def casualty(self, patience: float = 0.0) -> str | None:
        """Return how a shared plugin ended since it was last asked for, if one did.

        Args:
            patience: Seconds in which an end may still become known.
        """
        for key, running in list(self._shared.items()):
            if death := running.death(patience):
                del self._shared[key]
                return death
        return None

    def last_lines(self, scenario: bool) -> str:
        """Return the end of the log of the shared plugin, where there is one."""
        running = self._shared.get(scenario and self._scenario_logic())
        return running.last_lines().partition("\n")[2] if running else ""

    @contextmanager
    def fresh(
        self, options: StartOptions | None = None, scenario: bool = False
    ) -> Iterator[Running]:
        """Give the caller its own plugin, healthy, in the host's environment.

        Args:
            options: Another environment, and other ways to start.
            scenario: Whether it has to answer to scenarios.

        Raises:
            DidNotStart: It did not become healthy.
        """
        options = options or StartOptions(environment=self.environment)
        options = replace(options, scenario_logic=scenario and self._scenario_logic())
        try:
            with self._target.start(options) as running, self._alive(running):
                self._wait(running, self._patience.eager())
                yield running
        except EngineError as error:
            raise DidNotStart(str(error)) from error

    def _start_shared(self, options: StartOptions) -> Running:
        try:
            return self._enter(replace(options, environment=self.environment))
        except DidNotStart as error:
            # So that the other rules still tell something; the rules on the environment tell why.
            if Need.START in self._target.abilities and self.environment:
                self.environment_problem, self.environment = str(error), {}
                return self._start_shared(options)
            self._failure = error
            raise

    def _enter(self, options: StartOptions) -> Running:
        with ExitStack() as attempt:
            try:
                running = attempt.enter_context(self._target.start(options))
                attempt.enter_context(self._alive(running))
                self._wait(running, self._patience)
                if self._command_lines is None:
                    self._command_lines = _command_lines(running)
            except EngineError as error:
                raise DidNotStart(str(error)) from error
            self._stack.push(attempt.pop_all())
        return running

    @contextmanager
    def _alive(self, running: Running) -> Iterator[None]:
        """Raises Ended where the check has been ended meanwhile."""
        with self._lock:
            self._live.add(running)
            ended = self._ended
        try:
            if ended:
                raise Ended("the check was stopped")
            yield
        finally:
            with self._lock:
                self._live.discard(running)

    def _wait(self, running: Running, patience: Patience) -> None:
        try:
            healthy = health.poll(
                running.view,
                running.address,
                running.ended,
                patience.polls,
                patience.interval,
            )
        except health.NeverHealthy as error:
            raise DidNotStart(f"{error}{running.last_lines()}") from error
        running.polls_to_healthy = healthy.polls


def _command_lines(running: Running) -> str:
    try:
        return running.command_lines()
    except NotCheckable:
        return ""
