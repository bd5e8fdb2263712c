"""Owners and labels: who answers for a plugin, in the index, for forges and for Backstage."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from stage7_plugin.batch.ownership import Ownership, read_labels, read_owner
from tests.support.batch import batch, write_fleet

OWNED: list[dict[str, Any]] = [
    {"plugin_name": "One", "owner": "@acme/payments", "labels": {"tier": "gold", "n": 4}},
    {"plugin_name": "Two", "labels": "tier=silver, example.com/cost-center=cc-42"},
    {"plugin_name": "Three", "owner": "ada.lovelace@example.com"},
]


def plugins(out: Path) -> dict[str, dict[str, Any]]:
    listed = json.loads((out / "index.json").read_text("utf-8"))["plugins"]
    return {plugin["folder"]: plugin for plugin in listed}


@pytest.fixture
def out(tmp_path: Path) -> Path:
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    result = batch(tmp_path, write_fleet(tmp_path, *OWNED))
    assert result.status == 0, result.output
    return tmp_path / "out"


def test_the_index_has_them(out: Path) -> None:
    found = plugins(out)
    assert found["one"]["owner"] == "@acme/payments"
    assert found["one"]["labels"] == {"tier": "gold", "n": "4"}
    assert found["two"]["labels"] == {"tier": "silver", "example.com/cost-center": "cc-42"}
    assert found["two"]["owner"] == ""


def test_lines_for_codeowners_count_from_the_root_of_the_repository(out: Path) -> None:
    lines = (out / "codeowners.txt").read_text("utf-8").splitlines()
    assert lines[2:] == ["/out/one/ @acme/payments", "/out/three/ ada.lovelace@example.com"]


def test_backstage_knows_each_with_an_owner(out: Path) -> None:
    entity = yaml.safe_load((out / "one" / "catalog-info.yaml").read_text("utf-8"))
    assert entity == {
        "apiVersion": "backstage.io/v1alpha1",
        "kind": "Component",
        "metadata": {
            "name": "one",
            "title": "One",
            "description": "Takes text (string) and returns result (string)",
            "labels": {"tier": "gold", "n": "4"},
        },
        "spec": {"type": "service", "lifecycle": "experimental", "owner": "group:payments"},
    }
    three = yaml.safe_load((out / "three" / "catalog-info.yaml").read_text("utf-8"))
    assert three["spec"]["owner"] == "user:ada.lovelace"
    assert "labels" not in three["metadata"]
    assert not (out / "two" / "catalog-info.yaml").exists()


def test_they_follow_the_file_without_rendering_anything_again(tmp_path: Path, out: Path) -> None:
    digests = {slug: plugin["digest"] for slug, plugin in plugins(out).items()}
    file = write_fleet(tmp_path, {**OWNED[0], "owner": "@ada"}, OWNED[1], {"plugin_name": "Three"})
    result = batch(tmp_path, file)
    now = {slug: plugin["digest"] for slug, plugin in plugins(out).items()}
    assert now == digests, "no image has to be built again"
    assert (result.status, "3 unchanged" in result.output) == (0, True), result.output
    assert "owner: user:ada\n" in (out / "one" / "catalog-info.yaml").read_text("utf-8")
    assert not (out / "three" / "catalog-info.yaml").exists()
    assert (out / "codeowners.txt").read_text("utf-8").endswith("\n/out/one/ @ada\n")
    assert batch(tmp_path, write_fleet(tmp_path, OWNED[1])).status == 0
    assert not (out / "codeowners.txt").exists()


def test_an_authors_own_description_is_left_alone(tmp_path: Path, out: Path) -> None:
    own = out / "one" / "catalog-info.yaml"
    own.write_text("kind: Component\n")
    for option in ((), ("--force",)):
        file = write_fleet(tmp_path, {**OWNED[0], "owner": "@ada"})
        assert batch(tmp_path, file, *option).status == 0
        assert own.read_text() == "kind: Component\n"


@pytest.mark.parametrize(
    "owner", ["@ada", "@acme/payments", "@group/sub/team", "a.b+c@example.org"]
)
def test_owners(owner: str) -> None:
    assert read_owner(owner) == []


@pytest.mark.parametrize("owner", ["", "ada", "@", "@a b", "a@b", "@a\n* @evil", "@a/", 3, ["@a"]])
def test_no_owners(owner: Any) -> None:
    (problem,) = read_owner(owner)
    assert problem.rule.startswith("must be @user, @org/team or an email address")


@pytest.mark.parametrize(
    ("labels", "rule"),
    [
        ("gold", "must be pairs such as tier=gold"),
        (["gold"], "must be a mapping"),
        ({"a b": "c"}, "a label's key must be"),
        ({"tier": "a b"}, "label tier: a value must be"),
        ({"tier": {"a": "b"}}, "label tier: a value must be"),
        ({str(n): "x" for n in range(51)}, "must be a mapping of at most 50"),
    ],
)
def test_no_labels(labels: Any, rule: str) -> None:
    _, (problem,) = read_labels(labels)
    assert problem.rule.startswith(rule)


def test_labels_of_yaml_and_of_a_cell() -> None:
    assert read_labels({"a": True, "b": 1.5, "c": ""}) == ({"a": "true", "b": "1.5", "c": ""}, [])
    assert read_labels("a=b,") == ({"a": "b"}, [])
    assert Ownership("@group/sub/team").entity == "group:team"


def test_mistakes_are_reported_with_their_line(tmp_path: Path) -> None:
    (tmp_path / "fleet.csv").write_text("plugin_name;owner;labels\nOne;ada;gold\n")
    result = batch(tmp_path, "fleet.csv")
    assert result.status == 1
    assert "fleet.csv:2: plugin 1 (One): owner: 'ada'" in result.output
    assert "fleet.csv:2: plugin 1 (One): labels: 'gold'" in result.output
