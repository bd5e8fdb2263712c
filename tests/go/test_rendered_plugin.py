"""A rendered Go plugin passes its own tests and lint, as its author runs them."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
from pathlib import Path

import kubernetes_validate  # type: ignore[import-untyped]
import pytest
import yaml

from stage7_plugin.contract.targets.process import free_port
from tests.support import go
from tests.support.running import request, wait_healthy
from tests.support.template import declare_setting, render

EVERY_TYPE = {
    # A slug that is the name of a package of the standard library.
    "plugin_slug": "net",
    "inputs": "unit:string(km|mi)=km; max_words:number(1..100)=10; maxWords:array<string>?; "
    "key:string!secret?; o:object?; a:any?; flag:boolean=false",
    "outputs": "kind:string(a|it's); n:number?; list:array<number>; found:object?; any:any?; "
    "sure:boolean?; few:array<string>?",
}
TARGETS = (
    "sync", "contract", "down", "install", "login", "release", "update", "link", "run", "test",
    "lint", "lock", "changes",
)  # fmt: skip

SETTING_TEST = """package main

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


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", *arguments],
        cwd=folder,
        env=go.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )


@pytest.fixture(scope="module")
def plugin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return render(tmp_path_factory.mktemp("go"), language="go", **EVERY_TYPE)


@pytest.mark.slow
def test_it_passes_its_own_tests_and_lint(plugin: Path) -> None:
    done = make(plugin, "test")
    assert done.returncode == 0, done.stdout
    assert len(re.findall(r"^ok ", done.stdout, re.MULTILINE)) == 2


@pytest.mark.slow
def test_what_its_author_does_wrong_is_named(tmp_path: Path) -> None:
    project = render(tmp_path, language="go")
    logic = project / "plugin_logic.go"
    written = logic.read_text("utf-8")
    logic.write_text(written.replace("out.Result = stubAnswer", "out.Result = 1"), "utf-8")
    done = make(project, "lint")
    assert done.returncode != 0
    assert "plugin_logic.go" in done.stdout
    logic.write_text(written.replace("\treturn out, nil", "  return out, nil"), "utf-8")
    done = make(project, "lint")
    assert (done.returncode != 0, "make format corrects" in done.stdout) == (True, True)
    assert make(project, "format").returncode == 0
    assert make(project, "lint").returncode == 0
    # in every folder but those that Go leaves out
    deep, left_out = project / "internal" / "words", project / "testdata"
    for folder in (deep, left_out, project / "vendor" / "other"):
        folder.mkdir(parents=True)
        (folder / "words.go").write_text("package  words\n", "utf-8")
    done = make(project, "lint")
    assert done.returncode != 0
    assert re.findall(r"^\S+[.]go$", done.stdout, re.MULTILINE) == ["./internal/words/words.go"]
    assert make(project, "format").returncode == 0
    assert (deep / "words.go").read_text("utf-8") == "package words\n"
    assert (left_out / "words.go").read_text("utf-8") == "package  words\n"
    shutil.rmtree(project / "vendor")
    # what ends the process is found in further files and packages too
    (project / "words").mkdir()
    (project / "words" / "words.go").write_text(
        'package words\n\nimport "os"\n\n// End ends.\nfunc End() { os.Exit(1) }\n'
    )
    (project / "more.go").write_text(
        'package main\n\nimport "log"\n\nfunc more() { log.Fatalf("no") }\n'
    )
    # an output that is gone, and types that no longer follow the manifest
    manifest = project / "manifest.json"
    manifest.write_text(manifest.read_text("utf-8").replace('"name": "result"', '"name": "answer"'))
    done = make(project, "test")
    assert done.returncode != 0
    for told in (
        "words/words.go:6:14 ends the process",
        "more.go:5:15 ends the process",
        "plugin_types.go does not match manifest.json: run make sync",
    ):
        assert told in done.stdout, done.stdout
    assert make(project, "sync").returncode == 0
    assert '\tAnswer string `json:"answer"`' in (project / "plugin_types.go").read_text("utf-8")


