"""What a failure says about the image: which file to edit, which command to run, where to write."""

from __future__ import annotations

import errno
import importlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.runtime.runtime_modules import runtime_module
from tests.support.servers import Start

hints = runtime_module("hints")
TO_REQUIREMENTS = "to requirements.in, run make lock, then run make setup"
TO_REQUIREMENTS_OF_IMAGE = "to requirements.in, run make lock, then run make build"
TO_SYSTEM_PACKAGES = "to system-packages.txt, and install it on this machine"
WRITABLE = "in the container only /tmp, which is also the home folder, is writable"


class OperationalError(Exception):
    """Named like sqlite3's, without loading its library."""


def missing(name: str) -> ModuleNotFoundError:
    return ModuleNotFoundError(f"No module named {name!r}", name=name)


def object_file(name: str, kind: type[Exception] = ImportError) -> Exception:
    return kind(f"{name}: cannot open shared object file: No such file or directory")


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        (missing("numpy"), f"add the package that has numpy {TO_REQUIREMENTS}"),
        (missing("google.cloud.storage"), f"add the package that has google {TO_REQUIREMENTS}"),
        (missing("sklearn.svm"), f"add the package scikit-learn {TO_REQUIREMENTS}"),
        (missing("PIL"), f"add the package pillow {TO_REQUIREMENTS}"),
        (
            missing("pytest.nothing"),
            "the installed pytest has no such module: change its version in requirements.in",
        ),
        (
            missing("tests.helpers"),
            "tests/ is not in the image: move the module next to plugin_logic.py",
        ),
        (missing("json.nothing"), ""),
        (missing("plugin_logic"), ""),
        (ImportError("cannot import name 'x' from 'json'"), ""),
        (
            object_file("libmagic.so.1"),
            f"add the Debian package that has libmagic.so.1, probably libmagic1, "
            f"{TO_SYSTEM_PACKAGES}",
        ),
        (
            object_file("/opt/lib/libpango-1.0.so.0.1", OSError),
            f"add the Debian package that has libpango-1.0.so.0.1, probably libpango-1.0-0, "
            f"{TO_SYSTEM_PACKAGES}",
        ),
        (
            object_file("libodd.so", OSError),
            f"add the Debian package that has libodd.so {TO_SYSTEM_PACKAGES}",
        ),
        (
            ImportError("failed to find libmagic.  Check your installation"),
            f"add the Debian package that has libmagic {TO_SYSTEM_PACKAGES}",
        ),
        (
            OSError("sndfile library not found"),
            f"add the Debian package that has the library {TO_SYSTEM_PACKAGES}",
        ),
        (ImportError("librarian not found"), ""),
        (OSError(errno.EROFS, "Read-only file system", "/app/cache"), WRITABLE),
        (RuntimeError("cannot write: Read-only file system (os error 30)"), WRITABLE),
        (OperationalError("attempt to write a readonly database"), WRITABLE),
        (OperationalError("unable to open database file"), WRITABLE),
        (OperationalError("no such table: libraries"), ""),
        (
            OSError(errno.ENOSPC, "No space left on device"),
            "under make up, Compose and Kubernetes /tmp holds a quarter of "
            "container.resources.memory, and /dev/shm 64 MiB",
        ),
        (FileNotFoundError(errno.ENOENT, "No such file or directory", "libx.txt"), ""),
        (PermissionError(errno.EACCES, "Permission denied"), ""),
        (ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused"), ""),
        (ValueError("the library was not found"), ""),
    ],
    ids=lambda value: str(value)[:50],
)
def test_what_is_advised(error: Exception, advice: str) -> None:
    assert hints.advice(error) == advice


def test_in_the_image_the_last_step_is_a_build(monkeypatch: pytest.MonkeyPatch) -> None:
    """It has no Makefile, which is how the two are told apart."""
    monkeypatch.setattr(hints, "PROJECT", "/nowhere")
    assert hints.advice(missing("numpy")).endswith("run make lock, then run make build")
    assert hints.advice(object_file("libmagic.so.1")).endswith(", then run make build")


