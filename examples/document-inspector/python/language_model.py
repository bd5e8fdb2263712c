"""Guesses the language of a text by its function words."""

import json
import re
from pathlib import Path

FILE = Path(__file__).parent / "model" / "function_words.json"
FEWEST = 3  # function words that a guess is made from


class Model:
    """The words of `model/function_words.json`, which `load` reads."""

    def __init__(self) -> None:
        self.words: dict[str, frozenset[str]] = {}

    def load(self) -> None:
        """Read the model."""
        document = json.loads(FILE.read_text("utf-8"))
        self.words = {language: frozenset(words) for language, words in document.items()}

    def guess(self, text: str) -> tuple[str, float] | None:
        """The language, and which part of all function words is of it; None for too short a text.

        A word of several languages counts for each of them.
        """
        found = re.findall(r"\w+", text.casefold())
        counts = {
            language: sum(word in known for word in found) for language, known in self.words.items()
        }
        language = max(counts, key=lambda name: counts[name])
        if counts[language] < FEWEST:
            return None
        return language, round(counts[language] / sum(counts.values()), 3)
