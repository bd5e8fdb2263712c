"""Names that fit into an address."""

import re


def slugify(text: str, separator: str = "-", lower: bool = True) -> str:
    """Turn a text into a name for an address."""
    words = re.findall(r"[A-Za-z0-9]+", text)
    name = separator.join(words)
    return name.lower() if lower else name
