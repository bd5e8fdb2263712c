"""The image's HEALTHCHECK: exit 0 if the plugin says that it is healthy, else 1.

Run as a program. It speaks HTTP over a plain socket, because every import would be paid for at
every check.
"""

import json
import os
import socket
import sys
from pathlib import Path

TIMEOUT_SECONDS = 5


def main() -> int:
    """Ask the plugin in this container for its health."""
    manifest = json.loads((Path(__file__).parent.parent / "manifest.json").read_text("utf-8"))
    container = manifest["container"]
    port = int(os.environ.get("PLUGIN_PORT", container["ports"][0]["container"]))
    path = container.get("healthCheck", {}).get("path", "/health")
    try:
        with socket.create_connection(("localhost", port), TIMEOUT_SECONDS) as connection:
            connection.sendall(f"GET {path} HTTP/1.0\r\n\r\n".encode())
            with connection.makefile("rb") as answer:
                status_line, *_, body = answer.read().split(b"\r\n")
    except OSError as error:
        print(f"no answer from port {port}: {error}")
        return 1
    print(body.decode("utf-8", "replace"))
    return 0 if status_line.split()[1:2] == [b"200"] else 1


if __name__ == "__main__":
    sys.exit(main())
