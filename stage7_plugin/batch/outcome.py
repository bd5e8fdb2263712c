"""What became of one plugin."""

from __future__ import annotations

from dataclasses import dataclass

FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of one step for one plugin.

    Attributes:
        slug: Which plugin.
        line: Where the batch file describes it.
        status: created, updated, unchanged, outdated, built or failed.
        message: Why it failed, or a remark; often empty.
        seconds: How long it took.
    """

    slug: str
    line: int
    status: str
    message: str = ""
    seconds: float = 0.0

    @property
    def failed(self) -> bool:
        """Whether the user has to do something about it."""
        return self.status == FAILED
