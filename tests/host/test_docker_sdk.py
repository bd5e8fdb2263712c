"""The command that adds the Docker SDK fits how the program was started."""

from __future__ import annotations

import sys

import pytest

from stage7_plugin.host.docker_sdk import install_command


@pytest.mark.parametrize(
    ("prefix", "command"),
    [
        ("/home/ada/.cache/uv/archive-v0/hJ8-x", "uvx --with docker cookiecutter ..."),
        ("/home/ada/.cache/uv/environments-v2/ab", "uvx --with docker cookiecutter ..."),
        ("/home/ada/.cache/uv/builds-v0/.tmpX", "uvx --with docker cookiecutter ..."),
        ("/x/uv/tools/stage7-plugin", "uv tool install --with docker stage7-plugin"),
        ("/x/pipx/venvs/cookiecutter", "pipx inject cookiecutter docker"),
        ("/x/.venv", f"{sys.executable} -m pip install docker"),
    ],
)
def test_it_fits_the_environment(prefix: str, command: str) -> None:
    assert install_command(prefix, "cookiecutter", has_pip=True) == command


def test_without_pip_uv_installs() -> None:
    expected = f"uv pip install --python {sys.executable} docker"
    assert install_command("/x/.venv", has_pip=False) == expected


def test_the_program_is_the_one_that_was_run(monkeypatch: pytest.MonkeyPatch) -> None:
    uvx = "/home/ada/.cache/uv/archive-v0/hJ8-x"
    monkeypatch.setattr("sys.argv", ["/x/bin/stage7-plugin", "check"])
    assert install_command(uvx) == "uvx --with docker --from ... stage7-plugin ..."
    monkeypatch.setattr("sys.argv", ["/tmp/hook.py"])
    assert install_command(uvx) == "uvx --with docker cookiecutter ..."
