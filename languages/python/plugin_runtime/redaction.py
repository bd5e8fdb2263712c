"""Secrets: which values they are, and how they are kept out of everything that leaves."""

import threading
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import chain, islice
from typing import Any

from plugin_runtime.inputs import converted, unwrap
from plugin_runtime.secret_forms import (
    SHORTEST,
    forms_of,
    is_number,
    parts_of_header,
    passwords_in,
    quote_json,
    scalars_in,
)

REPLACEMENT = "[redacted]"
# Bounds of one set of secrets, so that a request cannot make its own redaction, or memory, dear.
MOST_VALUES = 1024
LONGEST_VALUE = 32 * 1024  # characters
MOST_FORMS = 256
MOST_CHARACTERS = 256 * 1024
REMEMBERED_CHARACTERS = 1024 * 1024
REMEMBERED_EXECUTIONS = 64
DEEPEST_CONTEXT = 3

# In the name of a header field or an environment variable.
SECRET_WORDS = ("token", "secret", "passw", "passphrase", "credential", "authorization", "webhook")
SECRET_VARIABLES = (*SECRET_WORDS, "key", "jwt", "_dsn_")
SECRET_HEADERS = (*SECRET_WORDS, "api-key", "apikey", "cookie")
# Only ends of names, because inputs are named for people: `keywords`, `max_tokens` are not secrets.
SECRET_INPUTS = (
    *("token", "secret", "password", "passwd", "passphrase", "credential", "credentials"),
    *("authorization", "webhook", "webhook_url", "webhookurl", "jwt", "_dsn", "cookie"),
    *("api_key", "apikey", "access_key", "accesskey", "private_key", "privatekey"),
    *("secret_key", "secretkey", "auth_key", "authkey", "signing_key", "encryption_key"),
)


def is_secret_variable(name: str) -> bool:
    """Whether the name of an environment variable says that it is secret."""
    bounded = f"_{name.lower()}_"
    return any(word in bounded for word in SECRET_VARIABLES)


def is_secret_input(name: str) -> bool:
    """Whether the name of an undeclared input, or of a key in the context, says so."""
    return name[:2] == "__" or f"_{name.lower().replace('-', '_')}".endswith(SECRET_INPUTS)


@lru_cache(maxsize=16)  # a client sends the same ones with each request
def _any_is_secret(headers: str) -> bool:
    return any(word in headers for word in SECRET_HEADERS)


class Secrets:
    """A set of secret texts, in every form in which they can show up.

    Args:
        values: JSON values, all of whose texts and numbers are secret.
        forms: Further texts to replace, as they are.

    Attributes:
        is_complete: False if there were more than the bounds allow; the rest is not redacted.
    """

    def __init__(self, values: Iterable[Any] = (), forms: Iterable[str] = ()) -> None:
        scalars = list(islice(scalars_in(list(values)), MOST_VALUES + 1))
        self.is_complete = len(scalars) <= MOST_VALUES
        self.numbers = frozenset(
            value for value in scalars if is_number(value) and len(str(value)) >= SHORTEST
        )
        found: set[str] = set()
        characters = 0
        for form in chain(forms, self._forms(map(str, scalars))):
            if form not in found:
                characters += len(form)
                if len(found) == MOST_FORMS or characters > MOST_CHARACTERS:
                    self.is_complete = False
                    break
                found.add(form)
        self._set(found)

    def _forms(self, texts: Iterable[str]) -> Iterable[str]:
        for text in texts:
            if len(text) > LONGEST_VALUE:
                self.is_complete = False
            else:
                yield from forms_of(text)

    def _set(self, forms: set[str] | frozenset[str]) -> None:
        # The longest first, so that a secret that contains another one goes as a whole.
        self.forms = tuple(sorted(forms, key=len, reverse=True))
        self.characters = sum(map(len, self.forms))
        self._in_json = tuple((quote_json(form)[1:-1], form) for form in self.forms)

    def __or__(self, other: "Secrets") -> "Secrets":
        if not other.forms:
            return self
        if not self.forms:
            return other
        union = Secrets()
        union.numbers = self.numbers | other.numbers
        union._set({*self.forms, *other.forms})
        return union

    def found_in(self, text: str) -> tuple[str, ...]:
        """Return the forms that occur in the strings of a JSON text; quick, for most have none."""
        return tuple(form for quoted, form in self._in_json if quoted in text)

    def begun_in(self, text: str) -> int:
        """Return how many characters at the end of a text may be the start of a secret."""
        most = 0
        for form in self.forms:
            tail = text[max(0, len(text) - len(form) + 1) :]
            at = tail.find(form[0])
            while at >= 0 and len(tail) - at > most:
                if form.startswith(tail[at:]):
                    most = len(tail) - at
                at = tail.find(form[0], at + 1)
        return most

    def redact(self, value: Any, forms: tuple[str, ...] | None = None) -> tuple[Any, int]:
        """Return a copy of a JSON value without secrets, and how many places were replaced.

        Keys are names and stay. A number is replaced if it is the whole of a secret number.

        Args:
            value: what to redact.
            forms: what `found_in` returned for the value as JSON; all forms by default.
        """
        forms = self.forms if forms is None else forms
        if isinstance(value, str):
            count = 0
            for form in forms:
                if form in value:
                    count += value.count(form)
                    value = value.replace(form, REPLACEMENT)
            return value, count
        if isinstance(value, bool) or value is None:
            return value, 0
        if is_number(value):
            return (REPLACEMENT, 1) if value in self.numbers else (value, 0)
        if isinstance(value, dict):
            pairs = {key: self.redact(item, forms) for key, item in value.items()}
            redacted = {key: item for key, (item, _) in pairs.items()}
            return redacted, sum(count for _, count in pairs.values())
        if isinstance(value, list | tuple):
            items = [self.redact(item, forms) for item in value]
            return [item for item, _ in items], sum(count for _, count in items)
        return self.redact(str(value), forms)


