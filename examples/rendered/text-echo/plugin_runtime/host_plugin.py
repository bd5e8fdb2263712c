"""Runs a Python plugin of the host, unmodified: one process for each execution.

Only a plugin that was made with `stage7-plugin wrap` imports this. The host's own executor starts
`python3 main.py FOLDER` in the plugin's folder, writes the inputs to its standard input as
`[[name, {"inputName", "value", "valueType", "args"}], ...]`, and reads its answer from standard
output. Source: executePythonPlugin in its pluginExecutor.ts.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from contextvars import copy_context
from typing import IO, Any

from plugin_runtime import host_answer, settings
from plugin_runtime.inputs import unwrap
from plugin_runtime.outputs import Failure
from plugin_runtime.value_types import type_name

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
BUILD_SECONDS = 60
LAST_LINES = 20  # of standard error, in which the reason of a failure is sought
LONGEST_LINE = 65536  # bytes; a longer one is logged in pieces


class HostPlugin:
    """The plugin in a folder next to `server.py`.

    Args:
        folder: Its name.
        main: Its program, relative to the folder.
        function: Called in place of the program's own main, which reads no inputs; may be empty.
        renamed: The plugin's own name of each input that has another one in manifest.json.
    """

    def __init__(
        self,
        folder: str = "wrapped",
        main: str = "main.py",
        function: str = "",
        renamed: dict[str, str] | None = None,
    ) -> None:
        self._folder = os.path.join(ROOT, folder)
        self._main = os.path.join(self._folder, main)
        self._function = function
        self._renamed = renamed or {}
        with open(os.path.join(ROOT, "manifest.json"), encoding="utf-8") as file:
            manifest = json.load(file)
        self._kinds = {one["name"]: one["type"] for one in manifest["inputDefinitions"]}
        self._outputs = manifest["outputDefinitions"]
        values = settings.load(manifest, os.environ)
        self._seconds = settings.deadline_seconds(values.timeout_ms)
        self._most_bytes = values.max_output_bytes
        if "--compile" in sys.argv:
            self._import_while_building()

    def execute(self, inputs: dict[str, Any], context: dict[str, Any]) -> dict[str, Any]:
        """Run the plugin once; return what `execute_plugin` has to return."""
        run = Run(self._start(), self._most_bytes)
        try:
            answer = run.answer(self.standard_input(inputs, context), self._seconds)
            outputs = host_answer.outputs_of(answer, self._outputs)
        except Failure as failure:
            return {"success": False, "error": failure.error}
        return {"success": True, "outputs": outputs, "unchecked": True}

    def standard_input(self, inputs: dict[str, Any], context: dict[str, Any]) -> bytes:
        """Return what the host's executor would write: declared inputs, then what else it sends."""
        args = context.get("args", {})
        pairs = []
        for name, value in inputs.items():
            own = self._renamed.get(name, name)
            pairs.append([own, _input(own, value, self._kinds[name], args.get(name, {}))])
        for name, value in context.get("host_inputs", {}).items():
            plain, its_args = unwrap(value, "any")
            if its_args is None and name[:2] == "__":
                its_args = {"token": plain}
            pairs.append([name, _input(name, plain, "", its_args or {})])
        return json.dumps(pairs).encode()

    def _start(self) -> subprocess.Popen[bytes]:
        program = [self._main, self._folder]
        if self._function:
            program = [os.path.join(HERE, "host_function.py"), *program, self._function]
        process = subprocess.Popen(
            [sys.executable, *program],
            cwd=self._folder,
            env=self._environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,  # so that its own children end with it
        )
        # If the container's memory is used up, this one ends, not the server.
        with suppress(OSError), open(f"/proc/{process.pid}/oom_score_adj", "w") as file:
            file.write("1000")
        return process

    def _environment(self) -> dict[str, str]:
        environment = {**os.environ, "PYTHONPATH": self._folder, "PYTHONUNBUFFERED": "1"}
        environment["PYTHONDONTWRITEBYTECODE"] = "1"
        environment.setdefault("S7_PLUGIN_CREDENTIALS", "[]")
        return environment

    def _import_while_building(self) -> None:
        """Have the byte code of everything that the plugin imports written into the image.

        Raises:
            ImportError: the image lacks a module.
            SyntaxError: it is written for a newer Python.
        """
        environment = self._environment()
        del environment["PYTHONDONTWRITEBYTECODE"]
        done = subprocess.run(
            [sys.executable, os.path.join(HERE, "host_function.py"), self._main, self._folder],
            cwd=self._folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=BUILD_SECONDS,
        )
        told = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
        text = f"{os.path.basename(self._main)}: {told}"
        if told.startswith(("ModuleNotFoundError", "ImportError")):
            raise ModuleNotFoundError(text, name=told.rpartition("named ")[2].strip("'"))
        if told.startswith(("SyntaxError", "IndentationError", "TabError")):
            raise SyntaxError(text)


