"""A coroutine, and what yields."""

import asyncio
from collections.abc import AsyncIterator, Iterator


async def wait_for(seconds: float = 0.01, answer: str = "done") -> str:
    """Wait a moment, then answer."""
    await asyncio.sleep(seconds)
    return answer


def countdown(start: int = 3) -> Iterator[int]:
    """Count down to zero."""
    yield from range(start, -1, -1)


async def ticks(count: int = 2) -> AsyncIterator[str]:
    """Tick a few times."""
    for number in range(count):
        await asyncio.sleep(0)
        yield f"tick {number}"
