"""What a person has edited of the template's files: merged, marked, or kept aside; never lost."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from stage7_plugin.batch.output_folder import OutputFolder
from tests.support.batch import Run, batch_here, numbered, tree, write_fleet


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The plugin plugin-1 of fleet.json, made by a first run."""
    write_fleet(tmp_path, *numbered(1), ci="github")
    assert run(tmp_path).status == 0
    return tmp_path / "out" / "plugin-1"


def run(folder: Path, *arguments: object) -> Run:
    return batch_here(folder / "fleet.json", "-o", folder / "out", *arguments)


def changed(folder: Path, memory: str = "512m") -> None:
    """Change the batch file, and with it a line of compose.yaml and manifest.json."""
    write_fleet(folder, *numbered(1), memory=memory, ci="github")


def aside(folder: Path, name: str = "plugin-1-1") -> dict[str, tuple[bytes, int]]:
    return tree(folder / "out" / ".stage7-batch" / "overwritten" / name)


def edit(path: Path, old: str, new: str) -> str:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    return path.read_text()


def test_edits_are_merged_and_stay(tmp_path: Path, project: Path) -> None:
    first_line = (project / "compose.yaml").read_text().splitlines()[0]
    edit(project / "compose.yaml", first_line, "# mine")
    edit(project / "server.py", "\n", "\n# mine\n")
    (project / "compose.yaml").chmod(0o600)
    assert "plugin-1: edited: " in run(tmp_path).output, "also where nothing is to be written"
    for memory in ("512m", "1g"):
        changed(tmp_path, memory)
        assert "outdated by the file; edited: " in run(tmp_path).output
        result = run(tmp_path, "--update")
        assert result.status == 0, result.output
        assert "merged with your edits: compose.yaml, server.py" in result.output
        compose = (project / "compose.yaml").read_text()
        assert compose.startswith("# mine\n")
        assert memory in compose
        assert (project / "compose.yaml").stat().st_mode & 0o777 == 0o600
        assert "\n# mine\n" in (project / "server.py").read_text()
        before = tree(project)
        again = run(tmp_path, "--update")
        assert "1 unchanged" in again.output
        assert "edited: compose.yaml, server.py" in again.output
        assert tree(project) == before


def test_a_conflict_is_marked_and_stays_a_failure_until_it_is_resolved(
    tmp_path: Path, project: Path
) -> None:
    edit(project / "compose.yaml", "256m", "300m")
    edit(project / "server.py", "\n", "\n# mine\n")
    changed(tmp_path)
    result = run(tmp_path, "--update", "--report", tmp_path / "report.json")
    assert result.status == 1
    assert "plugin-1: conflicts are marked in compose.yaml; resolve them" in result.output
    assert "merged with your edits: server.py" in result.output
    text = (project / "compose.yaml").read_text()
    assert "<<<<<<< yours\n" in text
    assert "300m" in text
    assert "512m" in text
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["succeeded"] is False
    assert report["rendering"]["counts"] == {"conflict": 1}
    before = tree(project)
    changed(tmp_path, "1g")
    for arguments in ((), ("--update",)):
        result = run(tmp_path, *arguments)
        assert result.status == 1
        assert "conflicts are still marked in compose.yaml" in result.output
        assert tree(project) == before, "nothing is merged over marks"
    resolved = [
        line for line in text.splitlines() if line[:7] not in ("<<<<<<<", "=======", ">>>>>>>")
    ]
    (project / "compose.yaml").write_text("\n".join(x for x in resolved if "300m" not in x) + "\n")
    changed(tmp_path, "512m")
    assert run(tmp_path).status == 0
    changed(tmp_path, "1g")
    assert run(tmp_path, "--update").status == 0
    assert "1g" in (project / "compose.yaml").read_text()


@pytest.mark.parametrize("change", ["deleted", "linked"])
def test_a_deleted_or_linked_file_stays_so(tmp_path: Path, project: Path, change: str) -> None:
    file = project / "server.py"
    file.unlink()
    if change == "linked":
        file.symlink_to("release.py")
    for memory in ("512m", "1g"):
        changed(tmp_path, memory)
        result = run(tmp_path, "--update")
        assert result.status == 0
        assert "left as you made them: server.py" in result.output
        assert os.path.lexists(file) == file.is_symlink() == (change == "linked")
    changed(tmp_path)
    assert run(tmp_path, "--force").status == 0
    assert "plugin_runtime" in file.read_text()
    assert not file.is_symlink()


def test_an_edited_file_that_the_template_drops_stays(tmp_path: Path, project: Path) -> None:
    workflow = next((project / ".github" / "workflows").iterdir())
    kept = edit(workflow, "\n", "\n# mine\n")
    write_fleet(tmp_path, *numbered(1), ci="none")
    result = run(tmp_path, "--update")
    assert f"left as you made them: .github/workflows/{workflow.name}" in result.output
    assert workflow.read_text() == kept
    assert [path for path in (project / ".github").rglob("*") if path.is_file()] == [workflow]
    assert "1 unchanged" in run(tmp_path, "--update").output
    assert workflow.read_text() == kept, "it is the author's own from now on"


