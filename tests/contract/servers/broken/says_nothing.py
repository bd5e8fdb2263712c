"""Takes a request for /metrics and says nothing."""

import time

from correct.server import Handler

CAUGHT_BY = "secrets.token-in-metrics"


class BrokenHandler(Handler):
    def do_GET(self) -> None:
        if self.path != "/metrics":
            return super().do_GET()
        self.close_connection = True
        time.sleep(3600)
        return None
