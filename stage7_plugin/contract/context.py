"""What a rule has to work with: the plugin, requests to it, and saying what was expected.

Everything here is bounded: a request, its answer, and all the requests of one rule together.
"""

from __future__ import annotations

import copy
import json
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from stage7_plugin.contract.curl import curl_line
from stage7_plugin.contract.errors import Broken, Late
from stage7_plugin.contract.instances import DEATH_KNOWN, Instances, Patience
from stage7_plugin.contract.scenarios import Scenarios
from stage7_plugin.contract.targets.base import Running, StartOptions, Target
from stage7_plugin.host.bounded_socket import Deadline
from stage7_plugin.host.http_client import NoAnswer, Response, call
from stage7_plugin.host.view import host_environment, host_inputs, request_body

Outcome = TypeVar("Outcome")

REQUEST_TIMEOUT = 10.0
"""Seconds; a plugin that takes longer to answer a small request is hanging."""
LONGEST_EXECUTION = 120.0
"""Seconds that one execution may take here, where `api.timeout` allows for more."""
LONGEST_RULE = 300.0
"""Seconds for all the requests of one rule."""

_JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Generation:
    """Inputs to make from the manifest."""

    examples: int = 50
    """How many a rule makes; none for 0."""
    seed: int = 0
    strict: bool = False
    """Whether the plugin has to refuse what could be converted."""


NO_GENERATION = Generation(examples=0)


