"""Start the plugin: listen first, import everything else afterwards.

The host asks for health the moment the container runs, and again only a second later. A socket
that already listens keeps that first question waiting instead of refusing it, so the rest of the
start costs milliseconds instead of a second.

Usage:
    python -E -s server.py              serve until SIGTERM
    python -E -s server.py --compile    only import everything, so that its byte code gets written
"""

import json
import os
import signal
import socket
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def listen(manifest: dict[str, object], environ: dict[str, str]) -> socket.socket:
    """Bind and listen on the port of the manifest, or on `PLUGIN_HOST` and `PLUGIN_PORT`.

    Raises:
        SystemExit: the port is no number from 0 to 65535, or cannot be bound.
    """
    host = environ.get("PLUGIN_HOST", "0.0.0.0")
    port = environ.get("PLUGIN_PORT", str(manifest["container"]["ports"][0]["container"]))  # type: ignore[index]
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        dual = host == "::" and socket.has_dualstack_ipv6()
        return socket.create_server(
            (host, int(port)), family=family, backlog=1024, dualstack_ipv6=dual
        )
    except (ValueError, OverflowError, OSError) as error:
        sys.exit(f"cannot listen on PLUGIN_HOST={host!r} PLUGIN_PORT={port!r}: {error}")


def main() -> int:
    """Serve the plugin in this folder; return the exit status."""
    # As PID 1 a process ignores SIGTERM unless it has a handler, even while it still starts.
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    os.chdir(HERE)
    manifest = json.loads((HERE / "manifest.json").read_text("utf-8"))
    listener = None if "--compile" in sys.argv else listen(manifest, dict(os.environ))

    from plugin_runtime import service

    if listener is None:
        return service.compile_everything(manifest)
    return service.run(listener, manifest)


if __name__ == "__main__":
    sys.exit(main())
