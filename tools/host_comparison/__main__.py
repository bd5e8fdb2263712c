"""Send the same requests to the host and to the stand-in, and print where the answers differ.

Usage: STAGE7_TOKEN=... python -m tools.host_comparison HOST_URL STAND_IN_URL

Both have to accept the same token, and nothing may have been posted to either yet.
"""

from __future__ import annotations

import copy
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from stage7_plugin.host.http_client import Address, call

PLUGIN = Path(__file__).parents[2] / "tests" / "contract" / "servers" / "correct"
CHANGES_EVERY_TIME = (
    "error_id", "trace_id", "timestamp_utc", "source_component", "severity", "contextual_info",
    "console", "context", "mimeType",
)  # fmt: skip


class Asked(NamedTuple):
    """One request, and what it is called in the report."""

    name: str
    method: str
    path: str
    body: Any = None
    authorised: bool = True


def repositories(folder: Path) -> dict[str, dict[str, Any]]:
    """Make repositories with the tag v1.0.0; return the `packageSource` of each."""
    sick = ('"status": "healthy"', '"status": "ok"')
    last = 'CMD ["/usr/local/bin/python", "-E", "/app/start.py"]'
    changes = {
        "good": None,
        "sick": ("server.py", sick),
        "broken": ("Dockerfile", (last, f"RUN false\n{last}")),
        "unreadable": ("Dockerfile", (last, f"RUNS false\n{last}")),
    }
    sources = {}
    for name, change in changes.items():
        place = folder / name
        shutil.copytree(PLUGIN, place, ignore=shutil.ignore_patterns("__pycache__"))
        if change is not None:
            path, (old, new) = place / change[0], change[1]
            text = path.read_text("utf-8")
            assert old in text, f"{path.name} no longer has {old}"
            path.write_text(text.replace(old, new), "utf-8")
        identity = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com")
        for step in (
            ("init", "--quiet"),
            ("add", "--all"),
            (*identity, "commit", "--quiet", "-m", "Start"),
            ("tag", "v1.0.0"),
        ):
            subprocess.run(["git", *step], cwd=place, check=True)
        commit = subprocess.run(
            ["git", "rev-parse", "HEAD"], cwd=place, check=True, capture_output=True, text=True
        ).stdout.strip()
        sources[name] = {"type": "git", "url": str(place), "branch": "v1.0.0", "commitHash": commit}
    return sources


def step(verb: str, **values: Any) -> dict[str, Any]:
    """Return the body of an execution."""
    given = {
        name: {"inputName": name, "value": value, "valueType": "any", "args": {}}
        for name, value in values.items()
    }
    return {"actionVerb": verb, "inputValues": given, "id": "step-1", "outputs": {}}


