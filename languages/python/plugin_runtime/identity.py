"""Whose log lines and prints these are: the execution that runs in a thread or task."""

from contextvars import ContextVar

from plugin_runtime.redaction import NO_SECRETS, Secrets


class Identity:
    """One execution, as far as what it writes is concerned.

    Attributes:
        trace_id: Stands in each of its log lines and in an error answer.
        secrets: Its own and the environment's; kept out of its log lines and its answer.
        printed: What it printed without a line end so far, by the name of the stream.
    """

    __slots__ = ("printed", "secrets", "trace_id")

    def __init__(self, trace_id: str = "", secrets: Secrets = NO_SECRETS) -> None:
        self.trace_id = trace_id
        self.secrets = secrets
        self.printed: dict[str, list[str]] = {}


current: ContextVar[Identity | None] = ContextVar("current_execution", default=None)
