"""Which tests run where, and what all of them start from: a home of their own, SIGINT as usual."""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

import pytest
from hypothesis import settings

from stage7_plugin.host.engine import EngineError, connect

pytest_plugins = ["tests.support.servers"]
# No test may depend on how busy the machine is.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

HERE = Path(__file__).parent
OWN_HOME = "STAGE7_TESTS_HOME"

# They start many processes, containers or linters. `make quick` leaves them out.
SLOW = [
    "batch",
    "contract",
    "dev",
    "engine",
    "generate/test_asked_again.py",
    "generate/test_guided_session.py",
    "generate/test_hostile_answers.py",
    "generate/test_prompt_session.py",
    "generate/test_sync.py",
    "go/test_logs.py",
    "go/test_parts.py",
    "go/test_server.py",
    "go/test_start.py",
    "install",
    "integrations/test_check_action.py",
    "integrations/test_integrations_run.py",
    "rendering/test_given.py",
    "rendering/test_provenance.py",
    "repository/test_benchmarks.py",
    "repository/test_make_plugin.py",
    "repository/test_planted_modules.py",
    "repository/test_readme_automation.py",
    "runtime",
    "template/test_author_settings.py",
    "template/test_contract_target.py",
    "template/test_cookiecutter_versions.py",
    "template/test_cruft.py",
    "template/test_example_cases.py",
    "template/test_examples.py",
    "template/test_generated_plugins.py",
    "template/test_github_ci.py",
    "template/test_github_scripts.py",
    "template/test_gitlab_ci.py",
    "template/test_life_without_python.py",
    "template/test_lock_script.py",
    "template/test_locked_requirements.py",
    "template/test_make_checks.py",
    "template/test_make_targets.py",
    "template/test_plugin_life.py",
    "template/test_plugin_logic.py",
    "template/test_release.py",
    "template/test_release_steps.py",
    "template/test_template_tools.py",
    "wrap/test_container.py",
    "wrap/test_functions.py",
    "wrap/test_host_plugin.py",
    "wrap/test_lint.py",
    "wrap/test_verify.py",
    "wrap/test_wrapped_image.py",
    "wrap/test_wrapped_update.py",
]
# Tests of half a minute and more are in them. They come first, the longest before the others, so
# that no worker waits for one of them in the end.
LONGEST = [
    "engine/test_every_language.py",
    "contract/test_containers.py",
    "engine/test_author_examples.py",
    "engine/test_install_life.py",
    "contract/test_words_in_node.py",
    "engine/test_life_in_the_host.py",
    "go/test_parts.py",
    "template/test_contract_target.py",
    "repository/test_language_benchmarks.py",
    "engine/test_reproducible_image.py",
    "engine/test_image_hook.py",
    "engine/test_tutorial.py",
    "engine/test_generated_image.py",
    "repository/test_benchmarks.py",
]
# What they start needs make, a POSIX shell, a terminal or signals. The rest is for every system.
NOT_ON_WINDOWS = [
    "batch/test_docs.py",
    "contract",
    "dev",
    "engine",
    "generate/test_asked_again.py",
    "generate/test_prompt_session.py",
    "go",
    "integrations/test_check_action.py",
    "integrations/test_integrations_run.py",
    "repository/test_make_plugin.py",
    "repository/test_readme.py",
    "repository/test_readme_automation.py",
    "repository/test_repository.py",
    "runtime",
    "template/test_contract_target.py",
    "template/test_example_cases.py",
    "template/test_github_ci.py",
    "template/test_github_scripts.py",
    "template/test_gitlab_ci.py",
    "template/test_life_without_python.py",
    "template/test_locked_requirements.py",
    "template/test_plugin_life.py",
    "template/test_release.py",
    "template/test_release_steps.py",
    "template/test_template_tools.py",
    "typescript",
    "wrap/test_wrapped_update.py",
]
# They run rendered code, which is for Python 3.11 and newer.
NOT_ON_PYTHON_3_10 = [
    "dev",
    "runtime",
    "template/test_example_cases.py",
    "template/test_examples.py",
    "template/test_generated_plugins.py",
    "template/test_plugin_life.py",
    "template/test_release.py",
    "template/test_release_steps.py",
    "wrap/test_functions.py",
]
collect_ignore = [
    *(NOT_ON_WINDOWS if os.name == "nt" else []),
    *(NOT_ON_PYTHON_3_10 if sys.version_info < (3, 11) else []),
]


def use_own_home() -> None:
    """Let whatever the tests start write into a home of its own, which is removed at the end."""
    if OWN_HOME in os.environ:  # a worker's: its parent has made it
        return
    # Which engine and which package index to talk to is the user's decision.
    os.environ.setdefault("DOCKER_CONFIG", str(Path.home() / ".docker"))
    # Compiling Go's standard library takes half a minute.
    os.environ.setdefault("GOCACHE", str(Path.home() / ".cache" / "go-build"))
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    os.environ.setdefault("PIP_CACHE_DIR", str(caches / "pip"))  # many tests make an environment
    pip_settings = Path.home() / ".config" / "pip" / "pip.conf"
    if pip_settings.is_file():
        os.environ.setdefault("PIP_CONFIG_FILE", str(pip_settings))
    home = tempfile.mkdtemp(prefix="stage7-tests-home-")
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    os.environ.update({OWN_HOME: home, "HOME": home, "USERPROFILE": home})


use_own_home()
# A shell starts what runs in the background with SIGINT ignored, and children would inherit that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_configure(config: pytest.Config) -> None:
    """Let the pytest of a rendered plugin load only what the plugin names; ours take a second.

    Not yet where workers are started, which need them.
    """
    if hasattr(config, "workerinput") or not config.getoption("numprocesses", None):
        os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what `make quick` leaves out, begin with what takes longest, and look for Buildx."""
    needs_buildx = [item for item in items if item.get_closest_marker("buildx")]
    if needs_buildx and not has_buildx():
        config.hook.pytest_deselected(items=needs_buildx)
        items[:] = [item for item in items if item not in needs_buildx]
    slow = {HERE / name for name in SLOW}
    files = {item.path for item in items}  # far fewer than tests, and each worker does this
    slow_files = {path for path in files if not slow.isdisjoint((path, *path.parents))}
    for item in items:
        if item.path in slow_files:
            item.add_marker(pytest.mark.slow)
    longest = {HERE / name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: longest.get(item.path, len(longest)))


def has_buildx() -> bool:
    """Whether the docker command has its plugin Buildx."""
    try:
        return subprocess.run(["docker", "buildx", "version"], capture_output=True).returncode == 0
    except FileNotFoundError:
        return False


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
