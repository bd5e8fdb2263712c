"""The token: found, fetched, kept for its owner alone, and never shown."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from stage7_plugin.host.stand_in.server import StandIn
from tests.support.install_place import InstallPlace


@pytest.fixture
def plugin(place: InstallPlace) -> Path:
    plugin = place.one_plugin()
    place.release(plugin, "1.0.0")
    return plugin


def log_in(place: InstallPlace, host: StandIn, **environment: str) -> tuple[int, str]:
    for name, value in {
        "STAGE7_TOKEN": "",
        "XDG_STATE_HOME": str(place.bare.parent / "state"),
    }.items():
        place.set(name, value)
    for name, value in environment.items():
        place.set(name, value)
    return place.stage7("login", "--security-url", host.url)


def test_install_uses_what_login_got(place: InstallPlace, host: StandIn, plugin: Path) -> None:
    status, output = log_in(place, host, STAGE7_CLIENT_SECRET=host.client_secret)
    assert status == 0, output
    assert output.startswith(f"Logged in to {host.url} until ")
    assert host.token not in output
    assert host.client_secret not in output
    file = place.bare.parent / "state" / "stage7-plugin" / "tokens.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert place.install(".")[0] == 0

    known = json.loads(file.read_text("utf-8"))
    known[host.url]["expires"] = 1
    file.write_text(json.dumps(known))
    status, output = place.install(".")
    assert status == 2, output
    assert f"the token for {host.url} has expired" in output
    assert "Try: stage7-plugin login" in output


def test_a_token_goes_to_no_other_host(place: InstallPlace, host: StandIn, plugin: Path) -> None:
    assert log_in(place, host, STAGE7_CLIENT_SECRET=host.client_secret)[0] == 0
    with StandIn() as other:
        place.set("STAGE7_URL", other.url)
        status, output = place.install(".")
        assert (status, "is missing" in output) == (2, True), output
        assert other.requests == []


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({}, "there are no credentials. Set STAGE7_CLIENT_SECRET"),
        ({"STAGE7_EMAIL": "ada@example.com"}, "there are no credentials"),
        ({"STAGE7_CLIENT_SECRET": "wrong-secret"}, "gave no token: it answered 401"),
    ],
)
def test_a_login_that_fails(
    place: InstallPlace, host: StandIn, plugin: Path, environment: dict[str, str], said: str
) -> None:
    status, output = log_in(place, host, **environment)
    assert status == 2
    assert said in output
    assert "wrong-secret" not in output


@pytest.mark.parametrize("token", ["wrong-token", "two words", "a\nsecond-part", "with\x1bescape"])
def test_a_token_that_is_not_accepted_is_not_shown(
    place: InstallPlace, host: StandIn, plugin: Path, token: str
) -> None:
    place.set("STAGE7_TOKEN", token)
    status, output = place.install(".")
    assert status == 2, output
    assert "Try: stage7-plugin login" in output
    assert "Traceback" not in output
    assert token not in output
    assert token.split()[-1] not in output


def test_the_token_is_in_no_list_of_processes(place: InstallPlace, host: StandIn) -> None:
    """Not as an argument of ours, nor of a program that is started."""
    source = Path(__file__).parents[2] / "stage7_plugin" / "install"
    text = "".join(path.read_text("utf-8") for path in source.glob("*.py"))
    assert text.count("subprocess.run(") == 1, "only git is started, and gets no token"
    done = subprocess.run(
        [sys.executable, "-m", "stage7_plugin", "install", "--token", "x", "."],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert "No such option" in done.stderr


def test_what_the_host_repeats_is_redacted(place: InstallPlace, plugin: Path) -> None:
    """A plugin that gives the token back does not bring it into a log."""
    from tests.support.install_place import NoEngine

    engine = NoEngine()
    with StandIn(executor=engine) as host:
        place.use(host)
        engine.outputs = {"result": f"Bearer {host.token}"}
        status, output = place.install(".")
        assert status == 0, output
        assert "result: Bearer [token]" in output
        assert host.token not in output
