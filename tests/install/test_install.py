"""Installing one plugin and a fleet in a host: what is posted, what is said."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from stage7_plugin.host.http_client import Address, call
from stage7_plugin.host.stand_in.server import StandIn
from stage7_plugin.install.posted import differences
from tests.support.install_place import ADDRESS, InstallPlace, NoEngine, edit_manifest
from tests.support.template import render

NAMES = ("alpha", "beta", "delta", "epsilon", "gamma")


def stored(host: StandIn, plugin_id: str) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {host.token}"}
    answer = call(Address.from_url(host.url), "GET", f"/plugins/{plugin_id}", headers=headers)
    plugin: dict[str, Any] = answer.document["plugin"]
    return plugin


def posts(host: StandIn) -> int:
    return host.requests.count(("POST", "/plugins"))


def test_a_plugin_is_stored_so_that_the_host_can_build_it(
    place: InstallPlace, host: StandIn, engine: NoEngine
) -> None:
    plugin = place.one_plugin(inputs="text:string; times:number=2")
    place.release(plugin, "1.0.0")
    status, output = place.install(".")
    assert status == 0, output
    assert output.startswith(f"text-echo 1.0.0: installed: v1.0.0 of {ADDRESS}\n  result: done")
    assert host.token not in output
    manifest = stored(host, "text-echo")
    assert manifest["packageSource"] == {
        "type": "git",
        "url": ADDRESS,
        "branch": "v1.0.0",
        "commitHash": place.git(plugin, "rev-parse", "HEAD"),
    }
    assert manifest["repository"]["type"] == "local"
    assert manifest["inputDefinitions"][1]["defaultValue"] == 2, "what the host reads"
    assert engine.executed == ["text-echo"]


def test_what_has_not_changed_is_left_alone(
    place: InstallPlace, host: StandIn, engine: NoEngine
) -> None:
    plugin = place.one_plugin()
    place.release(plugin, "1.0.0")
    assert place.install(".")[0] == 0
    status, output = place.install(".")
    assert (status, output) == (0, "text-echo 1.0.0: unchanged\n")
    assert (posts(host), len(engine.executed)) == (1, 1)
    place.note(plugin, "Work")
    place.release(plugin, "1.1.0")
    assert "text-echo 1.1.0: installed" in place.install(".")[1]
    assert (posts(host), len(engine.executed)) == (2, 2)


def test_a_plugin_that_failed_is_executed_again(
    place: InstallPlace, host: StandIn, engine: NoEngine
) -> None:
    """Stored is not installed, also the second time."""
    place.release(place.one_plugin(), "1.0.0")
    engine.outputs = {"other": 1}
    for _ in range(2):
        status, output = place.install(".")
        assert status == 1, output
        assert "text-echo 1.0.0: failed: it is stored, but its example gave no result" in output
        assert "installed" not in output
    engine.outputs = {"result": "done"}
    assert "text-echo 1.0.0: installed" in place.install(".")[1]
    assert posts(host) == 1


def test_without_an_execution_only_stored_is_reported(
    place: InstallPlace, host: StandIn, engine: NoEngine
) -> None:
    place.release(place.one_plugin(), "1.0.0")
    status, output = place.install("--no-execute", ".")
    assert (status, output) == (
        0, f"text-echo 1.0.0: stored: v1.0.0 of {ADDRESS}; not executed\n",
    )  # fmt: skip
    assert engine.executed == []
    assert place.install("--no-execute", ".")[1] == "text-echo 1.0.0: unchanged\n"
    assert "text-echo 1.0.0: installed" in place.install(".")[1]


def test_a_verb_that_is_taken(place: InstallPlace, host: StandIn) -> None:
    plugin = place.one_plugin(verb="TEXT_ANALYSIS")
    place.release(plugin, "1.0.0")
    status, output = place.install(".")
    assert status == 1, output
    assert "the host already has the verb TEXT_ANALYSIS, from plugin-TEXT_ANALYSIS" in output
    assert posts(host) == 0
    assert place.install("--force", ".")[0] == 0


def test_a_higher_version_is_not_replaced(place: InstallPlace, host: StandIn) -> None:
    plugin = place.one_plugin()
    place.release(plugin, "1.9.0")
    place.note(plugin, "Work")
    place.release(plugin, "1.10.0")
    assert place.install(".")[0] == 0
    place.git(plugin, "checkout", "--quiet", "v1.9.0")
    status, output = place.install(".")
    assert status == 1, output
    assert "the host has version 1.10.0, which is higher than 1.9.0" in output
    assert place.install("--force", ".")[0] == 0
    assert stored(host, "text-echo")["version"] == "1.9.0"


def test_a_version_that_mongo_has_already(place: InstallPlace, host: StandIn) -> None:
    """It keeps both documents and gives the older one."""
    plugin = place.one_plugin()
    place.release(plugin, "1.0.0")
    assert place.install("--repository", "mongo", ".")[0] == 0
    edit_manifest(plugin, description="Another text for the same version")
    place.commit(plugin, "Change")
    place.git(plugin, "tag", "--force", "--annotate", "v1.0.0", "--message", "Again")
    place.git(plugin, "push", "--quiet", "--force", "origin", "HEAD", "v1.0.0")
    status, output = place.install(".")
    assert status == 1, output
    assert "the host changed what was posted, in description" in output
    assert "Try: make release VERSION=1.0.1" in output


def test_another_repository_than_before(place: InstallPlace, host: StandIn) -> None:
    place.release(place.one_plugin(), "1.0.0")
    assert place.install("--no-execute", ".")[0] == 0
    status, output = place.install("--repository", "mongo", ".")
    assert status == 1, output
    assert "the host has it in local and stores it there again" in output


def make_fleet(place: InstallPlace) -> Path:
    """Five plugins in a folder of one repository, each released and pushed."""
    fleet = place.repository / "plugins"
    for name in NAMES:
        render(fleet, plugin_slug=name, plugin_name=name, verb=name.upper() * 2)
    place.start()
    for name in NAMES:
        place.release(fleet / name, "1.0.0")
    return fleet


def test_a_fleet_in_one_repository(place: InstallPlace, host: StandIn, engine: NoEngine) -> None:
    fleet = make_fleet(place)
    assert place.git(fleet, "tag").splitlines() == [f"{name}/v1.0.0" for name in NAMES]
    status, output = place.install(fleet)
    assert status == 0, output
    assert "[5/5] gamma 1.0.0: installed" in output
    assert output.rstrip().endswith("5 installed")
    assert stored(host, "beta")["packageSource"]["subPath"] == "plugins/beta"

    engine.executed.clear()
    place.note(fleet / "beta", "Work")
    place.release(fleet / "beta", "1.1.0")
    status, output = place.install(fleet)
    assert status == 0, output
    assert engine.executed == ["beta"]
    assert "beta     1.1.0    installed" in output
    assert "gamma    1.0.0    unchanged" in output
    assert output.rstrip().endswith("1 installed, 4 unchanged")


def test_one_of_a_fleet_is_refused(place: InstallPlace, host: StandIn) -> None:
    fleet = make_fleet(place)
    (fleet / "delta" / "forgotten").write_text("")
    status, output = place.install(fleet)
    assert status == 1
    assert "[3/5] delta 1.0.0: not installed: it has uncommitted changes." in output
    assert output.rstrip().endswith("4 installed, 1 refused")


def test_nothing_could_be_done(place: InstallPlace, host: StandIn) -> None:
    plugin = place.one_plugin()
    place.release(plugin, "1.0.0")
    empty = place.repository.parent / "empty"
    empty.mkdir()
    status, output = place.install(empty)
    assert (status, "there is no manifest.json in" in output) == (2, True)
    place.set("STAGE7_URL", "http://127.0.0.1:9")
    status, output = place.install(".")
    assert status == 2
    assert "GET http://127.0.0.1:9/plugins: the connection was refused" in output


def test_a_host_that_goes_away(
    place: InstallPlace, host: StandIn, engine: NoEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rest of a fleet is not tried, and nothing says that it is installed."""
    fleet = make_fleet(place)
    respond = host.respond

    def until_beta(request: Any, authorization: str | None) -> tuple[int, Any]:
        if request.path == "/plugins/beta":
            return 401, {"error": "Token has expired"}
        return respond(request, authorization)

    monkeypatch.setattr(host, "respond", until_beta)
    status, output = place.install(fleet)
    assert status == 1, output
    assert "Stopped, 4 not installed:" in output
    assert "it answered 401" in output
    assert output.rstrip().endswith("1 failed, 1 installed")


