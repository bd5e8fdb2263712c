"""One request to the endpoint, from its bytes to its answer."""

import logging
import os
import re
import time
from typing import Any

from plugin_runtime import inputs, logs, memory, outputs, strict_json
from plugin_runtime.execution import Function, Job, describe, explain
from plugin_runtime.http_request import Request
from plugin_runtime.identity import Identity, current
from plugin_runtime.logs import logger
from plugin_runtime.responses import Headers, Response, failure
from plugin_runtime.runtime import Runtime
from plugin_runtime.value_types import type_name

Details = dict[str, Any]

# https://www.w3.org/TR/trace-context/: version, trace id, parent id, flags.
TRACEPARENT = re.compile("(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")
MEDIA_TYPE = re.compile(r"application/(?:json|[\w.-]+\+json)", re.IGNORECASE)
CHARSET = re.compile(r'charset\s*=\s*"?([^";\s]*)', re.IGNORECASE)
TRACE_ID_LENGTH = 200  # characters; a longer one would only bloat every log line


class Refusal(Exception):
    """A request that does not succeed: status, outcome for the metrics, and why.

    `__cause__` is the exception in the author's code that led to it, if there is one.
    """

    def __init__(
        self, status: int, outcome: str, error: str, errors: list[str] | None = None
    ) -> None:
        super().__init__(error)
        self.status, self.outcome, self.error, self.errors = status, outcome, error, errors or []

    @property
    def headers(self) -> Headers:
        """`Retry-After`, where trying again can help: always a second, whatever the load."""
        return (("Retry-After", "1"),) if self.status in (429, 503) else ()


class Endpoint:
    """Reads requests, runs the plugin, checks and writes its outputs."""

    def __init__(self, runtime: Runtime) -> None:
        self._manifest = runtime.manifest
        self._settings = runtime.settings
        self._plugin = runtime.plugin
        self._deadline = runtime.executor.deadline
        self._secrets = runtime.secrets
        self._metrics = runtime.metrics
        self._stopping = runtime.stopping

    def execute(self, request: Request, job: Job | None) -> Response | None:
        """Answer one request in the thread of its job; without one, every slot was taken.

        Returns:
            None if the deadline came first: its answer is out.
        """
        identity = job.identity if job is not None else Identity()
        identity.trace_id = _trace_of(request)
        identity.secrets = self._secrets.of_headers(request.headers)
        token = current.set(identity)
        started = job.started if job is not None else time.monotonic()
        try:
            details: Details = {}
            try:
                answer = self._run(*self._admit(job), request)
                outcome = "success"
            except Refusal as refusal:
                answer, details = self._refuse(refusal, identity)
                outcome = refusal.outcome
            except BaseException as error:  # the plugin's own __str__ can raise anything
                broken = Refusal(500, "failed", describe(error))
                broken.__cause__ = error
                answer, details = self._refuse(broken, identity)
                outcome = broken.outcome
            logs.end_printed_lines()
            # Only now may the caller hear of it: its next request must find this slot free.
            if job is not None and not job.finish():
                seconds = round(time.monotonic() - started, 1)
                what = f"ended {seconds} s after its start, past its deadline"
                logs.outcome(logging.WARNING, what, details)
                return None
            self._record(outcome, answer, time.monotonic() - started, details)
            return answer
        finally:
            current.reset(token)

    def time_out(self, job: Job) -> Response:
        """The answer to an execution whose deadline has come."""
        if self._stopping():
            refusal = Refusal(503, "unavailable", "The plugin was stopped during the execution.")
        else:
            error = f"The execution took longer than {self._deadline:g} s."
            refusal = Refusal(504, "timeout", error)
        token = current.set(job.identity)
        try:
            answer, details = self._refuse(refusal, job.identity)
            self._record(refusal.outcome, answer, time.monotonic() - job.started, details)
        finally:
            current.reset(token)
        return answer

    def _record(self, outcome: str, answer: Response, seconds: float, details: Details) -> None:
        self._metrics.count(outcome, seconds)
        # The host drops the text of a failure, so it is only visible here. A 429 is not an error:
        # the caller retries.
        levels = {"success": logging.INFO, "busy": logging.WARNING}
        said = {"outcome": outcome, "status": answer.status, "seconds": round(seconds, 6)}
        level = levels.get(outcome, logging.ERROR)
        logs.outcome(level, f"{outcome} in {seconds:.3f} s", {**said, **details})

    def _refuse(self, refusal: Refusal, identity: Identity) -> tuple[Response, Details]:
        details: Details = {"error": refusal.error}
        if refusal.errors:
            details["errors"] = refusal.errors
        redacted, count = identity.secrets.redact(details)
        self._metrics.count_redactions(count)
        # In one line only now: a secret of several lines would not be found in it.
        lines = map(str.strip, redacted["error"].splitlines())
        details["error"] = redacted["error"] = " ".join(filter(None, lines))
        answer = failure(
            refusal.status, headers=refusal.headers, trace_id=identity.trace_id, **redacted
        )
        if refusal.__cause__ is not None:
            details["exception"] = logs.traceback_of(refusal.__cause__)
        return answer, details

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

    def _run(self, job: Job, function: Function, request: Request) -> Response:
        given, context = self._read(request, job.identity)
        try:
            result = job.call(function, given, context)
        # sys.exit() or KeyboardInterrupt in a plugin must end the execution, not the server.
        except BaseException as error:
            raise Refusal(500, "failed", explain(error)) from error
        try:
            found = outputs.outputs_of(result, self._manifest["outputDefinitions"])
            _make_room(request, outputs.memory_of_texts(found))
            return self._write(found, job.identity)
        except outputs.Failure as reported:
            raise Refusal(500, "failed", reported.error, reported.errors) from None

    def _read(self, request: Request, identity: Identity) -> tuple[dict[str, Any], dict[str, Any]]:
        """The arguments of `execute_plugin`."""
        _check_content_type(request.headers)
        # Taken from the request, so that a large body is not kept while the plugin works.
        body, request.body = request.body, b""
        try:
            request.memory.hold(memory.cost_of_decoding(body), memory.PATIENCE_SECONDS)
        except memory.NoRoom as refused:
            outcome = "busy" if refused.status == 429 else "invalid"
            raise Refusal(refused.status, outcome, refused.error) from None
        try:
            document = strict_json.loads(body, self._settings.max_json_depth)
        except strict_json.BadJson as error:
            raise Refusal(400, "invalid", str(error)) from None
        given, context = _parts(document)
        trace_id = str(context.get("trace_id") or "")[:TRACE_ID_LENGTH] or identity.trace_id
        identity.trace_id = trace_id
        own = self._secrets.of_inputs(given, context)
        identity.secrets = identity.secrets | own
        if not own.is_complete:
            logger.warning("some secrets of this request are not redacted: too many, or too long")

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

    def _write(self, found: dict[str, Any], identity: Identity) -> Response:
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
        secrets = identity.secrets
        if secrets.forms and (forms := secrets.found_in(body.decode())):
            redacted, count = secrets.redact(found, forms)
            self._metrics.count_redactions(count)
            body = outputs.encode({"success": True, "outputs": redacted})
        if len(body) > self._settings.max_output_bytes:
            limit = self._settings.max_output_bytes
            raise outputs.Failure(
                f"The answer has {len(body)} bytes; PLUGIN_MAX_OUTPUT_BYTES allows {limit}."
            )
        return Response(200, body)


