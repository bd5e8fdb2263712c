"""A folder with a person's own files: nothing of theirs is overwritten, removed or reached."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from stage7_plugin.batch.output_folder import OutputFolder
from stage7_plugin.batch.outputs.member import Member
from stage7_plugin.batch.outputs.write import FleetFiles
from stage7_plugin.batch.shard import Shard
from tests.support.batch import batch, numbered, plugins_in, tree, write_fleet

ONE = {"plugin_name": "Plugin 1", "kubernetes": "yes"}
FILES = (
    "compose.yaml",
    "index.md",
    "index.json",
    "docker-bake.json",
    "kustomization.yaml",
    "compose_env/plugin-1.env",
)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


def place(path: Path, text: str = "mine\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("name", "kind"),
    list(zip(FILES, ("file", "link", "fifo", "link", "file", "file"), strict=True)),
)
def test_a_foreign_file_is_refused_before_anything_is_written(
    tmp_path: Path, out: Path, name: str, kind: str
) -> None:
    elsewhere = place(tmp_path / "elsewhere")
    (out / name).parent.mkdir(exist_ok=True)
    if kind == "file":
        place(out / name)
    elif kind == "link":
        (out / name).symlink_to(elsewhere)
    else:
        os.mkfifo(out / name)
    file = write_fleet(tmp_path, ONE)
    result = batch(tmp_path, file, "--update")
    assert result.status == 2
    assert f"{name} would be overwritten, but this command did not create" in result.output
    assert plugins_in(out) == []
    assert kind != "file" or (out / name).read_text() == "mine\n"
    result = batch(tmp_path, file, "--force")
    assert result.status == 0, result.output
    assert not (out / name).is_symlink()
    assert (out / name).read_text() != "mine\n"
    assert elsewhere.read_text() == "mine\n"


def test_files_that_the_fleet_does_not_write_are_left(tmp_path: Path, out: Path) -> None:
    """A kustomization.yaml without a plugin for Kubernetes, environment files of others."""
    kustomization, environment = place(out / "kustomization.yaml"), place(out / "compose_env/a.env")
    for count in (2, 1):
        assert batch(tmp_path, write_fleet(tmp_path, *numbered(count))).status == 0
    assert kustomization.read_text() == environment.read_text() == "mine\n"
    assert {path.name for path in (out / "compose_env").iterdir()} == {"a.env", "plugin-1.env"}


def test_what_a_person_edited_since_is_refused(tmp_path: Path, out: Path) -> None:
    file = write_fleet(tmp_path, *numbered(2))
    assert batch(tmp_path, file).status == 0
    (out / "compose.yaml").write_text("# mine\n")
    place(out / "compose_env" / "plugin-2.env")
    result = batch(tmp_path, file)
    assert result.status == 2
    assert "compose.yaml, compose_env/plugin-2.env would be overwritten" in result.output
    (out / "compose.yaml").unlink()
    assert batch(tmp_path, write_fleet(tmp_path, *numbered(1))).status == 0
    assert (out / "compose_env" / "plugin-2.env").read_text() == "mine\n", "edited, so not removed"


def test_a_folder_in_place_of_a_file_is_refused_even_with_force(tmp_path: Path, out: Path) -> None:
    place(out / "index.md" / "notes.txt")
    result = batch(tmp_path, write_fleet(tmp_path, ONE), "--force")
    assert result.status == 2
    assert f"{out / 'index.md'} is a folder; move it away" in result.output
    assert plugins_in(out) == []


@pytest.mark.parametrize(
    "name",
    ["compose_env", ".stage7-batch", *(f".stage7-batch/{name}" for name in
     ("staging", "replaced", "records", "cache", "fleet"))],
)  # fmt: skip
def test_a_linked_folder_leads_nowhere(tmp_path: Path, out: Path, name: str) -> None:
    elsewhere = tmp_path / "elsewhere"
    for inner in ("plugin-1.env", "other.env", "plugin-1/x", "plugin-1.json", "1-of-1.json"):
        place(elsewhere / inner)
    before = tree(elsewhere)
    (out / name).parent.mkdir(exist_ok=True)
    (out / name).symlink_to(elsewhere)
    result = batch(tmp_path, write_fleet(tmp_path, ONE), "--force")
    assert result.status == 2
    assert f"{out / name} " in result.output
    assert "move it away" in result.output
    assert tree(elsewhere) == before
    assert plugins_in(out) == []


@pytest.mark.parametrize("name", ["lock", "workers.lock"])
def test_a_linked_lock_empties_nothing(tmp_path: Path, out: Path, name: str) -> None:
    elsewhere = place(tmp_path / "elsewhere")
    (out / ".stage7-batch").mkdir()
    (out / ".stage7-batch" / name).symlink_to(elsewhere)
    result = batch(tmp_path, write_fleet(tmp_path, ONE))
    assert result.status == 2
    assert f"{name} cannot be written" in result.output
    assert elsewhere.read_text() == "mine\n"


def test_a_linked_folder_that_is_being_replaced_is_not_carried_over(
    tmp_path: Path, out: Path
) -> None:
    file = write_fleet(tmp_path, *numbered(1))
    assert batch(tmp_path, file).status == 0
    elsewhere = place(tmp_path / "elsewhere" / "private.txt").parent
    (out / ".stage7-batch" / "replaced" / "plugin-1").symlink_to(elsewhere)
    result = batch(tmp_path, file)
    assert result.status == 2
    assert "was not created by this command; move it away" in result.output
    assert (elsewhere / "private.txt").read_text() == "mine\n"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("records/plugin-1.json", "link"),
        ("records/plugin-1.json", "nonsense"),
        ("fleet/1-of-1.json", "fifo"),
        ("fleet/1-of-1.json", "nonsense"),
    ],
)
def test_a_record_that_is_no_record_counts_for_nothing(
    tmp_path: Path, out: Path, name: str, kind: str
) -> None:
    file = write_fleet(tmp_path, *numbered(1))
    assert batch(tmp_path, file).status == 0
    record = out / ".stage7-batch" / name
    real = record.rename(tmp_path / "record.json")
    if kind == "link":
        record.symlink_to(real)
    elif kind == "fifo":
        os.mkfifo(record)
    else:
        record.write_text("[1]")
    content = real.read_text()
    result = batch(tmp_path, file)
    assert result.status != 0
    assert "this command did not" in result.output
    assert "Traceback" not in result.output
    assert real.read_text() == content


def test_a_hostile_record_removes_nothing_else(tmp_path: Path, out: Path) -> None:
    assert batch(tmp_path, write_fleet(tmp_path, *numbered(1))).status == 0
    record = out / ".stage7-batch" / "fleet" / "1-of-1.json"
    known = json.loads(record.read_text())
    (digests,) = {tuple(value) for key, value in known.items() if key == "index.md"}
    outside = place(tmp_path / "x.env", (out / "index.md").read_text())
    record.write_text(
        json.dumps({**known, "../x.env": digests, "compose_env/../../x.env": digests})
    )
    assert batch(tmp_path, write_fleet(tmp_path, *numbered(2))).status == 0
    assert outside.exists()


def test_a_run_that_was_killed_between_the_files_leaves_none_that_looks_foreign(
    tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At every one of its moves, and then once more."""
    file = write_fleet(tmp_path, *numbered(2))
    assert batch(tmp_path, file).status == 0
    output = OutputFolder(out)
    for move in range(12):
        members = [_member(f"plugin-{number}", 30000 + move) for number in (1, 3)]
        count = iter(range(1000))
        original = Path.replace

        def replaced(self: Path, target: Path, move: int = move) -> Path:
            if next(count) == move:  # noqa: B023
                raise KeyboardInterrupt
            return original(self, target)  # noqa: B023

        with monkeypatch.context() as patched:
            patched.setattr(Path, "replace", replaced)
            try:
                FleetFiles(output, Shard(1, 1), force=False).write(members)
            except KeyboardInterrupt:
                pass
            else:
                assert move == 6, "two records and four files"
                return
        FleetFiles(output, Shard(1, 1), force=False).write(members)
    raise AssertionError("there are more moves than were tried")


