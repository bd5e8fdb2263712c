"""Tests that need a Docker engine are skipped without one, except where they must not be."""

from __future__ import annotations

import os
import sys
from functools import cache

import pytest

from stage7_plugin.host.engine import EngineError, connect

# What they start needs make, a POSIX shell, a terminal or signals. The rest is for every system.
NOT_ON_WINDOWS = [
    "batch/test_docs.py",
    "contract",
    "engine",
    "runtime",
    "test_contract_target.py",
    "test_github_ci.py",
    "test_gitlab_ci.py",
    "test_integrations_run.py",
    "test_locked_requirements.py",
    "test_make_plugin.py",
    "test_plugin_life.py",
    "test_prompt_session.py",
    "test_readme_automation.py",
    "test_release.py",
    "test_repository.py",
]
# They run rendered code, which is for Python 3.11 and newer.
NOT_ON_PYTHON_3_10 = [
    "runtime",
    "test_examples.py",
    "test_generated_plugins.py",
    "test_plugin_life.py",
    "test_release.py",
]
collect_ignore = [
    *(NOT_ON_WINDOWS if os.name == "nt" else []),
    *(NOT_ON_PYTHON_3_10 if sys.version_info < (3, 11) else []),
]


@cache
def missing_engine() -> str:
    """Why no engine can be used; empty if one can."""
    try:
        connect()
    except EngineError as error:
        return f"{error.sentence}. {error.command}".strip()
    return ""


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Set REQUIRE_ENGINE=1 where a missing engine is a failure, as CI does."""
    if item.get_closest_marker("engine") and (reason := missing_engine()):
        if os.environ.get("REQUIRE_ENGINE"):
            pytest.fail(f"REQUIRE_ENGINE is set, but {reason}", pytrace=False)
        pytest.skip(f"needs a Docker engine: {reason}")