class Run:
    """One process of the plugin, from its inputs to its answer."""

    def __init__(self, process: subprocess.Popen[bytes], most_bytes: int) -> None:
        self._process = process
        self._most_bytes = most_bytes
        self._printed = bytearray()
        self._last_lines: deque[str] = deque(maxlen=LAST_LINES)

    def answer(self, given: bytes, seconds: float) -> Any:
        """Write the inputs, wait for the end, and return the answer.

        Raises:
            Failure: with the plugin's own words where it has any.
        """
        process = self._process
        deadline = time.monotonic() + seconds
        readers = [
            _in_background(self._read, process.stdout),
            _in_background(self._log, process.stderr),
        ]
        _in_background(self._write, process.stdin, given)
        try:
            for reader in readers:
                reader.join(max(0.0, deadline - time.monotonic()))
            status = process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            _kill(process)
            process.wait()
            raise Failure(f"The wrapped program did not end within {seconds:g} s.") from None
        if len(self._printed) > self._most_bytes:
            raise Failure(f"The wrapped program printed more than {self._most_bytes} bytes.")
        printed = self._printed.decode("utf-8-sig", "replace")
        if status != 0:
            raise Failure(self._why(status, printed))
        found, others = host_answer.find(printed)
        if others.strip():
            print(others, end="")
        return found

    def _why(self, status: int, printed: str) -> str:
        """Say why it failed: in its answer's words, in those of its exception, or its last line."""
        how = f"exited with status {status}"
        if status < 0:
            how = f"was ended by {signal.Signals(-status).name}"
            if status == -signal.SIGKILL:
                how += ", perhaps for using more memory than container.resources.memory"
        why = last_words(list(self._last_lines))[:500] or printed.strip()[-500:]
        with suppress(Failure):
            why = host_answer.failure_in(host_answer.find(printed)[0]) or why
        return f"The wrapped program {how}: {why or 'it printed nothing'}"

    def _write(self, stream: IO[bytes], given: bytes) -> None:
        with suppress(OSError):  # it need not read them
            stream.write(given)
        with suppress(OSError):
            stream.close()

    def _read(self, stream: IO[bytes]) -> None:
        while chunk := stream.read1(65536):  # type: ignore[attr-defined]
            self._printed += chunk
            if len(self._printed) > self._most_bytes:
                _kill(self._process)
                return

    def _log(self, stream: IO[bytes]) -> None:
        while line := stream.readline(LONGEST_LINE):
            text = line.decode("utf-8", "replace").rstrip("\n")
            self._last_lines.append(text)
            print(text, file=sys.stderr)


def last_words(lines: list[str]) -> str:
    """Return the message of the exception at the end of some lines, or the last line with text."""
    frames = [number for number, line in enumerate(lines) if line.startswith('  File "')]
    rest = lines[frames[-1] + 1 :] if frames else []
    while rest and rest[0].startswith("    "):  # the code of the frame
        rest = rest[1:]
    message = " ".join(line.strip() for line in rest if line.strip())
    return message or next((line for line in reversed(lines) if line.strip()), "")


def _input(name: str, value: Any, kind: str, args: dict[str, Any]) -> dict[str, Any]:
    """Return the host's InputValue."""
    if not kind:
        kind = "any" if value is None else type_name(value)
    return {"inputName": name, "value": value, "valueType": kind, "args": args}


def _in_background(function: Callable[..., None], *arguments: Any) -> threading.Thread:
    """Start a thread whose prints are those of the current execution."""
    thread = threading.Thread(
        target=copy_context().run, args=(function, *arguments), name="host-plugin", daemon=True
    )
    thread.start()
    return thread


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End the process and whatever it has started."""
    with suppress(OSError):  # it has ended
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
