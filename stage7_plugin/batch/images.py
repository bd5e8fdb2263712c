"""Building the images of a fleet with the Docker engine, several at once, resumable."""

from __future__ import annotations

import hashlib
import json
import queue
import threading
import time
from collections.abc import Generator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from stage7_plugin.batch.locked import not_locked
from stage7_plugin.batch.outcome import FAILED, Outcome
from stage7_plugin.batch.output_folder import OutputFolder
from stage7_plugin.batch.outputs.member import Member
from stage7_plugin.batch.safe_files import read_regular, real_folder, write_whole
from stage7_plugin.host import engine

if TYPE_CHECKING:
    from docker import APIClient

LOGS = "build_logs"  # no slug has an underscore, so no plugin can be called that
BUILT, UNCHANGED = "built", "unchanged"


class NotLocked(Exception):
    """The image would lack packages; the text says which and what to do."""


def build_all(
    members: Sequence[Member], output: OutputFolder, lines: Mapping[str, int], jobs: int
) -> Generator[Outcome, None, None]:
    """Build every image that is not there yet as its folder says; outcomes come as they happen.

    Args:
        members: The plugins.
        output: Their folder, which also gets a log of each build.
        lines: Where the batch file describes each, by its slug.
        jobs: How many are built at once.

    Raises:
        EngineMissing: There is no engine to build with.
        Foreign: The folder of the logs is a link.
    """
    engine.connect().close()  # so that a missing engine is told once
    real_folder(output.path / LOGS)
    waiting: queue.SimpleQueue[Member] = queue.SimpleQueue()
    for member in members:
        waiting.put(member)
    done: queue.SimpleQueue[Outcome] = queue.SimpleQueue()
    stop = threading.Event()
    for _ in range(min(jobs, len(members))):
        # Daemons: Ctrl-C does not wait for a build step, and the engine gives the build up itself.
        threading.Thread(target=_builder, args=(waiting, done, stop, output), daemon=True).start()
    try:
        for _ in members:
            outcome = _next(done)
            yield replace(outcome, line=lines[outcome.slug])
    finally:
        stop.set()


def _next(done: queue.SimpleQueue[Outcome]) -> Outcome:
    while True:
        try:
            return done.get(timeout=0.5)  # Windows delivers Ctrl-C only in between
        except queue.Empty:
            continue


def _builder(
    waiting: queue.SimpleQueue[Member],
    done: queue.SimpleQueue[Outcome],
    stop: threading.Event,
    output: OutputFolder,
) -> None:
    while not stop.is_set():
        try:
            member = waiting.get_nowait()
        except queue.Empty:
            return
        start = time.perf_counter()
        log = output.path / LOGS / f"{member.slug}.log"
        try:
            client = engine.connect()
            try:
                status = _build(client, member, output, log)
            finally:
                client.close()
            message = ""
        except NotLocked as error:
            status, message = FAILED, str(error)
        except Exception as error:  # one failure must not stop the rest
            status, message = FAILED, f"{error}; see {log}"
        done.put(Outcome(member.slug, 0, status, message, time.perf_counter() - start))


def _build(client: APIClient, member: Member, output: OutputFolder, log: Path) -> str:
    project = output.plugin(member.slug)
    if missing := not_locked(project):
        raise NotLocked(
            f"{', '.join(missing)} of requirements.in {'is' if len(missing) == 1 else 'are'} not "
            f"locked, so the image would lack it: run `make lock` in {project}"
        )
    wanted = {"image": member.view.image, "source": _source_digest(member, project)}
    record = output.builds / f"{member.slug}.json"
    if _built(client, record, wanted):
        return UNCHANGED
    log.unlink(missing_ok=True)
    with log.open("x", encoding="utf-8") as file:  # x follows no link
        try:
            for line in engine.build(client, member.view, project):
                print(line, file=file, flush=True)
        except engine.EngineError as error:
            print(f"error: {error}\nto try by hand: {error.command}", file=file)
            raise
    identity = engine.image_id(client, member.view.image)
    write_whole(record, json.dumps({**wanted, "id": identity}).encode())
    return BUILT


def _built(client: APIClient, record: Path, wanted: dict[str, str]) -> bool:
    """Whether the image is there and was built from what is in the folder now."""
    try:
        found = json.loads(read_regular(record) or b"")
    except ValueError:
        return False
    identity = engine.image_id(client, wanted["image"])
    return bool(identity) and found == {**wanted, "id": identity}


def _source_digest(member: Member, project: Path) -> str:
    """Of everything that is sent to the engine for a build."""
    from docker.utils.build import exclude_paths

    context = project / member.view.build_context
    ignore = context / ".dockerignore"
    lines = ignore.read_text("utf-8").splitlines() if ignore.is_file() else []
    patterns = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    digest = hashlib.blake2b(json.dumps(engine.build_arguments(member.view)).encode())
    for name in sorted(exclude_paths(str(context), patterns, member.view.dockerfile)):
        path = context / name
        if path.is_file():
            digest.update(f"{name}\0{path.stat().st_mode}\0".encode() + path.read_bytes())
    return digest.hexdigest()