def test_an_authors_file_where_the_template_gets_one_is_a_conflict(
    tmp_path: Path, project: Path
) -> None:
    """It used to disappear."""
    workflows = sorted(path.name for path in (project / ".github" / "workflows").iterdir())
    write_fleet(tmp_path, *numbered(1), ci="none")
    assert run(tmp_path, "--update").status == 0
    mine = project / ".github" / "workflows" / workflows[0]
    mine.parent.mkdir(parents=True)
    mine.write_text("# my own\n")
    write_fleet(tmp_path, *numbered(1), ci="github")
    result = run(tmp_path, "--update")
    assert result.status == 1
    assert f"conflicts are marked in .github/workflows/{workflows[0]}" in result.output
    text = mine.read_text()
    assert "# my own\n" in text
    assert "jobs:" in text


def test_force_keeps_aside_what_it_writes_over(tmp_path: Path, project: Path) -> None:
    before = tree(project)
    for number in (1, 2):
        (project / "server.py").write_text(f"# mine {number}\n")
        (project / "release.py").unlink()
        result = run(tmp_path, "--force")
        assert result.status == 0
        folder = tmp_path / "out" / ".stage7-batch" / "overwritten" / f"plugin-1-{number}"
        assert f"overwritten: server.py; kept in {folder}" in result.output
        assert tree(project) == before
        assert {path: text for path, (text, _) in aside(tmp_path, folder.name).items()} == {
            "server.py": f"# mine {number}\n".encode()
        }


def test_force_keeps_a_persons_file_of_the_fleet(tmp_path: Path, project: Path) -> None:
    (tmp_path / "out" / "compose.yaml").write_text("# mine\n")
    result = run(tmp_path, "--force")
    assert "overwritten: compose.yaml; kept in " in result.output
    assert aside(tmp_path, "fleet-1")["compose.yaml"][0] == b"# mine\n"


def test_without_the_base_everything_that_differs_is_a_conflict(
    tmp_path: Path, project: Path
) -> None:
    """Nothing of either side is lost, and nothing is passed off as merged."""
    record = OutputFolder(tmp_path / "out").records / "plugin-1.json"
    record.write_text(json.dumps({**json.loads(record.read_text()), "base": "nonsense"}))
    first_line = (project / "compose.yaml").read_text().splitlines()[0]
    edit(project / "compose.yaml", first_line, "# mine")
    changed(tmp_path)
    result = run(tmp_path, "--update")
    assert result.status == 1
    assert "conflicts are marked in compose.yaml" in result.output
    assert "# mine" in (project / "compose.yaml").read_text()


def test_without_git_nothing_is_touched(
    tmp_path: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(project / "compose.yaml", "256m", "300m")
    changed(tmp_path)
    before = tree(project)
    monkeypatch.setenv("PATH", str(tmp_path))
    result = run(tmp_path, "--update")
    assert result.status == 1
    assert "compose.yaml cannot be merged: git is not installed" in result.output
    assert tree(project) == before


@pytest.mark.parametrize("kind", ["link for a folder", "file for a folder", "fifo for a file"])
def test_odd_things_in_the_way_are_refused(tmp_path: Path, project: Path, kind: str) -> None:
    if kind == "link for a folder":
        path = project / "tests"
        path.rename(tmp_path / "elsewhere").touch()
        path.symlink_to(tmp_path / "elsewhere")
    elif kind == "file for a folder":
        path = project / ".github"
        path.rename(tmp_path / "elsewhere")
        path.write_text("a file\n")
    else:
        path = project / "server.py"
        path.unlink()
        os.mkfifo(path)
    changed(tmp_path)
    mode = path.lstat().st_mode
    for option in ("--update", "--force"):
        result = run(tmp_path, option)
        assert result.status == 1
        assert f"{path} is " in result.output
        assert "move it away" in result.output
        assert path.lstat().st_mode == mode


def test_texts_that_no_plugin_was_made_from_are_removed(tmp_path: Path, project: Path) -> None:
    bases = tmp_path / "out" / ".stage7-batch" / "bases"
    before = {path.name for path in bases.iterdir()}
    write_fleet(tmp_path, *numbered(1), ci="none")
    assert run(tmp_path, "--update").status == 0
    assert {path.name for path in bases.iterdir()} < before


def test_what_the_file_would_change_in_an_edited_manifest_is_reported(
    tmp_path: Path, project: Path
) -> None:
    edit(project / "manifest.json", '"memory": "256m"', '"memory": "384m"')
    edit(project / "manifest.json", '"license": "MIT"', '"license": "Apache-2.0"')
    changed(tmp_path, "192m")
    result = run(tmp_path, "--update")
    assert result.status == 0
    assert "left alone, because you edited them: manifest.json; " in result.output
    assert "manifest.json: memory: 384m here, 192m in the file\n" in result.output, (
        "not the license"
    )
    assert "384m" in (project / "manifest.json").read_text()
    assert "192m" in (project / "compose.yaml").read_text()
    result = run(tmp_path, "--update")
    assert (
        "edited manifest.json: license: Apache-2.0 here, MIT in the file, memory: " in result.output
    )


def test_a_record_that_leads_out_of_the_folder_is_none(tmp_path: Path, project: Path) -> None:
    record = OutputFolder(tmp_path / "out").records / "plugin-1.json"
    found = json.loads(record.read_text())
    (tmp_path / "out" / "private").write_text("mine")
    found["files"]["../private"] = "0"
    record.write_text(json.dumps(found))
    changed(tmp_path)
    result = run(tmp_path, "--update")
    assert result.status == 1
    assert "this command did not create it" in result.output
