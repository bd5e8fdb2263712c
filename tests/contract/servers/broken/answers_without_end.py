"""Answers /metrics with a body that does not end."""

from correct.server import Handler

CAUGHT_BY = "secrets.token-in-metrics"


class BrokenHandler(Handler):
    def do_GET(self) -> None:
        if self.path != "/metrics":
            return super().do_GET()
        self.close_connection = True
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n")
        while True:
            self.wfile.write(b"x" * 65536)
