"""Start the plugin: listen first, import everything else afterwards.

The host asks for health a few milliseconds after it has started the container, and again only a
second later. A socket that already listens keeps that first question waiting instead of refusing
it. So in the image listen_first.pl has made it already; elsewhere it is made here with `_socket`,
the C module behind `socket`, which needs no other import.

Usage:
    python -E -s server.py              serve until SIGTERM
    python -E -s server.py --compile    only import everything, so that its byte code gets written
"""

import _socket
import gc
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def port_of_manifest() -> str:
    """The port of the manifest, for a start outside of the image, which sets `PLUGIN_PORT`."""
    import json

    with open(os.path.join(HERE, "manifest.json"), encoding="utf-8") as file:
        return str(json.load(file)["container"]["ports"][0]["container"])


def listen() -> _socket.socket:
    """Take the socket of listen_first.pl, or bind and listen on `PLUGIN_HOST` and `PLUGIN_PORT`.

    Raises:
        SystemExit: the port is no number from 0 to 65535, or cannot be bound.
    """
    inherited = os.environ.pop("PLUGIN_LISTENER", None)
    if inherited is not None:
        return _socket.socket(fileno=int(inherited))
    host = os.environ.get("PLUGIN_HOST") or "0.0.0.0"
    port = os.environ.get("PLUGIN_PORT") or port_of_manifest()
    try:
        listener = _socket.socket(_socket.AF_INET6 if ":" in host else _socket.AF_INET)
        listener.setsockopt(_socket.SOL_SOCKET, _socket.SO_REUSEADDR, 1)
        if host == "::":
            listener.setsockopt(_socket.IPPROTO_IPV6, _socket.IPV6_V6ONLY, 0)
        listener.bind((host, int(port)))
        listener.listen(1024)
    except (ValueError, OverflowError, OSError) as error:
        sys.exit(f"cannot listen on PLUGIN_HOST={host!r} PLUGIN_PORT={port!r}: {error}")
    return listener


def main() -> int:
    """Serve the plugin in this folder; return the exit status."""
    gc.disable()  # until everything is imported: nothing that an import makes is thrown away
    compiling = "--compile" in sys.argv
    listener = None if compiling else listen()
    os.chdir(HERE)

    import signal

    # As PID 1 a process ignores SIGTERM unless it has a handler, even while it still starts.
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    if sys.flags.no_site:
        import site

        site.main()

    from plugin_runtime import service

    return service.compile_everything() if listener is None else service.run(listener.detach())


if __name__ == "__main__":
    sys.exit(main())
