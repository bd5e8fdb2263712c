"""Building the images of a fleet with the Docker engine, several at once, resumable.

A label says what an image was built from, so no other record is needed.
"""

from __future__ import annotations

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
from stage7_plugin.batch.safe_files import ignore_in_git, real_folder
from stage7_plugin.host import engine
from stage7_plugin.host.build_context import SOURCE_LABEL, source_digest

if TYPE_CHECKING:
    from docker import APIClient

LOGS = "build_logs"  # no slug has an underscore, so no plugin can be called that
BUILT, UNCHANGED = "built", "unchanged"


class NotLocked(Exception):
    """The image would lack packages; the text says which and what to do."""


class VersionTaken(Exception):
    """There is a different image under this version; the text says what to do."""


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
    ignore_in_git(output.path / LOGS, b"*\n")
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
        except (NotLocked, VersionTaken) as error:
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
    digest = source_digest(project, member.view)
    image = member.view.image
    built_from = engine.image_label(client, image, SOURCE_LABEL)
    if built_from == digest:
        return UNCHANGED
    if built_from:
        raise VersionTaken(
            f"{image} exists and was built from other files: release a new version (--release "
            f"patch --only {member.slug}), or remove it to build this one (docker image rm {image})"
        )
    log.unlink(missing_ok=True)
    with log.open("x", encoding="utf-8") as file:  # x follows no link
        try:
            for line in engine.build(client, member.view, project, labels={SOURCE_LABEL: digest}):
                print(line, file=file, flush=True)
        except engine.EngineError as error:
            print(f"error: {error}\ntry it by hand: {error.command}", file=file)
            raise
    return BUILT
