"""Rules for free text, and how wide it is on a screen."""

from __future__ import annotations

import re
import unicodedata

# U+202A-202E and U+2066-2069 reorder the text around them: what is read is not what is there.
_BIDI_CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_LINE_BREAKS = re.compile("[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_NOT_CHARACTERS = re.compile("[\ud800-\udfff\ufffe\uffff]")
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f]")

# Everything that must not stand in a file as it is.
UNSAFE = re.compile(
    "|".join(p.pattern for p in (_CONTROLS, _LINE_BREAKS, _BIDI_CONTROLS, _NOT_CHARACTERS))
)


def text_fault(text: str, shortest: int, longest: int) -> str | None:
    """Return the rule that a free text breaks, or None. Lengths are in characters."""
    if _LINE_BREAKS.search(text):
        return "must be on one line"
    if _BIDI_CONTROLS.search(text):
        return "must not contain characters that override the text direction"
    if _CONTROLS.search(text) or _NOT_CHARACTERS.search(text):
        return "must not contain control characters"
    if text != text.strip():
        return "must not begin or end with a space"
    if not shortest <= len(text) <= longest:
        return f"must have {shortest} to {longest} characters, not {len(text)}"
    return None


def columns(text: str) -> int:
    """Width on a screen: East Asian wide characters take two columns, combining marks none."""
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    marks = sum(unicodedata.category(character) in ("Mn", "Me", "Cf") for character in text)
    return len(text) + wide - marks
