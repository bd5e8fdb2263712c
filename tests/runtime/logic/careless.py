"""What plugins do to their server without meaning to."""

import asyncio
import gc
import importlib
import io
import json
import logging
import logging.config
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from typing import Any

from plugin_runtime import http_server, responses  # type: ignore[import-not-found]
from plugin_runtime.http_request import Parser  # type: ignore[import-not-found]
from plugin_runtime.responses import Response  # type: ignore[import-not-found]


def fails_twice(owner: type, name: str) -> None:
    """What a lack of memory does, but only for the first two calls."""
    works = getattr(owner, name)
    calls = iter(range(2))

    def fails(*arguments: Any) -> Any:
        if next(calls, None) is not None:
            raise MemoryError
        return works(*arguments)

    setattr(owner, name, fails)


def only_one_thread() -> None:
    """What a limit of the container's does: no second thread for executions can be started."""
    start = threading.Thread.start

    def refuse(thread: threading.Thread) -> None:
        if thread.name == "execution-2":
            raise RuntimeError("can't start new thread")
        start(thread)

    setattr(threading.Thread, "start", refuse)  # noqa: B010 - mypy knows the method


def replace_json(owner: Any, *names: str) -> None:
    """What a library does that puts itself in the place of `json`, only worse."""

    def broken(*_arguments: Any, **_options: Any) -> Any:
        raise TypeError("not the json that you know")

    for name in names:
        setattr(owner, name, broken)


def streams() -> dict[str, Any]:
    """What libraries do with the standard streams."""
    standard: list[Any] = [sys.stdout, sys.stderr]
    for stream in standard:
        stream.reconfigure(encoding="utf-8", line_buffering=True)
        io.TextIOWrapper(stream.buffer, encoding="utf-8").write("wrapped\n")
        io.TextIOWrapper(stream.detach(), encoding="utf-8").write("detached\n")
        gc.collect()
        stream.buffer.raw.write(b"raw\n")
        stream.writelines(["two", " pieces\n"])
        print("still here", file=stream, flush=True)
    out: Any = sys.stdout
    return {
        "name": out.name,
        "buffer name": out.buffer.name,
        "encoding": out.encoding,
        "errors": out.errors,
        "line_buffering": out.line_buffering,
        "write_through": out.write_through,
        "mode": out.mode,
        "isatty": out.isatty(),
        "numbers": [out.fileno(), out.buffer.fileno(), sys.stderr.fileno()],
        "closed": out.closed or out.buffer.closed,
        "writable": out.writable() and out.buffer.writable(),
        "readable": out.readable(),
    }


def signals_to_another_thread() -> None:
    """What a signal is like that comes just before the main thread waits: nothing interrupts it."""
    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
    turn = http_server.Server._turn  # ends after a second, whatever happens

    def wait_longer(server: Any, longest: float) -> None:
        turn(server, 600.0 if longest == 1.0 else longest)

    http_server.Server._turn = wait_longer


match os.environ.get("AT_IMPORT"):
    case "root handler":
        logging.getLogger().addHandler(logging.StreamHandler())
    case "basicConfig":
        logging.basicConfig(force=True)
    case "dictConfig":
        logging.config.dictConfig({"version": 1})
    case "ignore SIGTERM":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    case "slow":
        print("importing", flush=True)
        for _ in range(600):  # a signal just before a wait does not end it
            time.sleep(0.1)
    case "wait for a file":
        print("importing", flush=True)
        while not os.path.exists(os.environ["FILE"]):  # noqa: PTH110 - pathlib is not imported
            time.sleep(0.01)
    case "signals elsewhere":
        signals_to_another_thread()
    case "broken answers":
        fails_twice(Response, "head")
    case "broken reading":
        fails_twice(Parser, "feed")
    case "one thread":
        only_one_thread()
    case "own json":
        replace_json(json, "dumps", "loads")
        replace_json(json.JSONEncoder, "encode")
        replace_json(json.JSONDecoder, "decode")
    case "broken json":
        replace_json(json.JSONEncoder, "encode", "iterencode")
        replace_json(json.JSONDecoder, "decode", "raw_decode")
    case "broken failures":
        replace_json(responses, "encode_json")
    case "exit":
        sys.exit("no licence")
    case "format":
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(filename)s:%(lineno)d %(funcName)s %(message)s"))
        logging.getLogger("formatted").addHandler(handler)

