"""What plugins do to their server without meaning to."""

import asyncio
import logging
import logging.config
import multiprocessing
import os
import signal
import sys
import time
from typing import Any

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
        time.sleep(5)

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
        case "large":
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
            child = multiprocessing.get_context("fork").Process(target=time.sleep, args=(30,))
            child.start()
            child.terminate()
            child.join(10)
            return success(child.exitcode)
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