def _trace_of(request: Request) -> str:
    """The trace id of the `traceparent` header, or a new one."""
    match = TRACEPARENT.fullmatch(request.headers.get("traceparent", ""))
    return match[1] if match else os.urandom(16).hex()


def _check_content_type(headers: dict[str, str]) -> None:
    content_type = headers.get("content-type", "")
    encoding = headers.get("content-encoding", "").lower() or "identity"
    media_type = content_type.split(";")[0].strip()
    charset = CHARSET.search(content_type)
    if media_type and not MEDIA_TYPE.fullmatch(media_type):
        error = f"Content-Type must be application/json, not {_shown(media_type)}."
    elif charset and charset[1].lower() not in ("utf-8", "utf8"):
        error = f"The charset must be utf-8, not {_shown(charset[1])}."
    elif encoding != "identity":
        error = f"Content-Encoding {_shown(encoding)} is not supported; send the body as it is."
    else:
        return
    raise Refusal(415, "invalid", error)


def _make_room(request: Request, texts: int) -> None:
    """Have memory for the JSON of an answer, its bytes, and the copy in which secrets are sought.

    Raises:
        Failure, Refusal: there will never be enough, or there is not enough now.
    """
    if texts <= memory.SMALL:
        return
    try:
        request.memory.hold(request.memory.size + 3 * texts)
    except memory.NoRoom as refused:
        if refused.status == 413:
            raise outputs.Failure(f"The answer is too large: {refused.error}") from None
        raise Refusal(503, "busy", refused.error) from None


def _shown(value: str) -> str:
    """The value of a header, unless it could be a secret that got there by mistake."""
    words = "".join(letter for letter in value if letter not in "/.+-")
    return repr(value) if len(value) <= 40 and words.isalpha() and value.isascii() else "this value"


def _parts(document: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """`inputs` and `context` of a body."""
    if not isinstance(document, dict) or not isinstance(document.get("inputs"), dict):
        error = 'The body must be an object with an object "inputs", such as {"inputs": {}}.'
        raise Refusal(400, "invalid", error)
    context = document.get("context")
    if context is None:
        return document["inputs"], {}
    if not isinstance(context, dict):
        error = f'"context" must be an object, not {type_name(context)}.'
        raise Refusal(400, "invalid", error)
    return document["inputs"], context
