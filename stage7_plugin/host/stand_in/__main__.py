"""Start a stand-in: python -m stage7_plugin.host.stand_in [--port 5060] [--strict]."""

from __future__ import annotations

import argparse
import os
import signal
import sys

from stage7_plugin.host.stand_in.execution import PORTS, Executor
from stage7_plugin.host.stand_in.server import StandIn

_ENDS = (signal.SIGINT, signal.SIGTERM)


def main() -> int:
    """Serve until Ctrl-C; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m stage7_plugin.host.stand_in")
    parser.add_argument("--port", type=int, default=5060)
    parser.add_argument("--strict", action="store_true", help="without the host's faults")
    options = parser.parse_args()
    token = os.environ.get("STAGE7_TOKEN", "")
    if not token:
        print("Set STAGE7_TOKEN to the token that the stand-in accepts.", file=sys.stderr)
        return 2
    # Before the first thread starts: a signal then waits for sigwait, and containers are removed.
    signal.pthread_sigmask(signal.SIG_BLOCK, _ENDS)
    executor = Executor(options.strict, ports=None if options.strict else PORTS)
    with StandIn(
        strict=options.strict, port=options.port, token=token, executor=executor
    ) as stand_in:
        print(f"A stand-in for the CapabilitiesManager listens on {stand_in.url}.", flush=True)
        signal.sigwait(_ENDS)
    return 0


if __name__ == "__main__":
    sys.exit(main())
