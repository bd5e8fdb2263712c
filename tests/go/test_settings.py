"""The settings of a Go plugin under `make test`: those of `.env`, and those that are missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.go.test_rendered_plugin import make
from tests.support.template import declare_setting, render

LOGIC_TEST = """package main

import (
	"os"
	"testing"
)

func TestTheSettingIsThere(t *testing.T) {
	if os.Getenv("API_TOKEN") != "of-the-file" {
		t.Skip("no setting")
	}
}
"""


@pytest.mark.slow
def test_the_settings_of_make_test(tmp_path: Path) -> None:
    plugin = render(tmp_path, language="go")
    declare_setting(plugin, "API_TOKEN")
    declare_setting(plugin, "RETRIES", value=3)  # the manifest has a value
    (plugin / "plugin_logic_test.go").write_text(LOGIC_TEST, "utf-8")
    done = make(plugin, "test", "OPTIONS=-v")
    assert done.returncode == 0, done.stdout
    assert (
        "manifest.json requires API_TOKEN in the environment or in .env; the tests" in done.stdout
    )
    assert "--- SKIP: TestServer" in done.stdout
    (plugin / ".env").write_text("API_TOKEN=of-the-file\n", "utf-8")
    done = make(plugin, "test", "OPTIONS=-v")
    assert done.returncode == 0, done.stdout
    assert "manifest.json requires" not in done.stdout
    for passed in ("TestServer", "TestTheHostCanUseIt", "TestTheSettingIsThere"):
        assert f"--- PASS: {passed}" in done.stdout, done.stdout
