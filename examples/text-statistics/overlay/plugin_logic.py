"""Text Statistics: words, sentences and the most frequent words of a text."""

import re
from collections import Counter
from typing import Any

# Letters and digits of any script; an apostrophe or a hyphen inside belongs to the word.
WORD = re.compile(r"\w+(?:['\u2019\-]\w+)*")
# A full stop inside of a number or a file name ends no sentence; an ideographic one always does.
SENTENCE_END = re.compile(r"[.!?\u2026]+(?=[\"'\u201d\u2019)\]]*(?:\s|$))|[\u3002\uff01\uff1f]+")


def count_sentences(text: str) -> int:
    """Number of sentences: parts between sentence ends that hold at least one word."""
    return sum(1 for part in SENTENCE_END.split(text) if WORD.search(part))


def execute_plugin(inputs: dict[str, Any], context: dict[str, Any]) -> dict[str, Any]:
    """Examine `text`; `top` limits the list and `ignore` holds words that it leaves out."""
    top = inputs["top"]
    if top < 0 or top != int(top):
        return {"success": False, "error": f"top must be a whole number from 0, but is {top}"}
    words = [word.casefold() for word in WORD.findall(inputs["text"])]
    ignored = {str(word).casefold() for word in inputs["ignore"]}
    counts = Counter(word for word in words if word not in ignored)
    # Words that are equally frequent come in alphabetical order, so that the answer is stable.
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return {
        "success": True,
        "outputs": {
            "words": len(words),
            "sentences": count_sentences(inputs["text"]),
            "most_frequent": [{"word": word, "count": n} for word, n in ranked[: int(top)]],
        },
    }
