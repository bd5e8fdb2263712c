"""Requests that are wrong before they reach any plugin logic."""

from __future__ import annotations

import json
from collections.abc import Callable

from stage7_plugin.contract import raw_http
from stage7_plugin.contract.context import Context
from stage7_plugin.contract.rule import rule
from stage7_plugin.contract.rules.errors import missing_required, mistyped
from stage7_plugin.host.http_client import Response

_HEALTHY = ("lifecycle.healthy",)
_RAW = ("execute.raw-inputs",)
_REFUSED_OR_CLOSED = "a 4xx or a closed connection"
TOO_LARGE = 64 * 1024 * 1024
"""Bytes; four times the 16 MiB that a plugin must take at least."""


def _odd_documents(context: Context) -> dict[str, bytes]:
    """JSON that the grammar allows and that programs stumble over."""
    good = json.dumps({"inputs": context.samples, "context": {}}).encode()
    return {
        "a duplicate key": good[:-1] + b', "inputs": {}}',
        "a lone surrogate": b'{"inputs": {"x": "\\ud800"}, "context": {}}',
        "an integer of 10000 digits": b'{"inputs": {"x": ' + b"9" * 10_000 + b"}}",
        "100000 nested arrays": b'{"inputs": {"x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}}",
        "bytes that are not UTF-8": b'{"inputs": {"x": "\xff\xfe"}}',
        "a context that is not an object": b'{"inputs": {}, "context": 7}',
    }


@rule(
    "errors.malformed-json",
    "A body that is not JSON is answered with 400",
    requires=_HEALTHY,
    todo="Answer 400 for whatever cannot be parsed, NaN and Infinity included.",
)
def malformed_json(context: Context) -> None:
    """A server that breaks on bad JSON breaks on any caller's mistake.

    Request: Half a JSON document, an empty body, and a form.
    Expected: 400.
    """
    for body in (b'{"inputs": {', b"", b"inputs=1"):
        context.expect(context.post(body).status == 400, "400")


@rule(
    "errors.nan",
    "NaN and Infinity, which are not JSON, are answered with 400",
    requires=_HEALTHY,
    todo="Refuse what is not JSON; in Python, json.loads accepts it unless parse_constant is set.",
)
def nan(context: Context) -> None:
    """NaN and Infinity are not JSON; the host cannot read them back.

    Request: Bodies with NaN, Infinity and -Infinity.
    Expected: 400.
    """
    for word in (b"NaN", b"Infinity", b"-Infinity"):
        context.expect(context.post(b'{"inputs": {"x": ' + word + b"}}").status == 400, "400")


@rule(
    "errors.not-an-object",
    "JSON that is not an object with an object of inputs is answered with 400 (or 422)",
    requires=_HEALTHY,
    todo="Check that the body and its inputs are objects before using them.",
)
def not_an_object(context: Context) -> None:
    """Code that expects an object breaks on a list or null.

    Request: A list, a text, null, and inputs that are a number.
    Expected: 400 or 422.
    """
    for body in (b"[1]", b'"text"', b"null", b'{"inputs": 5}'):
        context.expect(context.post(body).status in (400, 422), "400")


@rule(
    "errors.odd-json",
    "Pathological JSON never gets a 5xx and never hangs",
    requires=_HEALTHY,
    todo="Refuse with 400 what you cannot process: duplicate keys, deep nesting, huge numbers.",
)
def odd_json(context: Context) -> None:
    """Such documents are valid and make parsers fail or hang.

    Request: A duplicate key, a lone surrogate, 10000 digits, 100000 nested lists, and others;
        then health.
    Expected: 2xx or 4xx, and healthy.
    """
    for name, body in _odd_documents(context).items():
        response = context.post(body)
        context.sent = f"{name}: {context.sent}"
        context.expect(response.status < 500, "2xx or 4xx")
    context.expect_still_healthy()


@rule(
    "errors.unknown-path",
    "A path that does not exist is answered with 404",
    requires=_HEALTHY,
    todo="Answer 404 for every unknown path.",
)
def unknown_path(context: Context) -> None:
    """A wrong path must not look like a valid answer.

    Request: `GET /no-such-path`.
    Expected: 404.
    """
    context.expect(context.request("GET", "/no-such-path").status == 404, "404")


@rule(
    "errors.wrong-method",
    "A wrong method is answered with 405, with the right one in Allow",
    requires=_HEALTHY,
    todo="Answer 405 with an Allow header that lists the path's methods.",
)
def wrong_method(context: Context) -> None:
    """The caller learns which method is right.

    Request: DELETE (or PUT) of api.endpoint.
    Expected: 405, with the right method in Allow.
    """
    method = "DELETE" if context.view.method != "DELETE" else "PUT"
    response = context.request(method, context.view.endpoint)
    allow = response.headers.get("allow", "")
    context.got = f"{context.got} (Allow: {allow or 'missing'})"
    context.expect(response.status == 405 and context.view.method in allow, "405 and Allow")


