"""Start the plugin: take over or open the listening socket, then import everything else.

The host asks for health a few milliseconds after it has started the container, and again only a
second later. A socket that listens already keeps that first question waiting instead of refusing
it; in the image, listen_first.pl has opened it before Python began.

Usage:
    python -E -s server.py              serve until SIGTERM
    python -E -s server.py --compile    only import everything, so that its byte code gets written
"""

import gc
import os
import signal
import socket
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
HANDED_OVER = 3  # SD_LISTEN_FDS_START of sd_listen_fds(3)


def port_of_manifest() -> str:
    """Return the manifest's port, for a start outside the image, which sets `PLUGIN_PORT`."""
    import json

    with open(os.path.join(HERE, "manifest.json"), encoding="utf-8") as file:
        return str(json.load(file)["container"]["ports"][0]["container"])


def handed_over() -> socket.socket | None:
    """Return the listening socket that this process was started with, as systemd passes it."""
    pid, count = os.environ.pop("LISTEN_PID", ""), os.environ.pop("LISTEN_FDS", "")
    os.environ.pop("LISTEN_FDNAMES", None)
    if pid != str(os.getpid()) or count != "1":
        return None  # meant for another process: the host injects its own environment
    try:
        listener = socket.socket(fileno=HANDED_OVER)
    except OSError:
        return None
    os.set_inheritable(HANDED_OVER, False)
    return listener


def listen() -> socket.socket | str:
    """Bind and listen on `PLUGIN_HOST` and `PLUGIN_PORT`; return the problem if that fails."""
    host = os.environ.get("PLUGIN_HOST") or "0.0.0.0"
    port = os.environ.get("PLUGIN_PORT") or port_of_manifest()
    try:
        listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if host == "::":
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        listener.bind((host, int(port)))
        listener.listen(1024)
    except (ValueError, OverflowError, OSError) as error:
        return f"cannot listen on PLUGIN_HOST='{host}' PLUGIN_PORT='{port}': {error}"
    return listener


def main() -> int:
    """Serve the plugin in this folder; return the exit status."""
    gc.disable()  # until everything is imported: nothing that an import makes is thrown away
    # As PID 1 a process ignores SIGTERM unless it has a handler, even while it still starts.
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM])  # blocked by listen_first.pl
    compiling = "--compile" in sys.argv
    listener = None if compiling else handed_over() or listen()
    os.chdir(HERE)

    from plugin_runtime import logs, service

    if listener is not None:
        return service.run(listener)
    status = service.compile_everything()
    # A thread or a timer that an import has started must not keep the build of the image running.
    logs.flush()
    os._exit(status)


if __name__ == "__main__":
    sys.exit(main())
