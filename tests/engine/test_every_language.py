"""A plugin of each language from one batch file: one compose up, one check over all of them."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from stage7_plugin.cli import main
from stage7_plugin.contract.scenarios import IMPOSSIBLE
from stage7_plugin.spec.languages import LANGUAGES
from tests.support.batch import batch, write_fleet
from tests.support.compose import compose
from tests.support.running import request, wait_healthy
from tests.support.template import render

if TYPE_CHECKING:
    from docker import APIClient

pytestmark = pytest.mark.engine

OF_ANOTHER_LANGUAGE = "the plugin does not run"
# So that no rule is skipped because the manifest gives it nothing to do.
INPUTS = "text:string - Text; options:object?; pin:string!secret?; count:number=1"


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory, client: APIClient) -> Iterator[Path]:
    """A folder with a plugin of each language, built; the images go afterwards."""
    folder = tmp_path_factory.mktemp("languages")
    namespace = f"stage7-test/{uuid.uuid4().hex[:12]}"
    plugins = [{"plugin_name": f"Echo in {name}", "language": name} for name in LANGUAGES]
    # The version of Python is a default: the other languages pass it over.
    defaults = {"image_namespace": namespace, "inputs": INPUTS, "python_version": "3.11"}
    write_fleet(folder, *plugins, author="Ada Lovelace", **defaults)
    made = batch(folder, "fleet.json", "--build", "--jobs", "2")
    assert made.status == 0, made.output
    yield folder / "out"
    for name in LANGUAGES:
        image = f"{namespace}/echo-in-{name}:1.0.0"
        if client.images(image):
            client.remove_image(image, force=True)


def test_one_command_starts_them_and_each_executes(fleet: Path) -> None:
    compose(fleet, "up", "--detach", "--no-build", "--pull", "never")
    try:
        plugins = json.loads((fleet / "index.json").read_text("utf-8"))["plugins"]
        assert {plugin["language"] for plugin in plugins} == set(LANGUAGES)
        for plugin in plugins:
            assert plugin["stub"]
            wait_healthy(plugin["port"])
            body = (fleet / plugin["folder"] / "examples" / "request.json").read_text("utf-8")
            status, answer = request(plugin["port"], "POST", "/execute", body)
            assert (status, answer["success"], list(answer["outputs"])) == (200, True, ["result"])
            status, answer = request(plugin["port"], "POST", "/execute", '{"inputs": {"text": []}}')
            assert (status, answer["success"]) == (422, False)
            assert "text" in answer["error"]
    finally:
        compose(fleet, "down", "--timeout", "10")


def test_one_check_over_them_skips_no_rule_for_lack_of_a_scenario(fleet: Path) -> None:
    """The matrix of languages and rules."""
    report = fleet.parent / "report.json"
    options = ("--json", str(report), "--examples", "5")
    done = CliRunner().invoke(main, ["check", str(fleet), *options])
    assert done.exit_code == 0, done.output
    plugins = json.loads(report.read_text("utf-8"))["plugins"]
    assert len(plugins) == len(LANGUAGES)
    for plugin in plugins:
        skipped = {
            rule["id"]: rule["reason"] for rule in plugin["rules"] if rule["status"] == "skipped"
        }
        other = {name for name, why in skipped.items() if why.startswith(OF_ANOTHER_LANGUAGE)}
        assert all(name.startswith("env.") for name in other)
        # The outputs of a stub do not follow from its inputs, and no alias can be asked for.
        # Nor can a program in Go outlive its end.
        impossible = IMPOSSIBLE["go"]["exiting"]
        ended = {name for name, why in skipped.items() if why.endswith(impossible)}
        assert ended <= {"errors.plugin-exit"}
        known = {"execute.no-crosstalk", "execute.aliases"}
        assert set(skipped) - other - ended <= known, skipped
        replaced = [rule for rule in plugin["rules"] if rule["scenario_logic"]]
        assert len(replaced) > 10


@pytest.mark.parametrize("language", LANGUAGES)
def test_buildkit_finds_all_that_is_copied(
    tmp_path: Path, client: APIClient, language: str
) -> None:
    """Compose builds with BuildKit, as `docker build` does by default; the host does not."""
    project = render(tmp_path, language=language)
    lines = (project / "Dockerfile").read_text("utf-8").splitlines()
    copies = [line for line in lines if line.startswith("COPY ") and "--from=" not in line]
    assert len(copies) >= 3
    (project / "Dockerfile").write_text(
        "\n".join(["FROM scratch", "WORKDIR /src", *copies]), "utf-8"
    )
    image = f"stage7-test/copied:{uuid.uuid4().hex[:12]}"
    service = {"services": {"copied": {"build": str(project), "image": image}}}
    (tmp_path / "compose.yaml").write_text(json.dumps(service), "utf-8")
    compose(tmp_path, "build")
    client.remove_image(image, force=True)
