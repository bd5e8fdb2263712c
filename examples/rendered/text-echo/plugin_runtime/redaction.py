"""Secrets: which values they are, and how they are kept out of everything that leaves."""

import json
import re
import threading
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from plugin_runtime.inputs import converted, unwrap

if TYPE_CHECKING:
    from plugin_runtime.logs import Execution

REPLACEMENT = "[redacted]"
SHORTEST = 8  # below that an ordinary word such as `true` or a port would be mangled
UNRESERVED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"  # RFC 3986
SECRET_NAME = re.compile("token|secret|passw|credential|key", re.IGNORECASE)
REMEMBERED_EXECUTIONS = 64


class Secrets:
    """A set of secret texts, in every form in which they can show up."""

    def __init__(self, values: Iterable[Any] = ()) -> None:
        self._set({form for value in values for form in _forms(value)})

    def _set(self, forms: set[str]) -> None:
        # The longest first, so that a secret that contains another one goes as a whole.
        self.forms = tuple(sorted(forms, key=len, reverse=True))
        self._all = forms

    def __or__(self, other: "Secrets") -> "Secrets":
        if other._all <= self._all:
            return self
        union = Secrets()
        union._set(self._all | other._all)
        return union

    def occur_in(self, text: str) -> bool:
        """Whether any of them occurs in a text; quick, so that most texts need no more."""
        return any(form in text for form in self.forms)

    def redact(self, value: Any) -> tuple[Any, int]:
        """A copy of a JSON value without secrets, and how many places were replaced."""
        if isinstance(value, str):
            count = 0
            for form in self.forms:
                if form in value:
                    count += value.count(form)
                    value = value.replace(form, REPLACEMENT)
            return value, count
        if isinstance(value, bool) or value is None:
            return value, 0
        if isinstance(value, int | float):
            return (REPLACEMENT, 1) if self.occur_in(str(value)) else (value, 0)
        if isinstance(value, dict):
            pairs = [(*self.redact(key), *self.redact(item)) for key, item in value.items()]
            redacted = {key: item for key, _, item, _ in pairs}
            return redacted, sum(in_key + in_item for _, in_key, _, in_item in pairs)
        if isinstance(value, list | tuple):
            items = [self.redact(item) for item in value]
            return [item for item, _ in items], sum(count for _, count in items)
        return self.redact(str(value))


def _forms(value: Any) -> Iterable[str]:
    """A secret as plain text, in JSON, in a Python repr and in a URL."""
    for text in _texts(value):
        # Also each line of it, because printed text is logged line by line.
        for part in {text.strip(), *(line.strip() for line in text.splitlines())}:
            scheme, _, token = part.partition(" ")
            plain = token.strip() if scheme.lower() == "bearer" else part
            if len(plain) >= SHORTEST:
                octets = plain.encode("utf-8", "surrogatepass")
                yield plain
                yield json.dumps(plain)[1:-1]
                yield json.dumps(plain, ensure_ascii=False)[1:-1]
                yield repr(plain)[1:-1]
                yield _in_url(octets, UNRESERVED + "/")
                yield _in_url(octets, UNRESERVED)


def _in_url(octets: bytes, plain: str) -> str:
    """As `urllib.parse.quote` has it, which is slow to import."""
    return "".join(chr(o) if chr(o) in plain else f"%{o:02X}" for o in octets)


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, bool) or value is None:
        return
    elif isinstance(value, int | float):
        yield str(value)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def _as_sent_and_given(value: Any, kind: str) -> tuple[Any, Any]:
    """A secret input as it came, and as `execute_plugin` gets it."""
    plain, _ = unwrap(value, kind)
    return plain, converted(plain, kind)


def of_environment(manifest: dict[str, Any], environ: Mapping[str, str]) -> Secrets:
    """Variables whose name says that they are secret, or that `configuration` calls secret."""
    marked = {
        item.get("key")
        for item in manifest.get("configuration", ())
        if item.get("type") == "secret"
    }
    return Secrets(
        value
        for name, value in environ.items()
        if name in marked or SECRET_NAME.search(name) is not None
    )


class RequestSecrets:
    """Finds the secrets of a request, and remembers those of the latest ones.

    `known` is the environment's and the remembered ones: code of the author's may have kept a
    secret from an earlier execution, or log outside of any.
    """

    def __init__(self, manifest: dict[str, Any], environ: Mapping[str, str]) -> None:
        self._always = of_environment(manifest, environ)
        self.known = self._always
        self._kinds = {
            name: definition["type"]
            for definition in manifest["inputDefinitions"]
            if definition.get("secret") is True
            for name in (definition["name"], *definition.get("aliases", ()))
        }
        self._recent: dict[tuple[str, ...], Secrets] = {}
        self._lock = threading.Lock()

    def of_inputs(self, given: dict[str, Any]) -> Secrets:
        """The secrets of one execution: `__*` inputs and inputs marked `"secret": true`."""
        own = Secrets(
            form
            for name, value in given.items()
            if name.startswith("__") or name in self._kinds
            for form in _as_sent_and_given(value, self._kinds.get(name, "any"))
        )
        with self._lock:
            is_new = self._recent.pop(own.forms, None) is None
            self._recent[own.forms] = own  # at the end, as the latest
            if len(self._recent) > REMEMBERED_EXECUTIONS:
                del self._recent[next(iter(self._recent))]
            if is_new:
                self.known = self._always
                for secrets in self._recent.values():
                    self.known = self.known | secrets
            return self.known

    def now(self, execution: "Execution | None") -> Secrets:
        """What must not leave at this moment: what is known, and the execution's own."""
        known = self.known
        return known if execution is None else known | execution.secrets