def test_parts_of_a_fleet_can_be_copied_together(tmp_path: Path, out: Path) -> None:
    file = write_fleet(tmp_path, *numbered(4))
    for number in (1, 2):
        folder = tmp_path / str(number)
        folder.mkdir()
        assert batch(folder, file, "--shard", f"{number}/2").status == 0
    for number in (2, 1):  # files of one part, records of both
        for path in (tmp_path / str(number) / "out").rglob("*"):
            if path.is_file():
                place(out / path.relative_to(tmp_path / str(number) / "out")).write_bytes(
                    path.read_bytes()
                )
    result = batch(tmp_path, file)
    assert result.status == 0, result.output
    assert "4 unchanged" in result.output
    assert len(json.loads((out / "index.json").read_text())["plugins"]) == 4
    assert [p.name for p in (out / ".stage7-batch" / "fleet").iterdir()] == ["1-of-1.json"]


def _member(slug: str, port: int) -> Member:
    from stage7_plugin.batch.ownership import Ownership
    from stage7_plugin.host.view import HostView

    view = HostView(slug, "1.0.0", f"a/{slug}:1.0.0", "Dockerfile", "./", 8080, "/health", 10.0,
                    "/execute", "POST", 30.0, None, None)  # fmt: skip
    return Member(
        slug, port, view, slug, slug.upper(), "A plugin", (), (), (), False, Ownership(), "", "", {}
    )