def test_a_plugin_that_is_not_of_the_template(
    place: InstallPlace, host: StandIn, engine: NoEngine
) -> None:
    """A manifest and a Dockerfile are enough, in any language."""
    servers = Path(__file__).parents[1] / "contract" / "servers"
    shutil.copytree(servers / "node", place.repository)
    manifest = json.loads((place.repository / "manifest.json").read_text("utf-8"))
    place.start()
    place.git(place.repository, "tag", "v1.0.0")
    place.git(place.repository, "push", "--quiet", "origin", "HEAD", "v1.0.0")
    engine.outputs = {one["name"]: "x" for one in manifest["outputDefinitions"]}
    status, output = place.install(".")
    assert status == 0, output


@pytest.mark.parametrize(
    ("remote", "cloned"),
    [
        ("git@github.com:team/plugins.git", "https://github.com/team/plugins.git"),
        ("ssh://git@git.example.com:2222/team/x.git", "https://git.example.com/team/x.git"),
        ("https://ada:secret@git.example.com/team/x.git", "https://git.example.com/team/x.git"),
    ],
)
def test_the_address_that_the_host_clones(
    place: InstallPlace, host: StandIn, remote: str, cloned: str
) -> None:
    """Without credentials, and over HTTPS: the host has no SSH client."""
    plugin = place.one_plugin()
    place.release(plugin, "1.0.0")
    place.git(plugin, "config", f"url.{place.bare}.insteadOf", remote)
    place.git(plugin, "remote", "set-url", "origin", remote)
    status, output = place.install("--no-execute", ".")
    assert status == 0, output
    assert stored(host, "text-echo")["packageSource"]["url"] == cloned


@pytest.mark.parametrize(
    ("stored", "found"),
    [
        ({"id": "x", "metadata": {"status": "SOURCE_AVAILABLE"}, "_id": "1"}, []),
        ({"id": "x", "metadata": {}, "packageSource": {"subPath": "a"}}, ["packageSource"]),
        ({"id": "y", "metadata": {"tags": []}}, ["id", "metadata.tags"]),
        ({"metadata": {}}, ["id"]),
    ],
)
def test_what_counts_as_different(stored: dict[str, Any], found: list[str]) -> None:
    assert differences({"id": "x", "metadata": {}}, stored) == found
