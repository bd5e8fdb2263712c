"""Interrupted, killed, on a full disk, over a person's work: nothing half-made, nothing lost."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from stage7_plugin.batch import output_folder
from stage7_plugin.batch.compare import changed_files
from stage7_plugin.batch.install import Rewrite, place
from stage7_plugin.batch.output_folder import OutputFolder
from stage7_plugin.batch.recipe import Recipe
from stage7_plugin.batch.replacing import recover
from stage7_plugin.batch.template import PluginTemplate
from stage7_plugin.spec.plugin_spec import PluginSpec
from tests.support.batch import (
    batch,
    batch_here,
    command,
    environment,
    numbered,
    plugins_in,
    tree,
    write_fleet,
)

MANY = 400
"""Enough that a run goes on for seconds after its first twenty plugins."""


def start(folder: Path, file: Path) -> subprocess.Popen[str]:
    """Begin a large run, in a session of its own; returns once it has made some plugins."""
    process = subprocess.Popen(
        command(file, "--output-dir", folder / "out"),
        cwd=folder,
        env=environment(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    deadline = time.monotonic() + 60
    while len(plugins_in(folder / "out")) < 20:
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return process


def workers_of(process: subprocess.Popen[str]) -> list[int]:
    """The worker processes of a run that has begun, as process ids."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    workers = []
    for child in children:
        with contextlib.suppress(OSError):  # it ended meanwhile
            if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes():
                workers.append(int(child))
    return workers


def assert_all_whole(folder: Path, names: list[str]) -> None:
    """Every plugin has the same files, and is what its name says."""
    (paths,) = {frozenset(tree(folder / "out" / name)) for name in names}
    assert len(paths) > 35
    for name in names:
        manifest = json.loads((folder / "out" / name / "manifest.json").read_text())
        assert manifest["id"] == name


@pytest.mark.parametrize(
    ("signals", "status"),
    [([signal.SIGKILL], -signal.SIGKILL), ([signal.SIGINT], 130), ([signal.SIGTERM], 130)],
    ids=["kill -9", "Ctrl-C", "SIGTERM"],
)
def test_a_killed_run_leaves_whole_plugins_and_the_next_one_goes_on(
    tmp_path: Path, signals: list[signal.Signals], status: int
) -> None:
    file = write_fleet(tmp_path, *numbered(MANY))
    process = start(tmp_path, file)
    if signals == [signal.SIGINT]:
        os.killpg(process.pid, signal.SIGINT)  # as a terminal sends it, to the workers too
    else:
        process.send_signal(signals[0])
    assert process.stdout is not None
    output = process.stdout.read()
    assert process.wait(60) == status, output
    assert "Traceback" not in output

    result = batch(tmp_path, file)  # at once: workers of the killed run may still be alive
    assert result.status == 0, result.output
    made = plugins_in(tmp_path / "out")
    assert len(made) == MANY
    assert_all_whole(tmp_path, made)
    assert "unchanged" in result.output, "plugins that were finished are not made again"
    assert list((tmp_path / "out" / ".stage7-batch" / "staging").iterdir()) == []


def test_ctrl_c_does_not_reach_a_worker_that_still_imports_its_modules(tmp_path: Path) -> None:
    """A replacement starts late; its own handler is not there until it has imported the package."""
    file = write_fleet(tmp_path, *numbered(MANY))
    process = start(tmp_path, file)
    known = workers_of(process)
    os.kill(known[0], signal.SIGKILL)
    deadline = time.monotonic() + 60
    while not (fresh := set(workers_of(process)) - set(known)):
        assert time.monotonic() < deadline
    os.kill(fresh.pop(), signal.SIGINT)
    output, _ = process.communicate(timeout=120)
    assert "Traceback" not in output
    made = plugins_in(tmp_path / "out")
    assert len(made) >= MANY - 8, "only what the killed worker was at is lost"


def test_finished_plugins_are_whole_at_every_moment(tmp_path: Path) -> None:
    """Looked at without a second run, after each of several kills of the whole group."""
    file = write_fleet(tmp_path, *numbered(MANY))
    process = start(tmp_path, file)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait(60)
    made = plugins_in(tmp_path / "out")
    assert 20 <= len(made) < MANY
    assert_all_whole(tmp_path, made)
    left = {path.name for path in (tmp_path / "out").iterdir()}
    assert left == {*made, ".stage7-batch"}


def test_a_killed_worker_costs_only_what_it_was_at(tmp_path: Path) -> None:
    file = write_fleet(tmp_path, *numbered(MANY))
    process = start(tmp_path, file)
    workers = workers_of(process)
    assert len(workers) >= 2, "one process for each core"
    os.kill(workers[0], signal.SIGKILL)
    output, _ = process.communicate(timeout=120)
    assert process.returncode == 1
    assert "its worker process ended (exit code -9" in output
    assert len(plugins_in(tmp_path / "out")) >= MANY - 8
    assert batch(tmp_path, file).status == 0
    assert len(plugins_in(tmp_path / "out")) == MANY


