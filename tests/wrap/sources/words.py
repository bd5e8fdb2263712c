"""Google style, with a doctest."""

from __future__ import annotations

import re
from collections import Counter
from typing import Literal, Optional

DEFAULT_LIMIT = 3


def frequent_words(
    text: str,
    limit: int = DEFAULT_LIMIT,
    case: Literal["keep", "lower"] = "lower",
    stop_words: Optional[list[str]] = None,
) -> dict[str, int]:
    """Count the most frequent words of a text. Ties keep their order.

    Args:
        text: Where the words are counted,
            over several lines.
        limit: How many words to return.
        case: Whether `The` and `the` are two words.
        stop_words: Words that do not count.

    Returns:
        How often each of the words occurs.

    Raises:
        ValueError: The limit is below 1.

    Examples:
        >>> frequent_words("the cat and the dog", limit=1)
        {'the': 2}
    """
    if limit < 1:
        raise ValueError("limit must be 1 or more")
    words = re.findall(r"\w+", text.lower() if case == "lower" else text)
    return dict(Counter(word for word in words if word not in (stop_words or ())).most_common(limit))
