"""One request to the endpoint, from its bytes to its answer."""

import logging
import os
import re
import time
from collections.abc import Callable
from typing import Any

from plugin_runtime import inputs, logs, outputs, strict_json
from plugin_runtime.answers import Answer, Headers, failure
from plugin_runtime.execution import Function, Job, current_job, describe
from plugin_runtime.http_request import Request
from plugin_runtime.logs import logger
from plugin_runtime.metrics import Metrics
from plugin_runtime.plugin import Plugin
from plugin_runtime.redaction import RequestSecrets
from plugin_runtime.settings import Settings

Details = dict[str, Any]

# https://www.w3.org/TR/trace-context/: version, trace id, parent id, flags.
TRACEPARENT = re.compile("(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")
MEDIA_TYPE = re.compile(r"application/(?:json|[\w.-]+\+json)", re.IGNORECASE)
CHARSET = re.compile(r'charset\s*=\s*"?([^";\s]*)', re.IGNORECASE)
TRACE_ID_LENGTH = 200  # characters; a longer one would only bloat every log line


class Refusal(Exception):
    """A request that does not succeed: status, outcome for the metrics, and why."""

    def __init__(
        self, status: int, outcome: str, error: str, errors: list[str] | None = None
    ) -> None:
        super().__init__(error)
        self.status, self.outcome, self.error, self.errors = status, outcome, error, errors or []

    @property
    def headers(self) -> Headers:
        """When to come back, where that helps."""
        return (("Retry-After", "1"),) if self.status in (429, 503) else ()


