"""Does what its inputs ask for, so that a test can see what the server makes of it."""

import contextvars
import logging
import sys
import threading
import time
from pathlib import Path
from typing import Any

seen: contextvars.ContextVar[str] = contextvars.ContextVar("seen", default="nothing")
meeting = threading.Barrier(4)


class Unprintable(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no text")


def success(result: Any, **more: Any) -> dict[str, Any]:
    return {"success": True, "outputs": {"result": result, **more}}


def execute_plugin(inputs: dict[str, Any], context: dict[str, Any]) -> Any:
    value = inputs.get("value")
    seconds = inputs["seconds"]
    match inputs["do"]:
        case "return value":
            return success(value)
        case "return inputs":
            return success(inputs)
        case "return context":
            return success(context)
        case "return raw":
            return value
        case "sleep":
            time.sleep(seconds)
            return success("slept")
        case "wait for a file":
            while not Path(str(value)).exists():
                time.sleep(0.01)
            return success("waited")
        case "meet":
            meeting.wait(seconds)
            return success("met")
        case "spin":
            end = time.monotonic() + seconds
            while time.monotonic() < end:
                pass
            return success("spun")
        case "raise":
            raise ValueError(value)
        case "raise unprintable":
            raise Unprintable
        case "exit":
            sys.exit(value)
        case "interrupt":
            raise KeyboardInterrupt
        case "return bytes":
            return success(b"bytes")
        case "return nan":
            return success(float("nan"))
        case "return surrogate":
            return success("\ud800")
        case "return loop":
            loop: list[Any] = []
            loop.append(loop)
            return success(loop)
        case "return large":
            return success("x" * int(seconds))
        case "return tuple":
            return success((1, 2))
        case "print":
            print(value)
            print("to stderr", file=sys.stderr)
            print("without a line end", end="")
            logging.getLogger("author").warning("logged %s", value, extra={"colour": "red"})
            logging.getLogger("author").warning("two %s but one %s", "arguments")
            return success("printed")
        case "print in a thread":
            thread = threading.Thread(target=print, args=(value,))
            thread.start()
            thread.join()
            return success("printed")
        case "remember":
            before = seen.get()
            seen.set(str(value))
            return success(before)
        case other:
            return {"success": False, "error": f"unknown: {other}"}