def test_two_runs_do_not_meet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output_folder, "_WAIT_SECONDS", 1)
    file = write_fleet(tmp_path, *numbered(MANY))
    process = start(tmp_path, file)
    os.killpg(process.pid, signal.SIGSTOP)  # so that it is at work for as long as the other one
    try:
        result = batch_here(file, "--output-dir", tmp_path / "out")
        assert result.status == 2
        assert "another batch is running in" in result.output
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def test_a_full_disk_fails_that_plugin_alone(tmp_path: Path) -> None:
    """A limit on the size of a file, with a logic file that is larger."""
    (tmp_path / "big.py").write_text("def execute_plugin(i, c): ...\n" + "# x\n" * 100_000)
    plugins = [{"plugin_name": "Big", "logic": "big.py"}, {"plugin_name": "Small"}]
    file = write_fleet(tmp_path, *plugins)
    limited = ["bash", "-c", 'ulimit -f 200; trap "" XFSZ; exec "$@"', "-"]
    done = subprocess.run(
        [*limited, *command(file, "--output-dir", tmp_path / "out")],
        env=environment(tmp_path),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "big: File too large" in done.stderr
    assert plugins_in(tmp_path / "out") == ["small"]
    assert not (tmp_path / "out" / "big").exists()
    assert batch(tmp_path, file).status == 0
    assert plugins_in(tmp_path / "out") == ["big", "small"]


MOVES = 7  # more than installing one plugin makes; see the test below


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("move", range(MOVES))
@pytest.mark.parametrize("there", [False, True], ids=["new", "replaced"])
def test_a_run_may_end_before_or_after_every_move(
    tmp_path: Path, there: bool, move: int, after: bool
) -> None:
    """A process that is killed at each step of installing one plugin, and a run after it."""
    template, output = PluginTemplate(), OutputFolder(tmp_path / "out")
    output.create()
    _keep_common_texts(template, output)
    old, new = (_recipe(template, name) for name in ("Old", "New"))
    project = tmp_path / "out" / "echo"
    if there:
        place(old, template, output, Rewrite())
        (project / "notes.txt").write_text("mine")
        (project / "examples" / "more.json").write_text("{}")
    child = os.fork()
    if child == 0:
        _die_at(move, after)
        place(new, template, output, Rewrite(update=True))
        os._exit(0)
    assert os.waitpid(child, 0)[1] in (0, signal.SIGKILL)

    recover(output)
    assert list(output.replaced.iterdir()) == []
    assert list(output.state.glob("*.json")) == []
    if project.exists():
        author = json.loads((project / "manifest.json").read_text())["author"]
        assert author in ("Old", "New")
        record = output.read_record("echo")
        assert record is not None
        assert changed_files(project, record) == [], "the record is that of what is there"
    else:
        assert not there
    assert place(new, template, output, Rewrite(update=True))[0] != "outdated"
    assert json.loads((project / "manifest.json").read_text())["author"] == "New"
    if there:
        assert (project / "notes.txt").read_text() == "mine"
        assert (project / "examples" / "more.json").read_text() == "{}"


def test_the_moves_of_placing_are_all_covered(tmp_path: Path) -> None:
    """Replacing one plugin makes fewer moves than the test above ends a process at."""
    template, output = PluginTemplate(), OutputFolder(tmp_path / "out")
    output.create()
    _keep_common_texts(template, output)
    place(_recipe(template, "Old"), template, output, Rewrite())
    (tmp_path / "out" / "echo" / "notes.txt").write_text("mine")
    (tmp_path / "out" / "echo" / "examples" / "more.json").write_text("{}")
    child = os.fork()
    if child == 0:
        _die_at(MOVES - 1, after=False)
        place(_recipe(template, "New"), template, output, Rewrite(update=True))
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0


def _keep_common_texts(template: PluginTemplate, output: OutputFolder) -> None:
    """Make another plugin first: the first one keeps some sixty texts, with a move for each."""
    for author in ("Old", "New"):
        place(_recipe(template, author, author), template, output, Rewrite())


def _recipe(template: PluginTemplate, author: str, name: str = "Echo") -> Recipe:
    answers = template.answers({"plugin_name": name, "author": author})
    return Recipe(1, PluginSpec.from_answers(answers))


def _die_at(move: int, after: bool) -> None:
    """Make this process kill itself before or after a certain rename, counted from 0."""
    rename, replace = Path.rename, Path.replace
    count = iter(range(1000))

    def counted(original: Callable[[Path, Path], Path]) -> Callable[[Path, Path], Path]:
        def moved(self: Path, target: Path) -> Path:
            this_one = next(count) == move
            if this_one and not after:
                os.kill(os.getpid(), signal.SIGKILL)
            found = original(self, target)
            if this_one:
                os.kill(os.getpid(), signal.SIGKILL)
            return found

        return moved

    Path.rename = counted(rename)  # type: ignore[method-assign, assignment]
    Path.replace = counted(replace)  # type: ignore[method-assign, assignment]
