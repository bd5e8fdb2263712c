"""docs/guides/typescript.md: its code and commands, in its order; the image is tested elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import language_guide, typescript_plugin


@pytest.mark.network
@pytest.mark.slow
def test_the_guide_works_as_written(tmp_path: Path, packages: Path) -> None:
    files = ("plugin_logic.ts", "tests/logic.test.ts")
    settings = typescript_plugin.environment()
    language_guide.run(
        "typescript",
        tmp_path,
        files,
        settings,
        lambda plugin: typescript_plugin.link(plugin, packages),
    )
