"""Call a plugin as the host does: convert the inputs, add what comes along, execute, hand on."""

from __future__ import annotations

import json
import re
import shlex
import time
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from stage7_plugin.dev.tokens import MASK, Tokens
from stage7_plugin.host.http_client import Address, NoAnswer, Response, call
from stage7_plugin.host.stand_in.caller import SENDS, TRIES
from stage7_plugin.host.stand_in.errors import Failure
from stage7_plugin.host.stand_in.inputs import converted
from stage7_plugin.host.stand_in.outputs import handed_on
from stage7_plugin.host.view import HostView, request_body

LARGEST_INTEGER = 2**53
"""The host, which is JavaScript, rounds larger integers."""
_QUOTED = re.compile(r"'([A-Za-z_]\w*)'")

Called = dict[str, Any]
"""Everything about one call, as JSON; the page and the terminal show it."""


class Caller:
    """Calls one plugin.

    Args:
        manifest: Its manifest.
        view: The manifest as the host reads it.
        address: Where it listens.
        tokens: What the host hands out.
    """

    def __init__(
        self, manifest: Mapping[str, Any], view: HostView, address: Address, tokens: Tokens
    ) -> None:
        self._manifest, self._view, self._address = manifest, view, address
        self._tokens = tokens

    def call(self, given: Mapping[str, Any], as_host: bool = True, retry: bool = False) -> Called:
        """Execute once, or as often as the host's agents do.

        Args:
            given: Name -> value, as typed.
            as_host: Whether the host's conversion and checks come first, as they do in Stage7.
            retry: Whether a failure is tried again as the host does: six executions in all.
        """
        trace_id = f"dev-{uuid.uuid4().hex[:12]}"
        called: Called = {
            "trace_id": trace_id, "inputs": dict(given), "as_host": as_host, "phases": [],
            "tries": [], "success": False, "status": 0, "answer": None, "errors": [],
            "outputs": [], "notes": [],
        }  # fmt: skip
        begin = time.monotonic()
        try:
            values = self._converted(given) if as_host else dict(given)
        except Failure as refused:
            called["refused"], called["status"] = str(refused), refused.status
            called["errors"] = [self._at_field(str(refused))]
            return called
        called["phases"].append(["inputs", time.monotonic() - begin])
        called["sent"] = values
        called.update(self._lines(values))
        sent = {**self._tokens.inputs(self._manifest), **values}
        self._execute(called, request_body(self._view, sent, trace_id), retry)
        return self._tokens.masked_json(called)

    def _converted(self, given: Mapping[str, Any]) -> dict[str, Any]:
        kinds = {d["name"]: d.get("type") for d in self._manifest["inputDefinitions"]}
        records = {
            name: {"inputName": name, "value": value, "valueType": kinds.get(name), "args": {}}
            for name, value in given.items()
        }
        return converted(self._manifest, records, strict=False)

    def _execute(self, called: Called, payload: dict[str, Any], retry: bool) -> None:
        begin = time.monotonic()
        answer: Response | None = None
        for number in range(TRIES * SENDS if retry else 1):
            if number and number % SENDS == 0:
                time.sleep(number // SENDS)  # the agent's pause, 1 s and 2 s
            start = time.monotonic()
            attempt: dict[str, Any] = {"status": 0, "error": ""}
            try:
                answer = call(
                    self._address,
                    self._view.method,
                    self._view.endpoint,
                    payload=payload,
                    timeout=self._view.timeout,
                )
                attempt["status"] = answer.status
            except NoAnswer as error:
                answer, attempt["error"] = None, str(error)
            attempt["seconds"] = time.monotonic() - start
            called["tries"].append(attempt)
            if answer is not None and answer.succeeded:
                break
        called["phases"].append(["execute", time.monotonic() - begin])
        self._judge(called, answer)

    def _judge(self, called: Called, answer: Response | None) -> None:
        if answer is None:
            called["errors"] = [{"field": "", "message": called["tries"][-1]["error"]}]
            return
        document = answer.document
        called["status"] = answer.status
        called["answer"] = answer.text if document is None else document
        called["success"] = answer.succeeded
        if self._tokens.masked(answer.text) != answer.text:
            called["notes"].append(f"The answer contained a {MASK}: a plugin must never show one.")
        if answer.succeeded:
            called["outputs"] = handed_on(document)
            called["notes"] += _notes(document, called["outputs"])
            return
        told = document if isinstance(document, dict) else {"error": answer.summary()}
        errors = told.get("errors") or [told.get("error") or answer.summary()]
        called["errors"] = [self._at_field(str(error)) for error in errors]
        left = TRIES * SENDS - len(called["tries"])
        if left > 0:
            called["notes"].append(f"The host would execute this step {left} more times.")

    def _at_field(self, message: str) -> dict[str, str]:
        names = [d["name"] for d in self._manifest.get("inputDefinitions", [])]
        found = [name for name in _QUOTED.findall(message) if name in names]
        return {"field": found[0] if found else "", "message": message}

    def _lines(self, values: Mapping[str, Any]) -> dict[str, str]:
        """Return the same call to be typed: without the host's own inputs."""
        url = f"{self._address}{self._view.endpoint}"
        body = {"inputs": dict(values)}
        curl = ["curl", "-X", self._view.method, url, "-H", "Content-Type: application/json"]
        python = f"requests.request({self._view.method!r}, {url!r}, json={body!r}).json()"
        return {"curl": shlex.join([*curl, "-d", json.dumps(body)]), "python": python}


def _notes(document: Any, outputs: list[dict[str, Any]]) -> list[str]:
    notes = []
    if isinstance(document, dict) and document.get("success") is False:
        notes.append("success is false, but the status is 2xx: the host records a success.")
    for output in outputs:
        name, value = output["name"], output["result"]
        if value is None:
            notes.append(f"Output {name} is null: the host treats it as missing.")
        elif name in ("error", "status"):
            notes.append(f"Output {name}: the host treats this name specially; choose another.")
        elif isinstance(value, int) and abs(value) > LARGEST_INTEGER:
            notes.append(f"Output {name} is above 2^53: the host rounds it.")
    return notes


def wait_then_call(caller: Callable[[], Caller], *arguments: Any, **options: Any) -> Called:
    """Call what `caller` returns, which may have to wait for a start; the wait is a phase."""
    begin = time.monotonic()
    ready = caller()
    waited = time.monotonic() - begin
    called = ready.call(*arguments, **options)
    called["phases"].insert(0, ["plugin ready", waited])
    return called
