"""In which forms the text of a secret can show up; `docs/explanation/redaction.md` lists them."""

import binascii
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

SHORTEST = 8  # characters; below that an ordinary word such as `true` or a port would be mangled
UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
SCHEMES = ("bearer", "basic", "token")  # of an Authorization header
# Compiled at their first use: most plugins have no text in which they could match.
PLAIN = r"(?a)[\w.~-]*"  # looks the same in JSON, in a repr and in a URL
URL_PASSWORD = r"://([^\s/?#:@]*):([^\s/?#]+)@"
PASSWORD = r"(?i)(?<![a-z])(?:password|passwd|pwd)=([^\s;&]+)"

quote_json = json.encoder.encode_basestring
quote_json_ascii = json.encoder.encode_basestring_ascii


def scalars_in(value: Any) -> Iterator[str | int | float]:
    """Every text and number in a JSON value; a key is a name, not a secret."""
    if isinstance(value, str) or is_number(value):
        yield value
    elif isinstance(value, dict | list | tuple):
        for item in value.values() if isinstance(value, dict) else value:
            yield from scalars_in(item)


def is_number(value: Any) -> bool:
    """Whether a JSON value is a number; Python's booleans are not numbers in JSON."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def forms_of(text: str) -> Iterator[str]:
    """A secret as it is, in JSON, in a Python repr, in a URL and in base64."""
    text = text.strip()
    scheme, _, token = text.partition(" ")
    if token and scheme.lower() in SCHEMES:
        yield from _encodings(token.strip())
        if scheme.lower() == "basic":
            yield from _of_credentials(_decoded(token))
    else:
        yield from _encodings(text)
    yield from passwords_in(text)
    # Printed text is logged line by line.
    if "\n" in text or "\r" in text:
        for line in text.splitlines():
            yield from _quoted(line.strip())


def parts_of_header(name: str, value: str) -> Iterator[str]:
    """The value of a header field, and each of its values where it has several."""
    yield value
    for part in re.split("[,;]", value):
        yield part
        if "cookie" in name:
            yield part.partition("=")[2]


def passwords_in(text: str) -> Iterator[str]:
    """The forms of passwords inside URLs and of connection strings such as `password=...;`."""
    if "://" in text and "@" in text:
        for user, password in re.findall(URL_PASSWORD, text):
            yield from _of_credentials(f"{user}:{password}")
            if "%" in password:
                yield from _encodings(_unquoted(password))
    if "=" in text:
        for password in re.findall(PASSWORD, text):
            yield from _encodings(password)


def _of_credentials(credentials: str) -> Iterator[str]:
    """`user:password`; as a whole too, because the password alone may be too short."""
    _, colon, password = credentials.partition(":")
    if colon:
        yield from _encodings(password)
        yield from _quoted(credentials)


def _encodings(text: str) -> Iterator[str]:
    if len(text) < SHORTEST:
        return
    octets = text.encode("utf-8", "surrogatepass")
    yield from _quoted(text)
    if not re.fullmatch(PLAIN, text):
        yield from _in_url(octets)
    yield from _in_base64(octets)


def _quoted(text: str) -> Iterator[str]:
    if len(text) < SHORTEST:
        return
    yield text
    if not re.fullmatch(PLAIN, text):
        yield quote_json(text)[1:-1]
        yield quote_json_ascii(text)[1:-1]
        yield repr(text)[1:-1]


def _in_url(octets: bytes) -> Iterable[str]:
    """As `urllib.parse.quote` and `quote_plus` have it, which are slow to import."""
    for escape in ("%{:02X}", "%{:02x}"):
        pieces = [chr(o) if o in UNRESERVED else escape.format(o) for o in octets]
        yield "".join(pieces)
        slash, space = escape.format(0x2F), escape.format(0x20)
        yield "".join("/" if piece == slash else piece for piece in pieces)
        yield "".join("+" if piece == space else piece for piece in pieces)


def _in_base64(octets: bytes) -> Iterable[str]:
    """What base64 makes of a secret, wherever it begins in the text that is encoded.

    Three octets become four characters, so there are three ways to begin. Characters that also
    depend on what is before or behind are left out.
    """
    for before, skipped in ((0, 0), (1, 2), (2, 3)):
        whole = (before + len(octets)) * 8 // 6
        encoded = binascii.b2a_base64(bytes(before) + octets, newline=False)[skipped:whole]
        form = encoded.decode("ascii")
        yield form
        if "+" in form or "/" in form:
            yield form.replace("+", "-").replace("/", "_")


def _decoded(encoded: str) -> str:
    try:
        return binascii.a2b_base64(encoded).decode("utf-8", "replace")
    except ValueError:
        return ""


def _unquoted(text: str) -> str:
    octets = re.sub(
        rb"%([0-9a-fA-F]{2})",
        lambda escape: bytes((int(escape[1], 16),)),
        text.encode("utf-8", "surrogatepass"),
    )
    return octets.decode("utf-8", "replace")