def requests(sources: dict[str, dict[str, Any]]) -> Iterator[Asked]:
    """Yield every request in order."""
    base = json.loads((PLUGIN / "manifest.json").read_text("utf-8"))
    base["packageSource"] = sources["good"]

    def variant(verb: str, source: str = "good", **fields: Any) -> dict[str, Any]:
        changed: dict[str, Any] = copy.deepcopy(base)
        changed.update(id=verb.lower().replace("_", "-"), verb=verb)
        changed["packageSource"] = dict(sources[source])
        changed.update(fields)
        return changed

    def post(name: str, manifest: Any) -> Asked:
        return Asked(name, "POST", "/plugins", manifest)

    def run(name: str, verb: str, **values: Any) -> Asked:
        return Asked(name, "POST", "/executeAction", step(verb, **values))

    yield Asked("no token", "GET", "/plugins", authorised=False)
    yield Asked("repositories", "GET", "/pluginRepositories")
    yield Asked("an id that is not there", "GET", "/plugins/nope")
    yield post("a manifest without a repository", {"id": "x", "verb": "X"})
    yield post("a plugin", base)
    yield Asked("read back", "GET", f"/plugins/{base['id']}")
    yield Asked("delete", "DELETE", f"/plugins/{base['id']}")
    verb = base["verb"]
    yield run("executed", verb, text="hello")
    for name in ("message", "TEXT", "texts", "te_xt"):
        yield run(f"renamed from {name}", verb, **{name: "hello"})
    yield run("missing input", verb)
    empties: list[Any] = ["", "  ", 0, False, [], {}]
    for empty in empties:
        yield run(f"required input {empty!r}", verb, text=empty)
    yield run("number for a string", verb, text=5)
    yield run("text for a number", verb, text="x", seconds="1")
    yield run("JSON text for an object", verb, text="x", options='{"a": 1}')
    typed = step(verb, text=5, options='{"a": 1}', seconds="0")
    for name, kind in (("text", "string"), ("options", "object"), ("seconds", "number")):
        typed["inputValues"][name]["valueType"] = kind
    yield Asked("values with their types", "POST", "/executeAction", typed)
    yield run("too slow", verb, text="x", seconds=3)
    yield Asked("no verb", "POST", "/executeAction", {"inputValues": {}})
    yield run("an unknown verb", "NOT_THERE", text="x")

    defaults = copy.deepcopy(base["inputDefinitions"])
    defaults[0]["defaultValue"] = "from the manifest"
    yield post("defaultValue", variant("WITH_DEFAULT", inputDefinitions=defaults))
    yield run("defaultValue used", "WITH_DEFAULT")
    without = variant("NO_FILES")
    del without["packageSource"]
    yield post("no packageSource", without)
    yield run("no packageSource, executed", "NO_FILES", text="x")
    for name, source in (("BAD_BRANCH", {"branch": "v9"}), ("BAD_PATH", {"subPath": "no/where"})):
        manifest = variant(name)
        manifest["packageSource"].update(source)
        yield post(name, manifest)
        yield run(f"{name}, executed", name, text="x")
    manifest = variant("REJECTED")
    del manifest["container"]["image"]
    yield post("a manifest that is rejected", manifest)
    yield Asked("rejected, read back", "GET", "/plugins/rejected")
    yield run("rejected, executed", "REJECTED", text="x")
    manifest = variant("NO_PERMISSION")
    manifest["security"]["permissions"] = ["fly"]
    yield post("an unknown permission", manifest)
    yield run("an unknown permission, executed", "NO_PERMISSION", text="x")
    manifest = variant("NO_RESOURCES")
    del manifest["container"]["resources"]
    yield post("no resources", manifest)
    yield run("no resources, executed", "NO_RESOURCES", text="x")
    yield post("a build that fails, an image of that name", variant("OLD_IMAGE", "broken"))
    yield run("the old image answers", "OLD_IMAGE", text="x")
    manifest = variant("NO_IMAGE", "broken")
    manifest["container"]["image"] = "stage7/none-such:1.0.0"
    yield post("a Dockerfile that cannot be read", variant("UNREADABLE", "unreadable"))
    yield run("a Dockerfile that cannot be read, executed", "UNREADABLE", text="x")
    yield post("a build that fails, no image", manifest)
    yield run("no image, executed", "NO_IMAGE", text="x")
    manifest = variant("NEVER_HEALTHY", "sick")
    manifest["container"]["image"] = "stage7/sick-for-tests:1.0.0"
    yield post("never healthy", manifest)
    yield run("never healthy, executed", "NEVER_HEALTHY", text="x")
    for version, text in (("1.0.0", "first"), ("1.0.0", "second"), ("0.9.0", "lower")):
        for kind in ("mongo", "local"):
            manifest = variant(f"IN_{kind.upper()}", version=version, description=text * 3)
            manifest["repository"] = {"type": kind}
            yield post(f"{kind}: {version} {text}", manifest)
            yield Asked(f"{kind}: {version} {text} read", "GET", f"/plugins/in-{kind}")
    yield post("a verb that is taken", variant(verb, id="thief"))
    yield Asked("the owner, read back", "GET", f"/plugins/{base['id']}")
    yield Asked("the thief, read back", "GET", "/plugins/thief")


def comparable(value: Any) -> Any:
    """Leave out what is different every time."""
    if isinstance(value, dict):
        kept = {k: v for k, v in value.items() if k not in CHANGES_EVERY_TIME}
        return {key: comparable(part) for key, part in kept.items()}
    return [comparable(part) for part in value] if isinstance(value, list) else value


def main() -> int:
    """Compare; return 0 if all answers are alike."""
    addresses = [Address.from_url(url) for url in sys.argv[1:3]]
    headers = {"Authorization": f"Bearer {os.environ['STAGE7_TOKEN']}"}
    different = 0
    with tempfile.TemporaryDirectory() as folder:
        for asked in requests(repositories(Path(folder))):
            seen, times = [], []
            for address in addresses:
                start = time.monotonic()
                answer = call(
                    address, asked.method, asked.path, payload=asked.body, timeout=120,
                    headers=headers if asked.authorised else None,
                )  # fmt: skip
                times.append(time.monotonic() - start)
                seen.append((answer.status, comparable(answer.document)))
            same = seen[0] == seen[1]
            different += not same
            word = "same" if same else "DIFFERENT"
            print(f"{word:9} {seen[0][0]} {times[0]:6.2f} s {times[1]:6.2f} s  {asked.name}")
            if not same:
                for where, (status, body) in zip(("host", "stand-in"), seen, strict=True):
                    print(f"    {where}: {status} {json.dumps(body)[:600]}")
    print(f"{different} different")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
