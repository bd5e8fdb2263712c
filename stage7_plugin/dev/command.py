"""What `stage7-plugin dev` does."""

from __future__ import annotations

import contextlib
import socket
import sys
import threading
import webbrowser
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from stage7_plugin.dev.events import Events
from stage7_plugin.dev.invoke import printable_lines
from stage7_plugin.dev.launch import Launch
from stage7_plugin.dev.log_lines import as_text
from stage7_plugin.dev.session import Session
from stage7_plugin.dev.supervisor import FIRST_START, Supervisor
from stage7_plugin.dev.tokens import Tokens

STOPPED, UNUSABLE = 0, 2
"""Exit statuses."""
_COLORS = {"WARNING": "yellow", "ERROR": "red", "CRITICAL": "red", "DEBUG": "cyan"}


@dataclass(frozen=True)
class DevOptions:
    """What was asked for on the command line."""

    folder: Path
    command: str = ""
    image: bool = False
    fixed_port: bool = False
    port: int = 0
    open_page: bool = False
    env_file: str | None = None


def run_dev(options: DevOptions) -> int:
    """Run the plugin and the page until Ctrl-C; return the exit status."""
    try:
        import uvicorn

        from stage7_plugin.dev.page import make_app

        __import__("watchfiles")
    except ImportError as error:
        click.echo(
            f"error: `stage7-plugin dev` needs {error.name}, which is not installed\n"
            f"  try: {sys.executable} -m pip install 'stage7-plugin[dev]'",
            err=True,
        )
        return UNUSABLE
    folder = options.folder.resolve()
    if not (folder / "manifest.json").is_file():
        click.echo(f"error: {folder} has no manifest.json; give a plugin's folder", err=True)
        return UNUSABLE
    try:
        listener = socket.create_server(("127.0.0.1", options.port))
    except OSError as error:
        click.echo(f"error: --port {options.port} is not free: {error.strerror}", err=True)
        return UNUSABLE
    port = listener.getsockname()[1]
    url = f"http://127.0.0.1:{port}/"
    tokens, events = Tokens(), Events()
    launch = Launch(
        folder, tokens, options.command, options.image, options.fixed_port, options.env_file
    )
    events.listen(_print)
    click.echo(f"{folder.name}: {url} (Ctrl-C ends it)")
    with Supervisor(launch, events) as supervisor:
        supervisor.start()
        threading.Thread(target=supervisor.watch, daemon=True).start()
        if options.open_page:
            webbrowser.open(url)
        session = Session(launch, events, supervisor)
        app = make_app(session, port)
        config = uvicorn.Config(
            app, log_level="warning", lifespan="off", timeout_graceful_shutdown=1
        )
        with contextlib.suppress(KeyboardInterrupt), listener:
            uvicorn.Server(config).run(sockets=[listener])
        session.contract.close()
    return STOPPED


def _print(event: dict[str, Any]) -> None:
    """Print what happens: a line a start, problems with their places, the plugin's log."""
    if event["kind"] == "log":
        text = printable_lines(as_text(event))
        click.echo(f"  {click.style(text, fg=_COLORS.get(event['level']), dim=True)}")
    elif event["kind"] == "state" and event["state"] != "starting":
        reason = "" if event["reason"] == FIRST_START else f"{event['reason']}: "
        took = f"in {event['seconds'] * 1000:.0f} ms"
        if event["state"] == "ready":
            click.echo(click.style(f"{reason}ready {took}", fg="green"))
        else:
            click.echo(click.style(f"{reason}does not run", fg="red"))
        for problem in event["problems"]:
            place = f"{problem['file']}:{problem['line']}: " if problem["file"] else ""
            click.echo(click.style(f"  {place}{printable_lines(problem['message'])}", fg="red"))