def raised_by(function: Callable[[], Any]) -> Exception:
    try:
        function()
    except Exception as error:
        return error
    raise AssertionError("nothing was raised")


def start_nothing() -> None:
    subprocess.run(["no-such-program-here", "argument"])


def wrapped() -> None:
    try:
        start_nothing()
    except OSError as error:
        raise RuntimeError("is it installed?") from error


def wrapped_without_cause() -> None:
    try:
        start_nothing()
    except OSError:
        raise RuntimeError("is it installed?")  # noqa: B904 - as libraries do


@pytest.mark.parametrize("function", [start_nothing, wrapped, wrapped_without_cause])
def test_a_missing_program(function: Callable[[], None]) -> None:
    program = "add the Debian package that has the program no-such-program-here"
    assert hints.advice(raised_by(function)) == f"{program} {TO_SYSTEM_PACKAGES}"


def test_a_missing_folder_is_no_missing_program(tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    error = raised_by(lambda: subprocess.run([sys.executable, "-c", ""], cwd=nowhere))
    assert hints.advice(error) == ""


def optional_package() -> None:
    try:
        importlib.import_module("no_such_package_here")
    except ImportError:
        raise ValueError("something else")  # noqa: B904 - as libraries do


def required_package() -> None:
    try:
        importlib.import_module("no_such_package_here")
    except ImportError as error:
        raise ImportError("install no-such-package-here") from error


def test_a_package_that_is_tried_is_not_taken_for_missing() -> None:
    assert hints.advice(raised_by(optional_package)) == ""
    assert "no_such_package_here to requirements.in" in hints.advice(raised_by(required_package))


@pytest.mark.parametrize(
    ("mode", "name", "is_told"),
    [
        (0o500, "new", True),
        (0o500, "new/deeper", True),
        (0o500, "", True),
        (0o700, "new", False),
        (0o300, "", False),
    ],
)
def test_a_refused_path_is_told_apart_from_one_that_may_not_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int, name: str, is_told: bool
) -> None:
    """By the folder's mode: the tests may run as root, to whom everything is open."""

    def access(path: str | Path, wanted: int) -> bool:
        if not Path(path).exists():
            return False
        allowed = {os.F_OK: 0, os.R_OK: 0o400, os.W_OK: 0o200}[wanted]
        return Path(path).stat().st_mode & allowed == allowed

    monkeypatch.setattr(os, "access", access)
    folder = tmp_path / "folder"
    folder.mkdir(mode=mode)
    error = PermissionError(errno.EACCES, "Permission denied", str(folder / name))
    assert hints.advice(error) == (WRITABLE if is_told else "")


class Unprintable(OSError):
    def __str__(self) -> str:
        raise SystemExit("no text")


def test_what_has_no_text_and_what_led_to_itself() -> None:
    assert hints.advice(Unprintable()) == ""
    first, second = ValueError("first"), ValueError("second")
    first.__cause__, second.__cause__ = second, first
    assert hints.advice(first) == ""


def test_it_is_reported_wherever_a_plugin_fails(start: Start) -> None:
    plugin = start("broken_import.py")  # without a Makefile, as in the image
    told = f"add the package that has package_that_is_not_installed {TO_REQUIREMENTS_OF_IMAGE}"
    assert told in plugin.get("/health")[1]["error"]
    assert told in plugin.execute({"do": "return value"})[1]["error"]
    assert told in plugin.log


def test_a_plugin_that_works_does_not_load_it(start: Start) -> None:
    plugin = start("careless.py")
    answer = plugin.execute({"do": "loaded", "value": "plugin_runtime.hints"})[1]
    assert answer["outputs"] == {"result": False}
    status, answer = plugin.execute({"do": "import", "value": "no_such_package_here"})
    assert status == 500
    assert f"has no_such_package_here {TO_REQUIREMENTS_OF_IMAGE}" in answer["error"]
    assert f"has no_such_package_here {TO_REQUIREMENTS_OF_IMAGE}" in plugin.log
