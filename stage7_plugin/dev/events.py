"""Events for the terminal and each open page."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Any

Event = dict[str, Any]
Listener = Callable[[Event], None]

_KEPT = 500
"""Log lines that a page which is opened later still gets."""


class Events:
    """Thread-safe. The newest state, the last check and log lines are kept for later listeners."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: list[Listener] = []
        self._log: deque[Event] = deque(maxlen=_KEPT)
        self._state: Event | None = None
        self._check: list[Event] = []

    def tell(self, kind: str, **data: Any) -> None:
        """Tell every listener; `kind` is its type, such as `state`, `log` or `rule`."""
        event = {"kind": kind, **data}
        with self._lock:
            if kind == "log":
                self._log.append(event)
            elif kind == "state":
                self._state = event
            elif kind in ("contract", "rule"):
                self._check = [*([] if data.get("running") else self._check), event]
            for listener in self._listeners:
                listener(event)

    def listen(self, listener: Listener, replay: bool = False) -> Callable[[], None]:
        """Add a listener, which must not block; return what removes it.

        Args:
            listener: Called in the thread of whatever happened.
            replay: Whether it gets the kept events first.
        """
        with self._lock:
            if replay:
                state = [self._state] if self._state else []
                for event in [*state, *self._check, *self._log]:
                    listener(event)
            self._listeners.append(listener)

        def remove() -> None:
            with self._lock:
                self._listeners.remove(listener)

        return remove
