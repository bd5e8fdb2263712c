"""`make install` and `make login` in a rendered plugin: how they get to stage7-plugin."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from stage7_plugin.host.stand_in.server import StandIn
from tests.support.install_place import InstallPlace
from tests.support.template import TEMPLATE


@pytest.fixture
def plugin(place: InstallPlace) -> Path:
    plugin = place.one_plugin()
    place.release(plugin, "1.0.0")
    return plugin


def put_on_path(place: InstallPlace) -> None:
    """A command stage7-plugin, as pip installs it."""
    program = place.bare.parent / "bin" / "stage7-plugin"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m stage7_plugin "$@"\n')
    program.chmod(0o755)
    place.path.append(str(program.parent))


def make(place: InstallPlace, plugin: Path, *arguments: str) -> tuple[int, str]:
    return place.call(plugin, "make", f"PYTHON={sys.executable}", *arguments)


def test_it_uses_what_is_installed(place: InstallPlace, host: StandIn, plugin: Path) -> None:
    put_on_path(place)
    status, output = make(place, plugin, "install", "OPTIONS=--no-execute")
    assert status == 0, output
    assert "text-echo 1.0.0: stored" in output
    status, output = make(place, plugin, "install")
    assert status == 0, output
    assert "text-echo 1.0.0: installed" in output
    place.set("STAGE7_CLIENT_SECRET", host.client_secret)
    place.set("XDG_STATE_HOME", str(place.bare.parent / "state"))
    status, output = make(place, plugin, "login", f"OPTIONS=--security-url {host.url}")
    assert status == 0, output


def test_it_says_how_to_get_it(place: InstallPlace, host: StandIn, plugin: Path) -> None:
    """A template without an address leaves nothing to install from."""
    status, output = make(place, plugin, "install")
    assert status == 2
    assert "stage7-plugin is not available" in output
    assert "set CONTRACT_SUITE" in output
    assert "stage7-plugin[docker,generated,dev] @ git+https://github.com/org/template" in output
    assert host.requests == []


@pytest.mark.network
def test_it_installs_the_tool(place: InstallPlace, host: StandIn, plugin: Path) -> None:
    place.set("CONTRACT_SUITE", str(TEMPLATE))
    del place.environment["PYTHONPATH"]
    status, output = make(place, plugin, "install", "OPTIONS=--no-execute")
    assert status == 0, output
    assert "text-echo 1.0.0: stored" in output
