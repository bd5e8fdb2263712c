"""`batch --check -o FOLDER` compares file, template and folder, and writes nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from stage7_plugin.batch.template import PluginTemplate
from tests.support.batch import Run, batch_here, numbered, tree, write_fleet


@pytest.fixture
def made(tmp_path: Path) -> Path:
    write_fleet(tmp_path, *numbered(3))
    assert run(tmp_path).status == 0
    return tmp_path


def run(folder: Path, *arguments: object) -> Run:
    return batch_here(folder / "fleet.json", "-o", folder / "out", *arguments)


def drift(folder: Path, *arguments: object) -> tuple[int, dict[str, tuple[str, str]]]:
    """Exit status, and status and reason of each plugin that is not as it should be."""
    before = tree(folder)
    report = folder.parent / f"{folder.name}.json"
    result = run(folder, "--check", "--report", report, *arguments)
    assert tree(folder) == before
    found = json.loads(report.read_text())
    assert found["succeeded"] is (result.status == 0)
    told = {
        plugin["plugin"]: (plugin["status"], plugin["message"])
        for plugin in found["comparing"]["plugins"]
        if plugin["status"] != "unchanged"
    }
    for slug, (_, message) in told.items():
        assert slug in result.output
        assert message in result.output
    return result.status, told


def test_nothing_to_say(made: Path) -> None:
    assert drift(made) == (0, {})


def test_the_authors_files_are_no_drift_but_values_of_the_manifest_are_reported(made: Path) -> None:
    project = made / "out" / "plugin-1"
    (project / "plugin_logic.py").write_text("# mine\n")
    manifest = (project / "manifest.json").read_text()
    (project / "manifest.json").write_text(manifest.replace('"256m"', '"384m"'))
    assert drift(made) == (0, {})
    told = "plugin-1: edited manifest.json: memory: 384m here, 256m in the file"
    assert told in run(made, "--check").output
    assert told in run(made).output


def test_every_reason(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (made / "out" / "plugin-1" / "server.py").write_text("# mine\n")
    write_fleet(
        made, {"plugin_name": "Plugin 1"}, {"plugin_name": "Plugin 2", "memory": "1g"},
        {"plugin_name": "Plugin 4"},
    )  # fmt: skip
    assert drift(made) == (
        1,
        {
            "plugin-1": ("edited", "edited: server.py"),
            "plugin-2": ("outdated", "outdated by the file"),
            "plugin-3": (
                "orphaned",
                "no longer in the batch file; remove the folder, or list it in renamed_from",
            ),
            "plugin-4": ("missing", "not created yet"),
        },
    )
    assert set(drift(made, "--only", "plugin-1", "--accept", "orphaned")[1]) == {
        "plugin-1",
        "plugin-3",
    }
    write_fleet(made, *numbered(2), {"plugin_name": "Third", "renamed_from": "plugin-3"})
    assert drift(made)[1]["third"] == ("missing", "still named plugin-3")

    monkeypatch.setattr(PluginTemplate, "digest", "another template")
    assert "plugin-2" not in drift(made)[1], "it would be rendered the same"
    render = PluginTemplate.render

    def changed(self: PluginTemplate, spec: object) -> object:
        from dataclasses import replace

        for file in render(self, spec):  # type: ignore[arg-type]
            fixed = file.content + b"# fixed\n" if file.path == "release.py" else file.content
            yield replace(file, content=fixed)

    monkeypatch.setattr(PluginTemplate, "render", changed)
    assert drift(made)[1]["plugin-1"] == (
        "outdated",
        "outdated by the template; edited: server.py",
    )
    assert drift(made)[1]["plugin-2"] == ("outdated", "outdated by the template")
    told = run(made).output
    assert "plugin-2: outdated by the template; --update renders it again" in told
    assert "plugin-1: outdated by the template; edited: server.py; --update" in told


def test_what_may_be_accepted(made: Path) -> None:
    (made / "out" / "plugin-1" / "server.py").write_text("# mine\n")
    write_fleet(made, *numbered(2))
    assert drift(made)[0] == 1
    assert drift(made, "--accept", "edited")[0] == 1
    assert drift(made, "--accept", "edited", "--accept", "orphaned")[0] == 0


def test_a_folder_that_is_not_there_or_foreign(tmp_path: Path) -> None:
    write_fleet(tmp_path, *numbered(2))
    (tmp_path / "out" / "plugin-2").mkdir(parents=True)
    status, told = drift(tmp_path)
    assert status == 1
    assert told["plugin-1"] == ("missing", "not created yet")
    assert told["plugin-2"][0] == "failed"
    assert "this command did not create it" in told["plugin-2"][1]


def test_without_a_folder_only_the_file_is_checked(made: Path) -> None:
    (made / "out" / "plugin-1" / "server.py").write_text("# mine\n")
    result = batch_here(made / "fleet.json", "--check")
    assert result.status == 0
    assert "comparing" not in result.output
