"""A rendered TypeScript plugin passes its own tests, lint and types, as its author runs them."""

from __future__ import annotations

import re
import socket
from pathlib import Path

import pytest

from tests.support import node
from tests.support.template import declare_setting, render
from tests.support.typescript_plugin import link, make

# The rule of Make that reads it installs from the npm registry.
INSTALLED = "node_modules/.installed"
ANSWERS: dict[str, dict[str, str]] = {
    "defaults": {},
    "no text among the outputs": {"outputs": "n:number; list:array<number>; flag:boolean"},
    "every type": {
        "inputs": "unit:string(km|mi)=km; count:number(1..100)=10; tags:array<string>?; "
        "key:string!secret?; o:object?; a:any?; flag:boolean=false",
        "outputs": "kind:string(a|it's); n:number?; list:array<number>; found:object?; any:any?",
    },
}


@pytest.mark.network
@pytest.mark.slow
@pytest.mark.parametrize("name", ANSWERS)
def test_it_passes_its_own_tests_lint_and_types(tmp_path: Path, packages: Path, name: str) -> None:
    plugin = render(tmp_path, language="typescript", **ANSWERS[name])
    link(plugin, packages)
    done = make(plugin, "test")
    assert done.returncode == 0, done.stdout
    assert " pass " in done.stdout


def test_run_says_which_port_is_taken(tmp_path: Path) -> None:
    plugin = render(tmp_path, language="typescript")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = make(plugin, "--old-file=setup", "run", f"PLUGIN_HOST_PORT={port}")
    assert f"Port {port} is taken: make run PLUGIN_HOST_PORT={port + 1}\n" in done.stdout
    unbuilt = ("--old-file=setup", "--old-file=build")
    for target in ("run", "up"):
        done = make(plugin, *unbuilt, target, "PLUGIN_HOST_PORT=99999")
        assert done.stdout.startswith("PLUGIN_HOST_PORT=99999 must be a number from 1 to 65535")
    elsewhere = (f"PLUGIN_HOST_PORT={port}", "PLUGIN_HOST_ADDRESS=192.0.2.1")
    done = make(plugin, "--old-file=setup", "run", *elsewhere)
    assert done.stdout.startswith(f"{' '.join(reversed(elsewhere))} cannot be listened on: ")


@pytest.mark.network
@pytest.mark.slow
def test_a_mistake_in_its_types_is_seen(tmp_path: Path, packages: Path) -> None:
    plugin = render(tmp_path, language="typescript")
    link(plugin, packages)
    logic = plugin / "plugin_logic.ts"
    logic.write_text(logic.read_text("utf-8").replace("result: STUB_ANSWER", "result: 1"), "utf-8")
    done = make(plugin, "lint")
    assert done.returncode != 0
    assert "plugin_logic.ts" in done.stdout


@pytest.mark.network
@pytest.mark.slow
def test_a_part_of_its_tests_can_be_run(tmp_path: Path, packages: Path) -> None:
    """Also where none of those that need the server is among them."""
    plugin = render(tmp_path, language="typescript")
    link(plugin, packages)
    limited = f"NODE=timeout 120 {node.node()}"
    done = make(plugin, "test", limited, "OPTIONS=--test-name-pattern=example")
    assert done.returncode == 0, done.stdout
    assert "the example succeeds" in done.stdout
    assert "it is healthy" not in done.stdout


@pytest.mark.network
@pytest.mark.slow
def test_the_code_in_its_readme_passes_its_lint(tmp_path: Path, packages: Path) -> None:
    plugin = render(tmp_path, language="typescript")
    link(plugin, packages)
    readme = (plugin / "README.md").read_text("utf-8")
    (code,) = re.findall(r"```ts\n(.*?)```", readme, re.DOTALL)
    (setting,) = re.findall(r"A setting is an environment variable: `(.*?)`", readme)
    (plugin / "plugin_logic.ts").write_text(f"{code}\nexport const token = {setting};\n", "utf-8")
    done = make(plugin, "lint")
    assert done.returncode == 0, done.stdout
    assert "warning" not in done.stdout


@pytest.mark.parametrize("version", ["v20.20.2", "v24.11.1", "v9.0.0"])
def test_an_older_node_is_named(tmp_path: Path, version: str) -> None:
    plugin = render(tmp_path, language="typescript")
    old = tmp_path / "old-node"
    old.write_text(f"#!/bin/sh\necho {version}\n")
    old.chmod(0o755)
    done = make(plugin, f"NODE={old}", "test")
    assert done.returncode != 0
    assert f"Node.js 24.12 or newer is needed, and {old} is {version}" in done.stdout
    assert not (plugin / INSTALLED).exists()


@pytest.mark.parametrize(
    "target",
    ["sync", "contract", "up", "down", "install", "login", "release", "update", "link"],
)
def test_every_target_that_runs_typescript_names_an_older_node(tmp_path: Path, target: str) -> None:
    plugin = render(tmp_path, language="typescript")
    old = tmp_path / "old-node"
    old.write_text("#!/bin/sh\necho v20.20.2\n")
    old.chmod(0o755)
    done = make(plugin, f"NODE={old}", target)
    assert done.returncode != 0
    assert done.stdout.startswith("Node.js 24.12 or newer is needed")


def test_a_missing_node_is_named(tmp_path: Path) -> None:
    plugin = render(tmp_path, language="typescript")
    done = make(plugin, "NODE=no-such-node", "run")
    assert done.returncode != 0
    assert "Node.js 24.12 or newer is needed, and no-such-node is not there" in done.stdout


@pytest.mark.network
@pytest.mark.slow
def test_the_settings_of_make_test(tmp_path: Path, packages: Path) -> None:
    plugin = render(tmp_path, language="typescript")
    declare_setting(plugin, "API_TOKEN")
    declare_setting(plugin, "RETRIES", value=3)  # the manifest has a value
    link(plugin, packages)
    done = make(plugin, "test", "OPTIONS=--test-reporter=tap")
    assert done.returncode == 0, done.stdout
    reason = "# SKIP manifest.json requires API_TOKEN in the environment or in .env"
    assert done.stdout.count(reason) == done.stdout.count("# SKIP") >= 6, done.stdout
    (plugin / ".env").write_text("API_TOKEN=of-the-file\n", "utf-8")
    done = make(plugin, "test", "OPTIONS=--test-reporter=tap")
    assert done.returncode == 0, done.stdout
    assert "# SKIP" not in done.stdout