class Context:
    """One plugin under check. `sent` and `got` are the last exchange, for the report."""

    def __init__(
        self,
        target: Target,
        inputs: Mapping[str, Any],
        scenarios: Scenarios | Callable[[], Scenarios],
        patience: Patience | None = None,
        generation: Generation = NO_GENERATION,
    ) -> None:
        self.target = target
        self.generation = generation
        self.manifest = target.manifest
        self.view = target.view
        self.samples = dict(inputs)
        self._scenarios = scenarios if callable(scenarios) else lambda: scenarios
        self.sent = self.got = self.curl = ""
        # Made up for this run, so that whatever shows up later can only have come from here.
        self.environment_tokens = {name: _canary() for name in ("S7_CM_TOKEN", "S7_BRAIN_TOKEN")}
        self.input_tokens = {name: _canary() for name in ("__auth_token", "__brain_auth_token")}
        self.host_environment = host_environment(self.environment_tokens)
        self.host_inputs = host_inputs(self.input_tokens)
        self.instances = Instances(
            target,
            self.host_environment,
            patience or Patience(),
            lambda: self.scenarios.with_logic,
        )
        self._returned: dict[str, Any] = {}
        self._deadline = Deadline(LONGEST_RULE)

    @property
    def scenarios(self) -> Scenarios:
        """The scenarios at hand. To know them may take a build of the image."""
        return self._scenarios()

    def for_rule(self) -> Context:
        """Return what one rule works with: the same plugin, an exchange and a time of its own."""
        own = copy.copy(self)
        own.note("", "")
        own._deadline = Deadline(LONGEST_RULE)
        return own

    def keep(self, rule_id: str, returned: Any) -> None:
        """Keep what a rule returned for the rules that require it."""
        self._returned[rule_id] = returned

    def returned(self, rule_id: str, kind: type[Outcome]) -> Outcome | None:
        """Return what a rule that this one requires returned; None where it was not checked.

        Raises:
            TypeError: The rule returned something else than a `kind`.
        """
        found = self._returned.get(rule_id)
        if found is None or isinstance(found, kind):
            return found
        raise TypeError(f"{rule_id} returned {type(found).__name__}, not {kind.__name__}")

    def take(self, rule_id: str, kind: type[Outcome]) -> Outcome | None:
        """Return the same once; None after that, as where the rule was not checked."""
        found = self.returned(rule_id, kind)
        self._returned.pop(rule_id, None)
        return found

    @property
    def tokens(self) -> list[str]:
        """Every value that the plugin may never show."""
        return [*self.environment_tokens.values(), *self.input_tokens.values()]

    def scenario_inputs(self, name: str) -> dict[str, Any]:
        """Return the inputs to execute the scenario with."""
        return {**self.samples, **self.scenarios.inputs[name]}

    def request(
        self,
        method: str,
        path: str,
        *,
        running: Running | None = None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = REQUEST_TIMEOUT,
    ) -> Response:
        """One request. Without an answer the rule is broken."""
        running = running or self.instances.shared()
        self.note(f"{method} {path} {_short(body or b'')}".rstrip())
        self.curl = curl_line(f"{self.target.url}{path}", method, headers or {}, body)
        try:
            response = call(
                running.address,
                method,
                path,
                body=body,
                headers=headers,
                timeout=min(timeout, self._time_left()),
            )
        except NoAnswer as error:
            self._time_left()
            self.got = str(error)
            raise Broken(self.sent, self.got, "an HTTP answer") from error
        self.got = response.summary()
        return response

    def post(self, body: bytes, **headers: str) -> Response:
        """These bytes to the plugin's endpoint, as JSON unless `headers` say otherwise."""
        sent = dict(_JSON)
        sent.update({name.replace("_", "-"): value for name, value in headers.items()})
        return self.request(self.view.method, self.view.endpoint, body=body, headers=sent)

    def execute(
        self,
        inputs: Mapping[str, Any],
        *,
        running: Running | None = None,
        timeout: float | None = None,
    ) -> Response:
        """Executes with exactly these inputs. Without an answer the rule is broken."""
        return self.request(
            self.view.method,
            self.view.endpoint,
            running=running,
            body=self.body(inputs),
            headers=_JSON,
            timeout=timeout or self.patient_timeout,
        )

    def execute_scenario(self, name: str) -> Response:
        """Execute the scenario in the shared plugin that answers to it."""
        return self.execute(
            self.scenario_inputs(name), running=self.instances.shared(scenario=True)
        )

    def try_execute(self, running: Running, inputs: Mapping[str, Any]) -> Response | None:
        """For use in several threads: notes nothing, and None stands for no answer."""
        try:
            return call(
                running.address,
                self.view.method,
                self.view.endpoint,
                body=self.body(inputs),
                headers=_JSON,
                timeout=min(self.patient_timeout, self._time_left()),
            )
        except NoAnswer:
            return None

    @property
    def patient_timeout(self) -> float:
        """Seconds after which nobody waits for an execution."""
        return min(max(REQUEST_TIMEOUT, self.view.timeout + 5), LONGEST_EXECUTION)

    def _time_left(self) -> float:
        try:
            return self._deadline.remaining()
        except TimeoutError as error:
            wanted = f"all the answers of this rule within {LONGEST_RULE:g} s"
            raise Broken(self.sent, "still running", wanted) from error

    def body(self, inputs: Mapping[str, Any]) -> bytes:
        """What the host posts to execute with these inputs."""
        return json.dumps(request_body(self.view, inputs)).encode()

    def with_host_inputs(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """The inputs and those which the host adds to every execution."""
        return {**self.host_inputs, **inputs}

    @contextmanager
    def fresh(
        self, options: StartOptions | None = None, scenario: bool = False
    ) -> Iterator[Running]:
        """Start a plugin for this rule alone; see Instances.fresh."""
        with self.instances.fresh(options, scenario) as running:
            try:
                yield running
            except Broken as error:
                if death := running.death(patience=DEATH_KNOWN):
                    error.got = f"{error.got}; the plugin died at this rule: {death}"
                else:
                    error.log = running.last_lines().partition("\n")[2]
                raise

    def note(self, sent: str, got: str = "", inputs: Mapping[str, Any] | None = None) -> None:
        """For the report, where an exchange is not made by `request`.

        Args:
            sent: What was sent or done.
            got: What came back.
            inputs: Those of an execution that shows it.
        """
        self.sent, self.got, self.curl = sent, got, ""
        if inputs is not None:
            url = f"{self.target.url}{self.view.endpoint}"
            self.curl = curl_line(url, self.view.method, _JSON, self.body(inputs))

    def expect(self, condition: bool, wanted: str) -> None:
        """The rule is broken unless the condition holds for the last exchange."""
        if not condition:
            raise Broken(self.sent, self.got, wanted)

    def expect_in_time(self, condition: bool, wanted: str) -> None:
        """Like expect, where nothing but the clock decides."""
        if not condition:
            raise Late(self.sent, self.got, wanted)

    def expect_still_healthy(self, running: Running | None = None) -> None:
        """The rule is broken unless health answers within a second."""
        before, curl = f"{self.sent}; then health", self.curl
        start = time.monotonic()
        response = self.request("GET", self.view.health_path, running=running, timeout=5)
        self.note(before, f"{response.summary()} after {time.monotonic() - start:.2f} s")
        self.curl = curl
        self.expect(response.status == 200, "a healthy answer")
        self.expect_in_time(response.seconds < 1, "a healthy answer within 1 s")


def at_once(count: int, function: Callable[[int], Outcome]) -> list[Outcome]:
    """Calls `function(0)` to `function(count - 1)`, each in a thread of its own."""
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(function, range(count)))


def _canary() -> str:
    return f"canary-{uuid.uuid4().hex}"


def _short(body: bytes, limit: int = 200) -> str:
    text = " ".join(body[: limit + 1].decode("utf-8", "replace").split())
    return text if len(body) <= limit else f"{text[:limit]}... ({len(body)} bytes)"
