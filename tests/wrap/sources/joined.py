"""Every kind of parameter."""


def joined(first: str, /, *rest: str, separator: str = ", ", last: str | None = None, **extras: int) -> str:
    """Join words with a separator."""
    words = [first, *rest]
    if last and len(words) > 1:
        return separator.join(words[:-1]) + last + words[-1]
    return separator.join(words)
