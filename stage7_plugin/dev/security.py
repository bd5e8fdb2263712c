"""Who may use the page's server: this machine's own browser, from the page itself."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
_ADDED = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class OnlyThePage:
    """Refuses other names of this machine (DNS rebinding) and requests from other pages.

    Args:
        app: What answers the rest.
        port: The port of the server, which is part of `Host` and `Origin`.
    """

    def __init__(self, app: ASGIApp, port: int) -> None:
        self._app = app
        self._hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
        self._origins = {f"http://{host}" for host in self._hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if reason := self._refused(scope["method"], Headers(scope=scope)):
            await PlainTextResponse(f"{reason}\n", 403)(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_ADDED)
            await send(message)

        await self._app(scope, receive, send_guarded)

    def _refused(self, method: str, headers: Headers) -> str:
        if headers.get("host", "") not in self._hosts:
            return "Host must be this machine's own address; open the printed one"
        origin = headers.get("origin")
        if origin is not None and origin not in self._origins:
            return "Origin must be the page itself"
        if headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
            return "requests from other pages are refused"
        if method in ("GET", "HEAD"):
            return ""
        # A form of another page cannot send this type without being asked first.
        if headers.get("content-type", "").partition(";")[0] != "application/json":
            return "Content-Type must be application/json"
        return ""