@rule(
    "errors.content-type",
    "A body that is not declared as JSON in UTF-8 is answered with 415",
    requires=_RAW,
    todo="Look at Content-Type before reading the body.",
)
def content_type(context: Context) -> None:
    """A body in another encoding would be misread.

    Request: A valid body as text/plain, in UTF-16 and as multipart/form-data.
    Expected: 415.
    """
    body = context.body(context.samples)
    for kind in ("text/plain", "application/json; charset=utf-16", "multipart/form-data"):
        response = context.post(body, Content_Type=kind)
        context.sent = f"Content-Type: {kind}, {context.sent}"
        context.expect(response.status == 415, "415")


@rule(
    "errors.body-too-large",
    f"A body of {TOO_LARGE // 1024**2} MiB is answered with 413",
    requires=_HEALTHY,
    todo="Limit the body, usually to 16 MiB, and answer 413 based on Content-Length alone.",
)
def body_too_large(context: Context) -> None:
    """An unlimited body fills the memory.

    Request: A body of 64 MiB, announced by Content-Length.
    Expected: 413, and healthy.
    """
    address = context.instances.shared().address
    start = raw_http.head(
        address,
        context.view.method,
        context.view.endpoint,
        "Content-Type: application/json",
        f"Content-Length: {TOO_LARGE}",
    )
    block = b" " * (1024 * 1024)
    response = raw_http.send(address, start, *[block] * (TOO_LARGE // len(block)), pause=0.5)
    got = response.summary() if isinstance(response, Response) else response
    context.note(f"{context.view.method} with Content-Length: {TOO_LARGE}", got)
    context.expect(isinstance(response, Response) and response.status == 413, "413")
    context.expect_still_healthy()


@rule(
    "errors.ambiguous-length",
    "Content-Length together with Transfer-Encoding is refused",
    requires=_RAW,
    todo="Answer 400: two lengths allow request smuggling past a proxy.",
)
def ambiguous_length(context: Context) -> None:
    """Two lengths allow request smuggling past a proxy.

    Request: Content-Length and Transfer-Encoding in one request.
    Expected: 4xx or a closed connection, and healthy.
    """
    address = context.instances.shared().address
    body = context.body(context.samples)
    start = raw_http.head(
        address,
        context.view.method,
        context.view.endpoint,
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        "Transfer-Encoding: chunked",
    )
    response = raw_http.send(address, start + b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body))
    _expect_refused(
        context, "Content-Length and Transfer-Encoding: chunked in one request", response
    )


@rule(
    "errors.bad-http",
    "Non-HTTP data is answered with 400 or cut off, without affecting other clients",
    requires=_HEALTHY,
    todo="Leave parsing to a strict HTTP server.",
)
def bad_http(context: Context) -> None:
    """Port scanners and TLS clients reach every port.

    Request: Text, a wrong version and the beginning of TLS; then health.
    Expected: 4xx or a closed connection, and healthy.
    """
    address = context.instances.shared().address
    for data in (
        b"NONSENSE\r\n\r\n",
        b"GET /health HTTP/x.y\r\n\r\n",
        b"\x16\x03\x01\x02\x00\r\n\r\n",
    ):
        _expect_refused(context, repr(data), raw_http.send(address, data, timeout=5))


@rule(
    "errors.large-header",
    "A header of 1 MiB is refused",
    requires=_HEALTHY,
    todo="Limit the header and answer 431 (or 400).",
)
def large_header(context: Context) -> None:
    """An unlimited header fills the memory.

    Request: A header of 1 MiB, then health.
    Expected: 4xx or a closed connection, and healthy.
    """
    address = context.instances.shared().address
    start = raw_http.head(address, "GET", context.view.health_path, "X-Large: " + "x" * 1024 * 1024)
    _expect_refused(context, "GET with a header of 1 MiB", raw_http.send(address, start))


@rule(
    "errors.format",
    'Every error is JSON: {"success": false, "error": "<one sentence>"}',
    requires=_RAW,
    todo='Answer every error, also 404 and 405, with {"success": false, "error": ...} as JSON.',
)
def error_format(context: Context) -> None:
    """Callers expect one error format, whatever went wrong.

    Request: An unknown path, a wrong method, bad JSON, a wrong content type, wrong inputs.
    Expected: `{"success": false, "error": "<one sentence>"}` as application/json.
    """
    refused: list[Callable[[], Response]] = [
        lambda: context.request("GET", "/no-such-path"),
        lambda: context.request("DELETE", context.view.endpoint),
        lambda: context.post(b"{"),
        lambda: context.post(context.body(context.samples), Content_Type="text/plain"),
        lambda: context.execute(mistyped(context)[1]),
        lambda: context.execute(missing_required(context)[1]),
    ]
    for send in refused:
        response = send()
        if response.succeeded:
            continue  # the rule on that status says so
        document = response.document
        kind = response.headers.get("content-type", "")
        context.expect(
            isinstance(document, dict)
            and document.get("success") is False
            and isinstance(document.get("error"), str)
            and kind.startswith("application/json"),
            '{"success": false, "error": "<one sentence>"} as application/json',
        )


def _expect_refused(context: Context, sent: str, response: Response | str) -> None:
    context.note(sent, response.summary() if isinstance(response, Response) else response)
    refused = (
        400 <= response.status < 600 if isinstance(response, Response) else response != "no answer"
    )
    context.expect(refused, _REFUSED_OR_CLOSED)
    context.expect_still_healthy()
