"""Tells a client of /metrics to go on, and never answers."""

from correct.server import Handler

CAUGHT_BY = "secrets.token-in-metrics"


class BrokenHandler(Handler):
    def do_GET(self) -> None:
        if self.path != "/metrics":
            return super().do_GET()
        self.close_connection = True
        while True:
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
