"""Serves 100 connections at a time, whatever they do."""

import threading
from typing import Any

from correct.server import Server

CAUGHT_BY = "limits.slow-clients"


class BrokenServer(Server):
    open_connections = threading.BoundedSemaphore(100)

    def process_request(self, request: Any, client_address: Any) -> None:
        self.open_connections.acquire()
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self.open_connections.release()
