"""Answers /metrics with one byte a second."""

import time

from correct.server import Handler

CAUGHT_BY = "secrets.token-in-metrics"


class BrokenHandler(Handler):
    def do_GET(self) -> None:
        if self.path != "/metrics":
            return super().do_GET()
        self.close_connection = True
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(1000):
            self.wfile.write(b"x")
            time.sleep(1)
        return None