@pytest.mark.parametrize("target", TARGETS)
def test_a_missing_go_is_named_by_every_target(plugin: Path, target: str) -> None:
    done = make(plugin, "GO=no-such-go", target)
    assert done.returncode != 0
    assert "Go 1.27 or newer is needed, but no-such-go was not found" in done.stdout


@pytest.mark.slow
def test_make_run_says_which_port_is_taken(plugin: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = make(plugin, "run", f"PLUGIN_HOST_PORT={port}")
    assert f"Port {port} is taken: make run PLUGIN_HOST_PORT={port + 1}\n" in done.stdout
    for target in ("run", "up"):
        done = make(plugin, "--old-file=build", target, "PLUGIN_HOST_PORT=99999")
        assert done.stdout.startswith("PLUGIN_HOST_PORT=99999 must be a number from 1 to 65535")
    done = make(plugin, "run", f"PLUGIN_HOST_PORT={port}", "PLUGIN_HOST_ADDRESS=192.0.2.1")
    given = f"PLUGIN_HOST_ADDRESS=192.0.2.1 PLUGIN_HOST_PORT={port}"
    assert done.stdout.startswith(f"{given} cannot be listened on: ")


@pytest.mark.slow
def test_make_run_serves_until_it_is_told_to_stop(plugin: Path) -> None:
    port = free_port()
    (plugin / ".env").write_text("# settings\nexport GREETING='hello you'\n", "utf-8")
    arguments = ["make", "run", f"PLUGIN_HOST_PORT={port}"]
    process = subprocess.Popen(
        arguments, cwd=plugin, env=go.environment(), stdout=subprocess.PIPE, encoding="utf-8",
        start_new_session=True,
    )  # fmt: skip
    try:
        wait_healthy(port)
        status, answer = request(port, "POST", "/execute", '{"inputs": {"max_words": 500}}')
        assert (status, answer["success"]) == (422, False)
        child = children(process.pid)
        assert len(child) == 1  # neither go nor a shell stands between
        environment = Path(f"/proc/{child[0]}/environ").read_text().split("\0")
        assert "GREETING=hello you" in environment
        subprocess.run(["kill", str(child[0])], check=True)
        assert process.wait(30) in (0, 2)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        (plugin / ".env").unlink()


def children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(one) for one in found]


@pytest.mark.slow
def test_the_image_compiles_what_the_server_imports_before_any_file_of_the_plugin(
    plugin: Path,
) -> None:
    """Else each build of each plugin compiles it again."""
    early = re.search(r"go build \\\s+(net/http .*)", (plugin / "Dockerfile").read_text("utf-8"))
    assert early is not None
    kept, needed = (
        set(go.run(plugin, "go", "list", "-deps", *packages).stdout.split())
        for packages in (early[1].split(), ["./plugin_runtime"])
    )
    assert {name for name in needed - kept if not name.startswith("stage7plugin/")} == set()


@pytest.mark.parametrize("version", ["1.30", "1.37"])
def test_its_kubernetes_file_is_valid(tmp_path: Path, version: str) -> None:
    """The image has no program that waits before a pod is stopped, so Kubernetes does."""
    project = render(tmp_path, language="go", kubernetes="yes")
    documents = list(yaml.safe_load_all((project / "kubernetes.yaml").read_text("utf-8")))
    for document in documents:
        kubernetes_validate.validate(document, version, strict=True)
    (deployment,) = (one for one in documents if one["kind"] == "Deployment")
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    assert container["lifecycle"]["preStop"] == {"sleep": {"seconds": 5}}


@pytest.mark.slow
def test_the_settings_of_make_test(tmp_path: Path) -> None:
    plugin = render(tmp_path, language="go")
    declare_setting(plugin, "API_TOKEN")
    declare_setting(plugin, "RETRIES", value=3)  # the manifest has a value
    (plugin / "plugin_logic_test.go").write_text(SETTING_TEST, "utf-8")
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
