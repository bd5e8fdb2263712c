"""Child processes, and values of numpy, in the image: each way to start a child leaves no trace."""

from __future__ import annotations

import json
import subprocess
import sys
import uuid
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from stage7_plugin.host.engine import build
from stage7_plugin.host.run import ContainerOptions, HostRun
from stage7_plugin.host.view import HostView
from tests.support.template import render

if TYPE_CHECKING:
    from docker import APIClient

pytestmark = [pytest.mark.engine, pytest.mark.network]

REQUIREMENTS = "joblib\nmultiprocess\nnumpy\n"
WORK = """
import numpy  # a package, which a child must find


def square(number):
    return int(numpy.square(number))


def put(queue):
    queue.put("put")


def total(array, number):
    return [type(array).__name__, float(array.sum()) + number]
"""
LOGIC = """
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import shared_memory

import work

kept = []


def with_context(method):
    context = multiprocessing.get_context(method)
    with context.Pool(2) as pool:
        found = pool.map(work.square, range(4))
    with ProcessPoolExecutor(2, mp_context=context) as executor:
        found += executor.map(work.square, range(4))
    queue = context.Queue()
    child = context.Process(target=work.put, args=(queue,))
    child.start()
    found.append(queue.get(timeout=60))
    child.join()
    memory = shared_memory.SharedMemory(create=True, size=1000)
    memory.close()
    memory.unlink()
    return [*found, child.exitcode]


def execute_plugin(inputs, context):
    what = inputs["text"]
    if what == "joblib":
        import joblib, numpy

        ones = numpy.ones(1_000_000)  # large enough to be shared by a file
        tasks = (joblib.delayed(work.total)(ones, number) for number in range(2))
        found = joblib.Parallel(n_jobs=2)(tasks)
    elif what == "multiprocess":
        import multiprocess

        with multiprocess.get_context("spawn").Pool(2) as pool:
            found = pool.map(lambda number: work.square(number), range(4))
    elif what == "left open":
        for method in ("spawn", "forkserver"):
            context = multiprocessing.get_context(method)
            kept.append(context.Pool(2))
            kept.append(ProcessPoolExecutor(2, mp_context=context))
            found = [*kept[-2].map(work.square, range(4)), *kept[-1].map(work.square, range(4))]
    elif what.startswith("numpy"):
        import numpy

        if what == "numpy success":
            return {"success": numpy.True_, "outputs": {"result": []}}
        found = {"numpy array": numpy.ones(2), "numpy scalar": [numpy.int64(1)]}[what]
    else:
        found = with_context(what)
    return {"success": True, "outputs": {"result": found}}
"""
SQUARES = [0, 1, 4, 9]


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory, client: APIClient) -> Iterator[HostView]:
    folder = tmp_path_factory.mktemp("processes")
    project = render(
        folder,
        plugin_slug=f"processes-{uuid.uuid4().hex[:12]}",  # each pytest-xdist worker has its own
        verb="TEST",
        outputs="result:array - What came",
        memory="1g",  # for a dozen children with numpy
    )
    (project / "plugin_logic.py").write_text(LOGIC, "utf-8")
    (project / "work.py").write_text(WORK, "utf-8")
    (project / "requirements.in").write_text(REQUIREMENTS, "utf-8")
    lock = [sys.executable, "tests/lock_requirements.py"]
    subprocess.run(lock, cwd=project, check=True)
    view = HostView.from_manifest(json.loads((project / "manifest.json").read_text("utf-8")))
    for _ in build(client, view, project):
        pass
    yield view
    client.remove_image(view.image, force=True)


# As the host runs it, and as `make up`, Compose and Kubernetes do.
RUNS = {
    "host": ContainerOptions(),
    "hardened": ContainerOptions(
        read_only=True, tmpfs={"/tmp": "size=64m,exec"}, drop_capabilities=True
    ),
}


def test_children_find_their_packages_and_end_without_a_trace(
    image: HostView, client: APIClient
) -> None:
    for how, options in RUNS.items():
        check_children(client, image, how, options)


def check_children(client: APIClient, image: HostView, how: str, options: ContainerOptions) -> None:
    with HostRun(client, image, options) as running:
        running.wait_healthy()
        for what, expected in (
            ("spawn", [*SQUARES, *SQUARES, "put", 0]),
            ("forkserver", [*SQUARES, *SQUARES, "put", 0]),
            ("fork", [*SQUARES, *SQUARES, "put", 0]),
            ("multiprocess", SQUARES),
            ("joblib", [["memmap", 1_000_000.0], ["memmap", 1_000_001.0]]),
            ("left open", [*SQUARES, *SQUARES]),
        ):
            answer = running.execute({"text": what})
            assert answer.status == 200, f"{how}, {what}: {answer.summary()}\n{running.logs()}"
            assert answer.document["outputs"]["result"] == expected
        for what, advice in (
            ("numpy success", "'success' is numpy.bool; write bool(value)"),
            ("numpy array", "is numpy.ndarray; write value.tolist()"),
            ("numpy scalar", "result[0] is numpy.int64; write int(value)"),
        ):
            answer = running.execute({"text": what})
            assert (answer.status, advice in answer.summary()) == (500, True), answer.summary()
        assert running.stop() == 0
        assert running.times["stop"] < 5, "it was not killed"
        lines = [json.loads(line) for line in running.logs().splitlines()]
        said = [line for line in lines if line["level"] != "INFO"]
        assert [line.get("outcome") for line in said] == ["failed"] * 3, said
        assert lines[-1]["message"] == "stopped"
