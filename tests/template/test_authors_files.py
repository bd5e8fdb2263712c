"""Which files of a plugin are its author's: cruft is told, and so are people."""

from __future__ import annotations

from tests.support.plugin_life import AUTHORS
from tests.support.template import TEMPLATE, source


def test_the_authors_files_are_these() -> None:
    assert AUTHORS == [
        "plugin_logic.py",
        "manifest.json",
        "README.md",
        "CHANGELOG.md",
        "LICENSE",
        "requirements.in",
        "system-packages.txt",
        "requirements.txt",
        "examples/request.json",
        "requirements-dev.in",
        "tests/settings.toml",
        "tests/test_logic.py",
    ]


def test_readme_and_guide_name_what_is_the_authors() -> None:
    guide = TEMPLATE / "docs" / "guides" / "updates.md"
    for page in (source("README.md"), guide):
        text = page.read_text("utf-8")
        assert [name for name in AUTHORS if f"`{name}`" not in text] == [], page
