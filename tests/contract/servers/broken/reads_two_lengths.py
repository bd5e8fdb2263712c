"""Reads a chunked body although there is a Content-Length too."""

from correct.server import Handler

CAUGHT_BY = "errors.ambiguous-length"


class BrokenHandler(Handler):
    def body(self) -> bytes:
        if "Transfer-Encoding" not in self.headers:
            return super().body()
        content = b""
        while size := int(self.rfile.readline(), 16):
            content += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return content