kept: list[str] = []


class Exits:
    def __str__(self) -> str:
        raise SystemExit("from a text")


class ExitsToo(Exception):
    def __str__(self) -> str:
        raise SystemExit("from a text")


class Unspeakable:
    def __repr__(self) -> str:
        raise ValueError("no text")


async def ends_the_loop() -> None:
    sys.exit(3)


async def slowly(inputs: dict[str, Any]) -> dict[str, Any]:
    print(inputs["value"], end="")
    await asyncio.sleep(inputs["seconds"])
    print(" end")
    return {"success": True, "outputs": {"result": "done"}}


async def break_the_loop(how: str) -> dict[str, Any]:
    if how == "exit":
        task = asyncio.ensure_future(ends_the_loop())
        await asyncio.sleep(0.1)
        return {"success": task.done(), "outputs": {"result": "exited"}}
    asyncio.get_running_loop().stop()
    await asyncio.sleep(0)
    return {"success": True, "outputs": {"result": "stopped"}}


def success(result: Any) -> dict[str, Any]:
    return {"success": True, "outputs": {"result": result}}


def execute_plugin(inputs: dict[str, Any], context: dict[str, Any]) -> Any:
    value = inputs.get("value")
    match inputs["do"]:
        case "return value":
            return success(value)
        case "sleep":
            print("sleeping")
            time.sleep(inputs["seconds"])
            return success("slept")
        case "wait for a file":
            print("waiting")
            while not os.path.exists(str(value)):  # noqa: PTH110 - pathlib is not imported
                time.sleep(0.01)
            return success("waited")
        case "large":
            time.sleep(float(value or 0))
            return success("x" * int(inputs["seconds"]))
        case "exit in a text":
            return {"success": False, "error": Exits()}
        case "exit in an exception":
            raise ExitsToo
        case "change the default":
            inputs["names"].append("again")
            return success(inputs["names"])
        case "loop":
            return break_the_loop(str(value))
        case "slowly":
            return slowly(inputs)
        case "child":
            process = multiprocessing.get_context("fork").Process(target=time.sleep, args=(30,))
            process.start()
            process.terminate()
            process.join(10)
            return success(process.exitcode)
        case "fork":
            child = os.fork()
            if child == 0:
                if value == "exit":
                    sys.exit(3)
                return success("child")
            return success(os.waitpid(child, 0)[1] >> 8)
        case "fork and go on":
            if os.fork() == 0:
                time.sleep(inputs["seconds"])
                os._exit(0)
            return success("parent")
        case "collects":
            return success(gc.isenabled())
        case "full pipe":
            _, end = os.pipe()
            os.set_blocking(end, False)
            os.dup2(end, 1)
            print("x" * 200_000)
            return success("printed")
        case "close standard output":
            os.close(1)
            return success("closed")
        case "python":
            return success(subprocess.run([sys.executable, "-c", "print('child')"]).returncode)
        case "loaded":
            return success(value in sys.modules)
        case "import":
            importlib.import_module(str(value))
        case "say":
            print(value)
            return success("said")
        case "streams":
            return success(streams())
        case "formatted":
            logging.getLogger("formatted").warning("here", stack_info=True)
            return success("logged")
        case "keep":
            kept.append(str(inputs["password"]))
            return success("kept")
        case "tell":
            print(kept[-1])
            return success(kept[-1])
        case "environment":
            print(os.environ[str(value)])
            return success(os.environ[str(value)].strip())
        case "odd logging":
            logging.getLogger("author").warning("%s", Unspeakable())
            logging.getLogger("author").warning(
                "odd", extra={"x": float("nan"), "y": Unspeakable()}
            )
            sys.stdout.buffer.write(b"bytes\n")
            sys.stdout.close()
            print("after close", flush=True)
            return success(sys.stdout.fileno())
        case "dots":
            for _ in range(100_000):
                print(".", end="")
            return success("dotted")
    return None
