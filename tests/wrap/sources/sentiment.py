"""A TypedDict is returned: several outputs."""

from typing import TypedDict

from typing_extensions import NotRequired

GOOD, BAD = {"good", "great", "fine"}, {"bad", "awful", "poor"}


class Verdict(TypedDict):
    """What is thought of a text.

    Attributes:
        score: From -1 to 1.
        label: In one word.
        text: The text without spaces around it.
        status: Whether it could be told.
        loudest: The word that decided.
    """

    score: float
    label: str
    text: str
    status: str
    loudest: NotRequired[str]


def judge(text: str) -> Verdict:
    """Judge whether a text is friendly."""
    words = text.lower().split()
    found = [word for word in words if word in GOOD | BAD]
    score = sum(1 if word in GOOD else -1 for word in found) / (len(found) or 1)
    label = "good" if score > 0 else "bad" if score < 0 else "neutral"
    verdict: Verdict = {
        "score": score, "label": label, "text": text.strip(), "status": "told" if found else "open",
    }
    if found:
        verdict["loudest"] = found[0]
    return verdict
