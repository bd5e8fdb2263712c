"""Values that JSON writes as texts and numbers."""

import datetime as dt
import pathlib
import uuid
from datetime import date
from decimal import Decimal


class Calendar:
    """Knows the days."""

    def __init__(self, weekend: tuple[int, ...] = (5, 6)) -> None:
        self.weekend = weekend

    def workdays(
        self,
        start: date,
        days: int = 5,
        holidays: set[date] = frozenset(),
        step: dt.timedelta = dt.timedelta(days=1),
        rate: Decimal = Decimal("1.5"),
        folder: pathlib.Path = pathlib.Path("/tmp"),
        seal: bytes = b"\x00\x01",
        today=date.today(),
    ) -> tuple[list[date], Decimal]:
        """List the workdays from a day on.

        Returns:
            days_found: The workdays.
            cost: Of all of them.
        """
        found = []
        while len(found) < days:
            if start.weekday() not in self.weekend and start not in holidays:
                found.append(start)
            start += step
        return found, rate * len(found)

    @staticmethod
    def name(day: date) -> str:
        """Name the day of the week."""
        return f"{day:%A}"

    @classmethod
    def key(cls, day: date) -> uuid.UUID:
        """Make a key of a day."""
        return uuid.UUID(int=day.toordinal())
