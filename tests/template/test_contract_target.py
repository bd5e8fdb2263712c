"""`make contract` of a rendered plugin: where the suite comes from, and that it really runs."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.support.template import TEMPLATE, isolated_environment
from tests.template.conftest import Bake

COMMIT = "0123456789abcdef0123456789abcdef01234567"


def make_contract(
    plugin: Path, *arguments: str, **environ: str
) -> subprocess.CompletedProcess[str]:
    kept = isolated_environment(plugin.parent / "home")
    kept.pop("GITHUB_ACTIONS", None)
    return subprocess.run(
        ["make", "--silent", "contract", *arguments],
        cwd=plugin,
        env={**kept, **environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )


@pytest.mark.parametrize(
    ("template", "commit", "expected"),
    [
        ("https://host/org/template", COMMIT, f"git+https://host/org/template@{COMMIT}"),
        ("git@host:org/template.git", COMMIT, f"git+ssh://git@host/org/template.git@{COMMIT}"),
        ("https://host/org/template", None, ""),
        ("/home/ada/template", COMMIT, ""),
        (None, COMMIT, ""),
    ],
)
def test_the_suite_comes_from_the_commit_of_the_template(
    bake: Bake, template: str | None, commit: str | None, expected: str
) -> None:
    plugin = bake()
    made_from = {"template": template, "commit": commit, "version": "0.1.0"}
    (plugin / ".stage7-template.json").write_text(json.dumps(made_from), "utf-8")
    # A pip that cannot install anything says what it was asked for.
    done = make_contract(plugin, PIP_NO_INDEX="1", PATH=quiet_git(plugin))
    if expected:
        assert done.returncode != 0
        assert f"stage7-plugin[docker,generated,dev] @ {expected}" in done.stdout
    else:
        assert done.returncode == 2, done.stdout
        assert "Nothing was done, because stage7-plugin is not available" in done.stdout


def test_the_suite_gets_the_settings_of_the_plugin(bake: Bake) -> None:
    plugin = bake()
    unknown = {"template": None, "commit": None, "version": "0.1.0"}
    (plugin / ".stage7-template.json").write_text(json.dumps(unknown), "utf-8")
    fake = plugin.parent / "bin" / "stage7-plugin"
    fake.parent.mkdir()
    fake.write_text('#!/bin/sh\necho "$@"\n')
    fake.chmod(0o755)
    path = os.pathsep.join((str(fake.parent), os.environ["PATH"]))
    assert make_contract(plugin, PATH=path).stdout == f"check {plugin}\n"
    (plugin / ".env").write_text("A=1\n")
    done = make_contract(plugin, PATH=path)
    assert done.stdout == f"check --env-file {plugin}/.env {plugin}\n"


def test_a_folder_as_suite_gets_its_extras(bake: Bake) -> None:
    plugin = bake()
    for suite, spec in (("tests", "tests[docker,generated,dev]"), ("a[b]==1", "a[b]==1")):
        done = make_contract(plugin, PIP_NO_INDEX="1", CONTRACT_SUITE=suite)
        assert f"{spec} cannot be installed" in done.stdout


def test_a_template_in_a_folder_is_known_from_the_link(bake: Bake, tmp_path: Path) -> None:
    plugin = bake()
    (plugin / ".stage7-template.json").write_text('{"template": "stage7-plugin"}', "utf-8")
    folder = tmp_path / "the template"
    folder.mkdir()
    link = {"template": str(folder), "commit": COMMIT}
    (plugin / ".cruft.json").write_text(json.dumps(link), "utf-8")
    done = make_contract(plugin, PIP_NO_INDEX="1", PATH=quiet_git(plugin))
    assert done.returncode == 2
    address = folder.as_uri()
    assert (
        f"stage7-plugin[docker,generated,dev] @ git+{address}@{COMMIT} cannot be installed"
        in done.stdout
    )


def quiet_git(plugin: Path) -> str:
    """A PATH on which git fails at once, so that nothing is asked of a network."""
    fake = plugin.parent / "bin" / "git"
    fake.parent.mkdir(exist_ok=True)
    fake.write_text("#!/bin/sh\nexit 1\n")
    fake.chmod(0o755)
    return os.pathsep.join((str(fake.parent), os.environ["PATH"]))


def test_a_skip_is_seen_in_github_actions(bake: Bake) -> None:
    plugin = bake()
    (plugin / ".stage7-template.json").unlink(missing_ok=True)
    done = make_contract(plugin, "OPTIONS=--optional", GITHUB_ACTIONS="true")
    assert done.returncode == 0, done.stdout
    assert done.stdout.startswith("::warning::The contract suite did not run: ")


@pytest.mark.engine
@pytest.mark.network
def test_it_installs_the_suite_and_runs_it(bake: Bake) -> None:
    plugin = bake(plugin_slug="contract-target")
    # Every rule on a plugin with all defaults: test_every_language.py.
    rules = "--rule build --rule lifecycle.healthy --rule generated --rule lifecycle.drain"
    suite = f"{TEMPLATE}[docker,generated]"
    done = make_contract(plugin, f"OPTIONS={rules}", CONTRACT_SUITE=suite)
    assert done.returncode == 0, done.stdout
    assert " 0 failed" in done.stdout
    subprocess.run(["docker", "image", "rm", "--force", "stage7/contract-target:1.0.0"], check=True)
