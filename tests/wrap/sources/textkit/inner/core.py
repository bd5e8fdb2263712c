import textkit.words
from ..words import TABLE as table


def translate(text: str, unknown: str = "?") -> str:
    """Translate a text word by word."""
    assert textkit.words.TABLE is table
    return " ".join(table.get(word, unknown) for word in text.lower().split())
