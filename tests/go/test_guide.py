"""docs/guides/go.md: its code and commands, in its order; the image is tested elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import go, language_guide


@pytest.mark.slow
def test_the_guide_works_as_written(tmp_path: Path) -> None:
    files = ("plugin_logic.go", "plugin_logic_test.go")
    language_guide.run("go", tmp_path, files, go.environment())
