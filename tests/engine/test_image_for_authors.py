"""What an author's code finds in the image: packages, programs, a user, a home, no zombies."""

from __future__ import annotations

import json
import stat
import time
import uuid
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from stage7_plugin.host.engine import build
from stage7_plugin.host.run import ContainerOptions, HostRun
from stage7_plugin.host.view import HostView, host_environment
from tests.support.template import generate

if TYPE_CHECKING:
    from docker import APIClient

pytestmark = pytest.mark.engine

LOGIC = """
import ctypes, getpass, os, pathlib, subprocess, tempfile
import numbers_of_the_author  # a module of mode 0600


def execute_plugin(inputs, context):
    what = inputs["text"]
    if what == "home":
        cache = pathlib.Path.home() / ".cache" / "library"
        cache.mkdir(parents=True, exist_ok=True)
        (cache / "model").write_text("x")
        found = [getpass.getuser(), str(pathlib.Path.home())]
    elif what == "orphans":
        for _ in range(5):
            subprocess.run(["sh", "-c", "true & exit 0"], check=True)
        found = []
    elif what == "zombies":
        stats = [path.read_text() for path in pathlib.Path("/proc").glob("[0-9]*/stat")]
        found = [text for text in stats if text.rpartition(")")[2].split()[0] == "Z"]
    elif what == "exit status":
        child = subprocess.Popen(["sh", "-c", "exit 7"])
        import time; time.sleep(4)
        found = [child.wait()]
    elif what == "write":
        pathlib.Path("cache").mkdir()
    elif what == "program":
        subprocess.run(["tesseract", "--version"])
    elif what == "magic":
        found = [ctypes.CDLL("libmagic.so.1").magic_version() > 500]
    else:
        found = [numbers_of_the_author.ANSWER, pathlib.Path("data/model.bin").read_text()]
    return {"success": True, "outputs": {"result": repr(found)}}
"""
PATIENCE = "PATIENCE_SECONDS = 10.0"
"""How long the server lets a child lie that ended; here it is less."""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, client: APIClient) -> Iterator[HostRun]:
    """A plugin cloned under umask 077, with a read-only root and the environment of the host."""
    folder = tmp_path_factory.mktemp("authors")
    slug = f"authors-{uuid.uuid4().hex[:12]}"  # each pytest-xdist worker has an image of its own
    made = generate(folder, plugin_slug=slug, verb="TEST", git_init="no")
    assert made.status == 0, made.output
    project = folder / "out" / slug
    (project / "plugin_logic.py").write_text(LOGIC, "utf-8")
    reaper = project / "plugin_runtime" / "container.py"
    text = reaper.read_text("utf-8")
    assert PATIENCE in text
    reaper.write_text(text.replace(PATIENCE, "PATIENCE_SECONDS = 2.0"), "utf-8")
    (project / "numbers_of_the_author.py").write_text("ANSWER = 42\n", "utf-8")
    (project / "data").mkdir()
    (project / "data" / "model.bin").write_text("weights", "utf-8")
    (project / "system-packages.txt").write_text(
        "# for ctypes\nlibmagic1 # and its data\n\n", "utf-8"
    )
    for path in project.rglob("*"):
        path.chmod(stat.S_IMODE(path.stat().st_mode) & 0o700)
    view = HostView.from_manifest(json.loads((project / "manifest.json").read_text("utf-8")))
    for _ in build(client, view, project):
        pass
    # /tmp is what `make up`, compose and Kubernetes give it.
    options = ContainerOptions(
        environment={**host_environment(), "HOME": "/root"},
        read_only=True,
        tmpfs={"/tmp": "size=64m,exec"},
        drop_capabilities=True,
    )
    try:
        with HostRun(client, view, options) as run:
            run.wait_healthy()
            yield run
    finally:
        client.remove_image(view.image, force=True)


def ask(running: HostRun, what: str) -> Any:
    answer = running.execute({"text": what})
    assert answer.status == 200, answer.summary()
    return answer.document["outputs"]["result"]


def test_modes_of_the_authors_files_do_not_matter(running: HostRun) -> None:
    assert ask(running, "files") == "[42, 'weights']"


def test_a_system_package_is_installed(running: HostRun) -> None:
    assert ask(running, "magic") == "[True]"


def test_the_user_has_a_name_and_a_writable_home(running: HostRun) -> None:
    assert ask(running, "home") == "['plugin', '/tmp']"


@pytest.mark.parametrize(
    ("what", "advice"),
    [
        ("write", "only /tmp, which is also the home folder, is writable"),
        ("program", "has the program tesseract to system-packages.txt, then run make build"),
    ],
)
def test_what_the_image_does_not_allow_is_reported(
    running: HostRun, what: str, advice: str
) -> None:
    answer = running.execute({"text": what})
    assert answer.status == 500
    assert advice in answer.document["error"]


def test_orphans_are_reaped(running: HostRun) -> None:
    ask(running, "orphans")
    assert ask(running, "zombies") != "[]", "nothing to reap: the test proves nothing"
    deadline = time.monotonic() + 60
    while ask(running, "zombies") != "[]":
        assert time.monotonic() < deadline, ask(running, "zombies")
        time.sleep(4)  # an execution starts the wait anew


def test_a_child_that_is_waited_for_late_keeps_its_exit_status(running: HostRun) -> None:
    assert ask(running, "exit status") == "[7]"
