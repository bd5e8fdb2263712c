"""Slugs, images and verbs that two plugins of a fleet would share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stage7_plugin.batch.entries import Entry
from stage7_plugin.spec.image_name import image
from stage7_plugin.spec.problems import Problem


class Names:
    """The names that are taken by the plugins seen so far."""

    def __init__(self) -> None:
        self._places: dict[tuple[str, str], str] = {}

    def clashes(self, entry: Entry, answers: Mapping[str, Any], file: str = "") -> list[Problem]:
        """Why a plugin cannot have its names; takes them otherwise.

        Args:
            entry: The plugin.
            answers: With its names.
            file: The batch file, if there are several.
        """
        place = f"line {entry.line}" + (f" of {file}" if file else "")
        slug = self._clash(place, "plugin_slug", answers["plugin_slug"])
        verb = self._clash(place, "verb", answers["verb"])
        if slug is None:
            found = [("verb", verb, "the host calls a plugin by its verb", "_2")]
        else:
            reason = "it names the folder and the service"
            if all(isinstance(value, str) for value in answers.values()):
                reason += f" and the image {image(answers)}"
            found = [("plugin_slug", slug, reason, "-2")]
            if "verb" in entry.fields:  # a derived one differs as soon as the slug does
                found.append(("verb", verb, "the host calls a plugin by its verb", "_2"))
        return [
            Problem(
                prompt,
                answers[prompt],
                f"must occur once: {reason}; the plugin of {taken} has it too",
                f"{prompt}: {answers[prompt]}{suffix}",
            )
            for prompt, taken, reason, suffix in found
            if taken is not None
        ]

    def _clash(self, place: str, prompt: str, value: Any) -> str | None:
        """Where the plugin is that has the value already, if any."""
        if not isinstance(value, str) or not value:
            return None
        if (prompt, value) in self._places:
            return self._places[prompt, value]
        self._places[prompt, value] = place
        return None
