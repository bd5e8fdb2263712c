"""Releases the slot only after it delivered the answer."""

import select
import socket
from typing import Any

from correct.server import Handler, Plugin

CAUGHT_BY = "load.abandoned"


class Broken(Plugin):
    def free_slot(self, succeeded: bool) -> None:
        pass


class BrokenHandler(Handler):
    def reply(self, status: int, document: Any, **headers: str) -> None:
        executed = self.path == "/execute" and status in (200, 500)
        if executed and not self.abandoned():
            self.plugin.slots.release()
        super().reply(status, document, **headers)

    def abandoned(self) -> bool:
        readable, _, _ = select.select([self.connection], [], [], 0)
        return bool(readable) and self.connection.recv(1, socket.MSG_PEEK) == b""
