"""The page's server: files of the page, a few commands as JSON, and events as they happen."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from stage7_plugin.dev.history import NotSaved
from stage7_plugin.dev.security import OnlyThePage
from stage7_plugin.dev.session import Session

STATIC = Path(__file__).parent / "static"
LARGEST_REQUEST = 64 * 1024 * 1024
"""Bytes."""
_HEARTBEAT_SECONDS = 15


def make_app(session: Session, port: int) -> Starlette:
    """Return the server's application for this session."""
    commands = _Commands(session)
    routes = [
        Route("/", commands.index),
        Route("/api/plugin", commands.plugin),
        Route("/api/execute", commands.execute, methods=["POST"]),
        Route("/api/restart", commands.restart, methods=["POST"]),
        Route("/api/health", commands.health),
        Route("/api/history", commands.history),
        Route("/api/history/clear", commands.clear_history, methods=["POST"]),
        Route("/api/save", commands.save, methods=["POST"]),
        Route("/api/contract", commands.contract, methods=["POST"]),
        Route("/api/events", commands.events),
        Mount("/static", StaticFiles(directory=STATIC)),
    ]
    return Starlette(routes=routes, middleware=[Middleware(OnlyThePage, port=port)])


class _Commands:
    """What the page may ask for; there is nothing else."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def index(self, _: Request) -> Response:
        return FileResponse(STATIC / "index.html")

    async def plugin(self, _: Request) -> Response:
        return JSONResponse(await run_in_threadpool(self._session.plugin))

    async def execute(self, request: Request) -> Response:
        sent = await _document(request)
        if sent is None or not isinstance(sent.get("inputs"), dict):
            return _wrong('the body must be like {"inputs": {"text": "hello"}}')
        as_host, retry = sent.get("as_host", True) is True, sent.get("retry") is True
        execute = partial(self._session.execute, sent["inputs"], as_host, retry)
        return JSONResponse(await run_in_threadpool(execute))

    async def restart(self, _: Request) -> Response:
        await run_in_threadpool(self._session.supervisor.restart)
        return JSONResponse({})

    async def health(self, _: Request) -> Response:
        return JSONResponse(await run_in_threadpool(self._session.health))

    async def history(self, _: Request) -> Response:
        return JSONResponse(await run_in_threadpool(self._session.history.entries))

    async def clear_history(self, _: Request) -> Response:
        await run_in_threadpool(self._session.history.clear)
        return JSONResponse({})

    async def save(self, request: Request) -> Response:
        sent = await _document(request) or {}
        history, name = self._session.history, str(sent.get("name", ""))
        entry = str(sent.get("id", ""))
        try:
            if sent.get("as") == "test":
                path = await run_in_threadpool(history.save_test, entry, name)
            else:
                plugin_id = self._session.plugin()["id"]
                path = await run_in_threadpool(history.save_example, entry, name, plugin_id)
        except (NotSaved, OSError) as error:
            return _wrong(str(error))
        return JSONResponse({"path": path})

    async def contract(self, request: Request) -> Response:
        sent = await _document(request) or {}
        if sent.get("stop") is True:
            self._session.contract.stop()
        elif not self._session.contract.start(sent.get("image") is True):
            return _wrong("a run is in progress; stop it first")
        return JSONResponse({})

    async def events(self, request: Request) -> Response:
        return StreamingResponse(self._stream(), media_type="text/event-stream")

    async def _stream(self) -> AsyncIterator[str]:
        loop = asyncio.get_running_loop()
        queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

        def put(event: dict[str, Any]) -> None:
            with contextlib.suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(queue.put_nowait, event)

        remove = self._session.events.listen(put, replay=True)
        try:
            while True:
                try:
                    event = await asyncio.wait_for(queue.get(), _HEARTBEAT_SECONDS)
                    yield f"data: {json.dumps(event)}\n\n"
                except asyncio.TimeoutError:
                    yield ": still here\n\n"
        finally:
            remove()


async def _document(request: Request) -> dict[str, Any] | None:
    body = bytearray()
    async for block in request.stream():
        body += block
        if len(body) > LARGEST_REQUEST:
            return None
    try:
        document = json.loads(bytes(body))
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _wrong(reason: str) -> Response:
    return JSONResponse({"error": reason}, 400)