NO_SECRETS = Secrets()


def of_environment(
    manifest: dict[str, Any], environ: Mapping[str, str], names: Iterable[str] = ()
) -> Secrets:
    """Return the secrets of the environment.

    Args:
        manifest: the plugin's manifest.
        environ: the environment.
        names: the variables that are secret. Without names: those that `configuration` calls
            secret, those whose name says so, and every password inside a URL.
    """
    if names := set(names):
        return Secrets(value for name, value in environ.items() if name in names)
    marked = {
        item.get("key")
        for item in manifest.get("configuration", ())
        if item.get("type") == "secret"
    }
    others = {name: value for name, value in environ.items() if name != "PLUGIN_SECRET_ENV"}
    return Secrets(
        (value for name, value in others.items() if name in marked or is_secret_variable(name)),
        (form for value in others.values() for form in passwords_in(value)),
    )


class RequestSecrets:
    """Finds the secrets of a request; `environment` has those of the environment."""

    def __init__(self, manifest: dict[str, Any], environment: Secrets) -> None:
        self.environment = environment
        self._kinds = {
            name: definition["type"]
            for definition in manifest["inputDefinitions"]
            if definition.get("secret") is True
            for name in (definition["name"], *definition.get("aliases", ()))
        }
        self._declared = {
            name
            for definition in manifest["inputDefinitions"]
            for name in (definition["name"], *definition.get("aliases", ()))
        }
        self._recent: dict[Any, Secrets] = {}
        self._lock = threading.Lock()

    def of_headers(self, headers: Mapping[str, str]) -> Secrets:
        """Return the environment's secrets and those in header fields such as Authorization."""
        if not _any_is_secret(" ".join(headers)):
            return self.environment
        own = Secrets(
            part
            for name, value in headers.items()
            if any(word in name for word in SECRET_HEADERS)
            for part in parts_of_header(name, value)
        )
        return self.environment | own

    def of_inputs(self, given: dict[str, Any], context: dict[str, Any]) -> Secrets:
        """Return the secrets of one execution's inputs and context.

        They are inputs marked `"secret": true`, `__*` inputs, and what is named like a secret among
        the undeclared inputs and in the context; value and args of an envelope.
        """
        marked = [
            _as_sent_and_given(given[name], kind)
            for name, kind in self._kinds.items()
            if name in given
        ]
        named = [
            unwrap(value, "any")
            for name, value in given.items()
            if name[:2] == "__" or (name not in self._declared and is_secret_input(name))
        ]
        values = [*chain.from_iterable(marked), *chain.from_iterable(named), *_named_in(context)]
        if not values:
            return NO_SECRETS
        scalars = tuple(islice(scalars_in(values), MOST_VALUES + 1))
        return self._remembered(scalars) if scalars else NO_SECRETS

    def _remembered(self, scalars: tuple[str | int | float, ...]) -> Secrets:
        """Return the secrets, from the latest ones if they are the same, and remember them."""
        key = (scalars, tuple(map(type, scalars)))
        with self._lock:
            own = self._recent.pop(key, None)
            if own is not None:
                self._recent[key] = own  # at the end, as the latest
                return own
        own = Secrets(scalars)
        # What is over the bounds would take memory without bounds.
        if own.is_complete:
            with self._lock:
                self._recent[key] = own
                while (
                    len(self._recent) > REMEMBERED_EXECUTIONS
                    or sum(secrets.characters for secrets in self._recent.values())
                    > REMEMBERED_CHARACTERS
                ):
                    del self._recent[next(iter(self._recent))]
        return own

    def outside_executions(self) -> list[Secrets]:
        """Return what must not be in a log line that no execution writes.

        The author's threads may have kept the secrets of the execution that started it.
        """
        with self._lock:
            return [self.environment, *self._recent.values()]


def _as_sent_and_given(value: Any, kind: str) -> tuple[Any, ...]:
    """Return a secret input as it came, its args, and as `execute_plugin` gets it."""
    plain, args = unwrap(value, kind)
    return plain, args, converted(plain, kind)


def _named_in(context: dict[str, Any], level: int = 1) -> Iterable[Any]:
    """Values in the context of a request whose key says that they are secret."""
    for name, value in context.items():
        if is_secret_input(name):
            yield value
        elif isinstance(value, dict) and level < DEEPEST_CONTEXT:
            yield from _named_in(value, level + 1)
