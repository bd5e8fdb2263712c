"""Build the pages of this folder as a site: `make docs`.

The pages are plain Markdown that also reads well on a forge. What only a site needs is added here:
the navigation, and the address of files outside this folder.
"""

from __future__ import annotations

import os
import re
from pathlib import Path, PurePosixPath
from urllib.parse import quote, unquote

from pygments.lexers.special import TextLexer
from sphinx.application import Sphinx
from sphinx.util import logging

HERE = Path(__file__).resolve().parent
REPOSITORY = os.environ.get("DOCS_REPOSITORY", "https://github.com/org/template")
LINK = re.compile(r"(?<!!)\[(?P<text>[^]]*)\]\((?P<path>(?:\.\./)+[^)#\s]+)(?P<anchor>#[^)\s]*)?\)")

project = "stage7-plugin"
copyright = "the contributors to stage7-plugin"
extensions = ["myst_parser"]
myst_heading_anchors = 3
nitpicky = True
html_theme = "furo"
html_title = "stage7-plugin"
html_show_sphinx = False

logger = logging.getLogger(__name__)


def link_repository(page: str, text: str) -> str:
    """Give links to files outside this folder the repository's address.

    Args:
        page: Name of the page that holds the links, such as `guides/batch`.
        text: Its Markdown.
    """

    def address(link: re.Match[str]) -> str:
        target = (HERE / PurePosixPath(page).parent / unquote(link["path"])).resolve()
        if target.is_relative_to(HERE):
            return link[0]
        if not target.exists():
            logger.warning("%s links to %s, which does not exist", page, link["path"])
        kind = "tree" if target.is_dir() else "blob"
        prefix = "../" * len(PurePosixPath(page).parts)
        path = quote(unquote(link["path"].removeprefix(prefix)))
        return f"[{link['text']}]({REPOSITORY}/{kind}/main/{path}{link['anchor'] or ''})"

    return LINK.sub(address, text)


def navigation(page: str, text: str) -> str:
    """Return the table of contents of an index page.

    It has the pages that the text links to, in that order, then the others of the folder.
    """
    path = PurePosixPath(page)
    if path.name != "index":
        return ""
    linked = re.findall(r"\]\(([\w/-]+)\.md\)", text)
    others = sorted(other.stem for other in (HERE / path).parent.glob("*.md"))
    entries = [entry for entry in dict.fromkeys([*linked, *others]) if entry != "index"]
    return "\n".join(["\n```{toctree}", ":hidden:", "", *entries, "```\n"])


def prepare(_app: Sphinx, page: str, source: list[str]) -> None:
    """Add to a page what only the site needs."""
    source[0] = link_repository(page, source[0]) + navigation(page, source[0])


def setup(app: Sphinx) -> None:
    """Register with Sphinx."""
    app.connect("source-read", prepare)
    app.add_lexer("csv", TextLexer)  # forges colour it; Pygments does not know it