class Endpoint:
    """Reads requests, runs the plugin, checks and writes its outputs."""

    def __init__(
        self,
        manifest: dict[str, Any],
        settings: Settings,
        plugin: Plugin,
        deadline: float,
        secrets: RequestSecrets,
        counters: Metrics,
        stopping: Callable[[], bool],
    ) -> None:
        self._manifest = manifest
        self._settings = settings
        self._plugin = plugin
        self._deadline = deadline
        self._secrets = secrets
        self._metrics = counters
        self._stopping = stopping

    def execute(self, request: Request) -> Answer | None:
        """Answer one request in the thread of its job; without one, every slot was taken.

        Returns:
            None if the deadline came first: its answer is out.
        """
        token = logs.current.set(logs.Execution(_trace_of(request), self._secrets.known))
        job = current_job.get()
        started = job.started if job is not None else time.monotonic()
        try:
            try:
                details: Details = {}
                answer = self._run(*self._admit(job), request)
                outcome = "success"
            except Refusal as refusal:
                answer, details = self._refuse(refusal)
                outcome = refusal.outcome
            except BaseException as error:  # a text of the plugin's own can raise anything
                logger.error("the result cannot be used: %s", describe(error), exc_info=error)
                answer, details = self._refuse(Refusal(500, "failed", describe(error)))
                outcome = "failed"
            logs.end_printed_lines()
            # Only now may the caller hear of it: its next request must find this slot free.
            if job is not None and not job.finish():
                seconds = time.monotonic() - started
                logger.warning("ended %.1f s after its start, past its deadline", seconds)
                return None
            self._record(outcome, answer, time.monotonic() - started, details)
            return answer
        finally:
            logs.current.reset(token)

    def time_out(self, job: Job) -> Answer:
        """The answer to an execution whose deadline has come."""
        if self._stopping():
            refusal = Refusal(503, "unavailable", "The plugin was stopped during the execution.")
        else:
            error = f"The execution took longer than {self._deadline:g} s."
            refusal = Refusal(504, "timeout", error)
        token = logs.current.set(job.stamp)
        try:
            answer, details = self._refuse(refusal)
            self._record(refusal.outcome, answer, time.monotonic() - job.started, details)
        finally:
            logs.current.reset(token)
        return answer

    def _record(self, outcome: str, answer: Answer, seconds: float, details: Details) -> None:
        self._metrics.count(outcome, seconds)
        level = logging.INFO if outcome == "success" else logging.WARNING
        said = {"outcome": outcome, "status": answer.status, "seconds": round(seconds, 6)}
        logs.outcome(level, f"{outcome} in {seconds:.3f} s", {**said, **details})

    def _refuse(self, refusal: Refusal) -> tuple[Answer, Details]:
        details: Details = {"error": refusal.error}
        if refusal.errors:
            details["errors"] = refusal.errors
        redacted, count = self._secrets.now(logs.current.get()).redact(details)
        self._metrics.count_redactions(count)
        return failure(refusal.status, headers=refusal.headers, **redacted), details

    def _admit(self, job: Job | None) -> tuple[Job, Function]:
        """Refuse before anything of the body is looked at."""
        if self._stopping():
            raise Refusal(503, "unavailable", "The plugin is stopping.")
        if self._plugin.state != "ready" or self._plugin.function is None:
            reason = self._plugin.error or "The plugin is still starting."
            raise Refusal(503, "unavailable", reason)
        if job is None:
            slots = self._settings.concurrency
            raise Refusal(429, "busy", f"All {slots} execution slots are taken; try again.")
        return job, self._plugin.function

    def _run(self, job: Job, function: Function, request: Request) -> Answer:
        given, context = self._read(request)
        job.stamp = logs.current.get()
        try:
            result = job.call(function, given, context)
        # sys.exit() or KeyboardInterrupt in a plugin must end the execution, not the server.
        except BaseException as error:
            logger.error("execute_plugin raised %s", type(error).__name__, exc_info=error)
            raise Refusal(500, "failed", describe(error)) from None
        try:
            return self._write(outputs.outputs_of(result, self._manifest["outputDefinitions"]))
        except outputs.Failure as reported:
            raise Refusal(500, "failed", reported.error, reported.errors) from None

    def _read(self, request: Request) -> tuple[dict[str, Any], dict[str, Any]]:
        """The arguments of `execute_plugin`."""
        _check_content_type(request.headers)
        # Taken from the request, so that a large body is not kept while the plugin works.
        body, request.body = request.body, b""
        try:
            document = strict_json.loads(body, self._settings.max_json_depth)
        except strict_json.BadJson as error:
            raise Refusal(400, "invalid", str(error)) from None
        given, context = _parts(document)
        trace_id = str(context.get("trace_id") or "")[:TRACE_ID_LENGTH] or _trace_of(request)
        logs.current.set(logs.Execution(trace_id, self._secrets.of_inputs(given)))

        reading = inputs.read(
            self._manifest["inputDefinitions"],
            given,
            bool(self._settings.strict_inputs),
            self._settings.max_json_depth,
        )
        if reading.problems:
            raise Refusal(422, "invalid", " ".join(reading.problems), reading.problems)
        return reading.values, {
            **context,
            "trace_id": trace_id,
            "traceparent": request.headers.get("traceparent", ""),
            "plugin_id": self._manifest["id"],
            "version": self._manifest["version"],
            # The same for each try of one step, which the host repeats up to five times.
            "step_id": str(inputs.unwrap(given.get("stepId"), "any")[0] or ""),
            "args": reading.args,
            "host_inputs": reading.undeclared,
        }

    def _write(self, found: dict[str, Any]) -> Answer:
        """The answer to a success.

        Raises:
            Failure: an output that JSON cannot carry, or an answer that is too large.
        """
        try:
            body = outputs.encode({"success": True, "outputs": found})
            problems, warnings = outputs.altered(found)
        except (TypeError, ValueError, RecursionError):
            problems = outputs.unencodable(found)
            raise outputs.Failure("The plugin's outputs cannot be written.", problems) from None
        if problems:
            raise outputs.Failure("The plugin's outputs cannot be written.", problems)
        for warning in warnings:
            logger.warning("%s", warning)
        secrets = self._secrets.now(logs.current.get())
        if secrets.forms and secrets.occur_in(body.decode()):
            # The names stay: they are the manifest's.
            redacted = {name: secrets.redact(value) for name, value in found.items()}
            self._metrics.count_redactions(sum(count for _, count in redacted.values()))
            outputs_without = {name: value for name, (value, _) in redacted.items()}
            body = outputs.encode({"success": True, "outputs": outputs_without})
        if len(body) > self._settings.max_output_bytes:
            limit = self._settings.max_output_bytes
            raise outputs.Failure(f"The answer has {len(body)} bytes; the limit is {limit}.")
        return Answer(200, body)


def _trace_of(request: Request) -> str:
    """The trace id of the `traceparent` header, or a new one."""
    match = TRACEPARENT.fullmatch(request.headers.get("traceparent", ""))
    return match[1] if match else os.urandom(16).hex()


def _check_content_type(headers: dict[str, str]) -> None:
    content_type = headers.get("content-type", "")
    encoding = headers.get("content-encoding", "identity")
    media_type = content_type.split(";")[0].strip()
    charset = CHARSET.search(content_type)
    if media_type and not MEDIA_TYPE.fullmatch(media_type):
        error = f"Content-Type must be application/json, not {media_type[:80]!a}."
    elif charset and charset[1].lower() not in ("utf-8", "utf8"):
        error = f"The charset must be utf-8, not {charset[1][:40]!a}."
    elif encoding != "identity":
        error = f"Content-Encoding {encoding[:40]!a} is not supported."
    else:
        return
    raise Refusal(415, "invalid", error)


def _parts(document: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """`inputs` and `context` of a body."""
    if not isinstance(document, dict) or not isinstance(document.get("inputs"), dict):
        error = 'The body must be an object with an object "inputs", such as {"inputs": {}}.'
        raise Refusal(400, "invalid", error)
    context = document.get("context")
    if context is None:
        return document["inputs"], {}
    if not isinstance(context, dict):
        error = f'"context" must be an object, not {inputs.type_name(context)}.'
        raise Refusal(400, "invalid", error)
    return document["inputs"], context
