"""Secrets: which values they are, and how they are kept out of everything that leaves."""

import json
import re
from collections import deque
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

REPLACEMENT = "[redacted]"
SHORTEST = 8  # below that an ordinary word such as `true` or a port would be mangled
SECRET_NAME = re.compile("token|secret|passw|credential|key", re.IGNORECASE)
REMEMBERED_EXECUTIONS = 64


class Secrets:
    """A set of secret texts, in every form in which they can show up."""

    def __init__(self, values: Iterable[Any] = ()) -> None:
        self.forms: tuple[str, ...] = tuple(
            # The longest first, so that a secret that contains another one goes as a whole.
            sorted({form for value in values for form in _forms(value)}, key=len, reverse=True)
        )

    def __or__(self, other: "Secrets") -> "Secrets":
        if not other.forms:
            return self
        union = Secrets()
        union.forms = tuple(sorted({*self.forms, *other.forms}, key=len, reverse=True))
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
        if len(text) < SHORTEST:
            continue
        plain = text.removeprefix("Bearer ") if len(text) >= SHORTEST + 7 else text
        yield plain
        yield json.dumps(plain)[1:-1]
        yield json.dumps(plain, ensure_ascii=False)[1:-1]
        yield repr(plain)[1:-1]
        yield quote(plain.encode("utf-8", "surrogatepass"), safe="")


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, bool) or value is None:
        return
    elif isinstance(value, int | float):
        yield str(value)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


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
    """Finds the secrets of a request, and remembers them for log lines outside of any execution."""

    def __init__(self, manifest: dict[str, Any], environ: Mapping[str, str]) -> None:
        self.always = of_environment(manifest, environ)
        self._names = {
            name
            for definition in manifest["inputDefinitions"]
            if definition.get("secret") is True
            for name in (definition["name"], *definition.get("aliases", ()))
        }
        self._recent: deque[Secrets] = deque(maxlen=REMEMBERED_EXECUTIONS)

    def of_inputs(self, given: dict[str, Any]) -> Secrets:
        """The secrets of one execution: `__*` inputs and inputs marked `"secret": true`."""
        values = [
            value for name, value in given.items() if name.startswith("__") or name in self._names
        ]
        if not values:
            return self.always
        own = Secrets(values)
        if own.forms and not any(own.forms == recent.forms for recent in self._recent):
            self._recent.append(own)
        return self.always | own

    def recent(self) -> Secrets:
        """The environment's secrets and those of the latest executions."""
        found = self.always
        for secrets in tuple(self._recent):
            found = found | secrets
        return found
