"""From what was typed to a target; and what a folder may make the suite read or build."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from stage7_plugin.contract.errors import TargetUnusable
from stage7_plugin.contract.targets import resolve
from stage7_plugin.contract.targets.image import FolderTarget
from stage7_plugin.contract.targets.resolve import (
    resolve_inputs,
    resolve_target,
    scenario_source,
)
from stage7_plugin.contract.targets.url import UrlTarget
from stage7_plugin.host.engine import BuildFailed, EngineError, build
from stage7_plugin.host.view import HostView, ManifestUnusable
from tests.contract.fakes import MANIFEST


class NoEngine:
    """Stands where an engine would be asked."""

    def __getattr__(self, name: str) -> Any:
        raise EngineError(f"the engine was asked for {name}")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(resolve, "connect", NoEngine)
    project = tmp_path / "project"
    (project / "examples").mkdir(parents=True)
    (project / "manifest.json").write_text(json.dumps(MANIFEST))
    (project / "Dockerfile").write_text("FROM scratch\n")
    home = tmp_path / "home"
    home.mkdir()
    (home / "id_rsa").write_text('{"inputs": {"key": "private"}}')
    (home / "Dockerfile").write_text("FROM scratch\nCOPY id_rsa /\n")
    return project


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("localhost:8191", "http://localhost:8191"),
        ("localhost:8191/", "http://localhost:8191"),
        ("127.0.0.1:80", "http://127.0.0.1:80"),
        ("[::1]:8080", "http://[::1]:8080"),
        ("https://plugin.example/base", "https://plugin.example:443/base"),
    ],
)
def test_what_is_a_url(folder: Path, typed: str, url: str) -> None:
    target = resolve_target(typed, folder / "manifest.json")
    assert isinstance(target, UrlTarget)
    with target.start(None) as running:  # type: ignore[arg-type]
        assert str(running.address) == url


@pytest.mark.parametrize(
    "typed", ["localhost:5000/echo:1.0", "echo:8080", "stage7/echo", "1.2.3:80"]
)
def test_what_is_an_image(folder: Path, typed: str) -> None:
    with pytest.raises(EngineError, match="the engine was asked for images"):
        resolve_target(typed, None)


def test_a_url_without_a_manifest_names_the_option(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ManifestUnusable, match="for http://localhost:8191; name it with --manif"):
        resolve_target("localhost:8191", None)


def test_the_older_name_of_the_scenarios_still_works(folder: Path) -> None:
    target = resolve_target(str(folder), None)
    (folder / "examples" / "probes.json").write_text('{"slow": {"seconds": 1}}')
    assert scenario_source(target, None)().inputs == {"slow": {"seconds": 1}}
    (folder / "examples" / "scenarios.json").write_text('{"slow": {"seconds": 2}}')
    assert scenario_source(target, None)().inputs == {"slow": {"seconds": 2}}


@pytest.mark.parametrize("name", ["scenarios.json", "probes.json", "request.json"])
def test_a_link_out_of_the_folder_is_not_followed(folder: Path, name: str) -> None:
    (folder / "examples" / name).symlink_to("../../home/id_rsa")
    target = resolve_target(str(folder), None)
    read = resolve_inputs if name == "request.json" else scenario_source
    with pytest.raises(TargetUnusable, match=f"{name} points outside the folder, to .*id_rsa"):
        read(target, None)


def test_a_manifest_that_is_a_link_out_of_the_folder(folder: Path) -> None:
    (folder / "manifest.json").unlink()
    (folder / "manifest.json").symlink_to("../home/id_rsa")
    with pytest.raises(TargetUnusable, match="points outside the folder"):
        resolve_target(str(folder), None)


def with_container(**container: str) -> HostView:
    return HostView.from_manifest({**MANIFEST, "container": {**MANIFEST["container"], **container}})


@pytest.mark.parametrize(
    ("container", "field"),
    [
        ({"buildContext": "../home"}, "buildContext"),
        ({"buildContext": "link"}, "buildContext"),
        ({"buildContext": "/etc"}, "buildContext"),
        ({"dockerfile": "../home/Dockerfile"}, "dockerfile"),
        ({"dockerfile": "Linked"}, "dockerfile"),
        ({"dockerfile": "/etc/passwd"}, "dockerfile"),
    ],
)
def test_a_build_takes_nothing_from_around_the_folder(
    folder: Path, container: dict[str, str], field: str
) -> None:
    (folder / "link").symlink_to("../home")
    (folder / "Linked").symlink_to("../home/Dockerfile")
    view = with_container(**container)
    with pytest.raises(BuildFailed, match=f"container.{field} is .* points outside"):
        list(build(NoEngine(), view, folder))  # type: ignore[arg-type]
    with pytest.raises((BuildFailed, EngineError)) as allowed:
        list(build(NoEngine(), view, folder, context_root=Path("/")))  # type: ignore[arg-type]
    assert "points outside" not in str(allowed.value)


def test_a_folder_is_built_under_a_name_of_its_own(folder: Path) -> None:
    class Engine(NoEngine):
        def __init__(self) -> None:
            self.built: dict[str, Any] = {}
            self.removed: list[str] = []

        def build(self, **options: Any) -> list[dict[str, str]]:
            self.built.update(options)
            return [{"stream": "Step 1/1 : FROM scratch\n"}]

        def remove_image(self, image: str, force: bool) -> None:
            self.removed.append(image)

    engine = Engine()
    target = FolderTarget(engine, folder, MANIFEST)  # type: ignore[arg-type]
    target.ensure_built()
    target.close()
    assert engine.built["tag"] == target.image
    assert target.image.startswith("stage7-plugin-check/")
    assert target.image != MANIFEST["container"]["image"]
    assert engine.removed == [target.image]
