"""Takes CM_URL, which the host has for itself, for a setting of its own."""

import os

from correct.server import Plugin

CAUGHT_BY = "env.whole"


class Broken(Plugin):
    def setup(self) -> None:
        if not os.environ.get("CM_URL", "https://").startswith("https://"):
            raise SystemExit("CM_URL must start with https://")
