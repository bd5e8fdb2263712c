"""The exceptions that the compiled validator raises, under the names that it uses."""

from __future__ import annotations

from typing import Any


class JsonSchemaValueException(ValueError):
    """One value breaks one rule of the schema.

    Attributes:
        name: Path of the value, such as data.api.method.
        rule: Keyword of the schema that it breaks, such as enum.
        definition: The part of the schema that holds the keyword.
    """

    def __init__(
        self, message: str, value: Any, name: str, definition: Any, rule: str | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.value = value
        self.name = name
        self.definition = definition
        self.rule = rule


class JsonSchemaValuesException(ValueError):
    """Every problem that was found."""

    def __init__(self, errors: list[JsonSchemaValueException]) -> None:
        super().__init__("; ".join(error.message for error in errors))
        self.errors = errors
