"""Whose a plugin is: the keys `owner` and `labels` of a batch file, and what becomes of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from stage7_plugin.spec.problems import Problem

_MOST_LABELS = 50
_OWNER_EXAMPLE = "@acme/payments"
_LABELS_EXAMPLE = "labels: {tier: gold, cost-center: cc-42}"
_LOGIN = r"@[A-Za-z0-9][A-Za-z0-9_.-]*(?:/[A-Za-z0-9][A-Za-z0-9_.-]*)*"
_ADDRESS = r"[A-Za-z0-9][A-Za-z0-9_.+-]*@[A-Za-z0-9][A-Za-z0-9.-]*\.[A-Za-z]{2,}"
_OWNER = re.compile(f"{_LOGIN}|{_ADDRESS}")
# As Kubernetes and Backstage want labels.
_WORD = r"[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?"
_LABEL_KEY = re.compile(rf"(?:[a-z0-9](?:[a-z0-9.-]{{0,251}}[a-z0-9])?/)?{_WORD}")
_LABEL_VALUE = re.compile(f"(?:{_WORD})?")


@dataclass(frozen=True, slots=True)
class Ownership:
    """Who answers for a plugin.

    Attributes:
        owner: As in a CODEOWNERS file: @user, @org/team or an address; empty if nobody is named.
        labels: Free words about the plugin, by key.
    """

    owner: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def entity(self) -> str:
        """The owner as Backstage's catalog refers to it: group:payments, user:ada."""
        name = self.owner.removeprefix("@")
        if self.owner.startswith("@") and "/" in name:
            return f"group:{name.rpartition('/')[2]}"
        return f"user:{re.sub(r'[^A-Za-z0-9_.-]', '-', name.partition('@')[0])}"


def read_owner(value: Any) -> list[Problem]:
    """Why a value cannot be an owner."""
    if isinstance(value, str) and len(value) <= 200 and _OWNER.fullmatch(value):
        return []
    rule = "must be @user, @org/team or an email address, as in a CODEOWNERS file"
    return [Problem("owner", value, rule, f"owner: '{_OWNER_EXAMPLE}'")]


def read_labels(value: Any) -> tuple[dict[str, str], list[Problem]]:
    """The labels in a mapping, or in a text such as `tier=gold, cost-center=cc-42`."""
    if isinstance(value, str):
        parts = [part.partition("=") for part in value.split(",") if part.strip()]
        if any(not mark for _, mark, _ in parts):
            rule = "must be pairs such as tier=gold, separated by commas"
            return {}, [Problem("labels", value, rule, "tier=gold, cost-center=cc-42")]
        value = {key.strip(): text.strip() for key, _, text in parts}
    if not isinstance(value, dict) or len(value) > _MOST_LABELS:
        rule = f"must be a mapping of at most {_MOST_LABELS} keys to text values"
        return {}, [Problem("labels", value, rule, _LABELS_EXAMPLE)]
    labels, problems = {}, []
    for key, text in value.items():
        text = str(text).lower() if isinstance(text, bool) else text
        text = str(text) if isinstance(text, (int, float)) else text
        if not _LABEL_KEY.fullmatch(key):
            rule = "a label's key must be letters, digits, - _ and ., at most 63, with a / at most"
        elif not isinstance(text, str) or not _LABEL_VALUE.fullmatch(text):
            rule = f"label {key}: a value must be letters, digits, - _ and ., at most 63"
        else:
            labels[key] = text
            continue
        problems.append(Problem("labels", {key: text}, rule, _LABELS_EXAMPLE))
    return labels, problems
