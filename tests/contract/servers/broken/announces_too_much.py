"""Announces an answer to /metrics that no memory could take."""

import time

from correct.server import Handler

CAUGHT_BY = "secrets.token-in-metrics"


class BrokenHandler(Handler):
    def do_GET(self) -> None:
        if self.path != "/metrics":
            return super().do_GET()
        self.close_connection = True
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000000000000\r\n\r\nx")
        time.sleep(60)
        return None
