"""A Python plugin of the host that answers in whichever shape its inputs ask for."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path


def output(name, result, success=True, kind="string"):
    return {
        "success": success,
        "name": name,
        "resultType": kind,
        "resultDescription": f"the {name}",
        "result": result,
    }


def answer(do, value, pairs):
    if do == "raw":
        return value
    if do == "pairs":
        return [output("result", pairs)]
    if do == "environment":
        names = ("PYTHONPATH", "PYTHONUNBUFFERED", "S7_PLUGIN_CREDENTIALS")
        return [
            output("result", [str(Path.cwd()), sys.argv, [os.environ.get(one) for one in names]])
        ]
    if do == "logs":
        print("starting")
        print("[2026-02-11] INFO: a line that begins like a list")
        print('{"level": "info", "text": "a line that is JSON"}')
        print("Bearer", dict(pairs)["__auth_token"]["value"], file=sys.stderr)
        print(json.dumps([output("result", "between")], indent=2))
        print("done")
        return None
    if do == "text":
        print(value)
        return None
    if do == "exit":
        print("a reason", file=sys.stderr)
        sys.exit(value)
    if do == "exit with an answer":
        print(json.dumps([output("error", None, False, "error") | {"error": "no such order"}]))
        sys.exit(1)
    if do == "raise":
        raise ValueError(value)
    if do == "sleep":
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
        Path(value).write_text(f"{os.getpid()} {child.pid}")
        time.sleep(60)
    if do == "flood":
        while True:
            print("x" * 65536)
    if do == "oom":
        return [output("result", Path("/proc/self/oom_score_adj").read_text().strip())]
    if do == "die":
        os.kill(os.getpid(), 9)
    return value


def main():
    if os.environ.get("ODD_DEAF") == "asleep":
        time.sleep(60)
    if os.environ.get("ODD_DEAF"):
        print(json.dumps([output("result", "deaf")]))
        return
    pairs = json.load(sys.stdin)
    given = dict(pairs)
    value = given["value"]["value"] if "value" in given else None
    found = answer(given["do"]["value"], value, pairs)
    if found is not None:
        print(json.dumps(found))


if __name__ == "__main__":
    main()
