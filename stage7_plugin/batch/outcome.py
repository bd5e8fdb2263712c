"""What became of one plugin."""

from __future__ import annotations

from dataclasses import dataclass

CREATED, UPDATED, UNCHANGED, OUTDATED = "created", "updated", "unchanged", "outdated"
RELEASED = "released"
CONFLICT = "conflict"  # the template and a person changed the same lines
EDITED, MISSING, ORPHANED = "edited", "missing", "orphaned"  # only of a comparison
BUILT, FAILED = "built", "failed"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of one step for one plugin.

    Attributes:
        slug: Which plugin.
        line: Where the batch file describes it.
        status: One of the above.
        message: Why it failed, or a remark; often empty.
        seconds: How long it took.
        source: Which batch file, as the user named it.
    """

    slug: str
    line: int
    status: str
    message: str = ""
    seconds: float = 0.0
    source: str = ""

    @property
    def failed(self) -> bool:
        """Whether the user has to do something about it."""
        return self.status in (FAILED, CONFLICT)
