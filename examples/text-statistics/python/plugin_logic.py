"""Text Statistics: characters, words, sentences and the most frequent words of a text."""

import re
import unicodedata
from collections import Counter
from typing import Any

MARK = "\u0301"
# Letters and digits of any script with their marks, such as accents; an apostrophe, a hyphen or a
# joiner inside belongs to the word.
WORD = re.compile(rf"\w[\w{MARK}]*(?:['\u2019\u200c\u200d\-]\w[\w{MARK}]*)*")
SPACE = r"\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
# A full stop inside a number or a file name ends no sentence; an ideographic one always does.
SENTENCE_END = re.compile(
    rf"[.!?\u2026]+[\"'\u201d\u2019)\]]*(?:[{SPACE}]|\Z)|[\u3002\uff01\uff1f]+"
)


def words_of(text: str) -> list[str]:
    """The words of a text in their order."""
    # `re` has no class for marks: it sees one mark for all, and words are cut from the text itself.
    seen = "".join(MARK if unicodedata.category(one)[0] == "M" else one for one in text)
    return [text[found.start() : found.end()] for found in WORD.finditer(seen)]


def folded(word: str) -> str:
    """The same for words that differ in case alone; casefold() makes Cherokee upper case."""
    return word.casefold().lower()


def count_sentences(text: str) -> int:
    """Number of sentences: parts between sentence ends that hold at least one word."""
    return sum(1 for part in SENTENCE_END.split(text) if WORD.search(part))


def execute_plugin(inputs: dict[str, Any], context: dict[str, Any]) -> dict[str, Any]:
    """Examine `text`; `top` limits the list and `ignore` holds words that it leaves out."""
    text, top = inputs["text"], inputs["top"]
    if top != int(top):
        return {"success": False, "error": "top must be a whole number, such as 10"}
    words = [folded(word) for word in words_of(text)]
    ignored = {folded(word) for word in inputs["ignore"]}
    counts = Counter(word for word in words if word not in ignored)
    # Words that are equally frequent come in the order of their code points.
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return {
        "success": True,
        "outputs": {
            "characters": len(text),
            "words": len(words),
            "sentences": count_sentences(text),
            "most_frequent": [{"word": word, "count": n} for word, n in ranked[: int(top)]],
        },
    }
