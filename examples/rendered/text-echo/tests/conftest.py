"""What the tests share: the manifest, the example request, and the plugin as a running process."""

import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from ctypes.util import find_library
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from start_plugin import values_of

from plugin_runtime import configuration
from plugin_runtime.inputs import read

ROOT = Path(__file__).resolve().parent.parent
LONGEST_SETUP = 120  # seconds

# The values of .env, as under make run. What the environment has already is what counts.
for _name, _value in values_of(os.environ.get("ENV_FILE", "")).items():
    os.environ.setdefault(_name, _value)


def author_settings() -> dict[str, Any]:
    """tests/settings.toml."""
    return tomllib.loads((ROOT / "tests" / "settings.toml").read_text("utf-8"))


def pytest_configure() -> None:
    """Say once, not in every test, that tests/settings.toml cannot be read."""
    try:
        author_settings()
    except (OSError, ValueError) as error:
        raise pytest.UsageError(f"tests/settings.toml cannot be read: {error}") from error


def problem_of_example() -> str:
    """Why examples/request.json is not a request; "" if it is one."""
    try:
        document = json.loads((ROOT / "examples" / "request.json").read_text("utf-8"))
    except (OSError, ValueError) as error:
        return str(error)
    if not isinstance(document, dict) or not isinstance(document.get("inputs"), dict):
        return 'it must be an object with "inputs", such as {"inputs": {"text": "Hello"}}'
    return ""


def required_settings() -> list[str]:
    """The names of the settings that `configuration` of manifest.json requires."""
    items = json.loads((ROOT / "manifest.json").read_text("utf-8")).get("configuration", [])
    return [item["key"] for item in items if item["required"]]


def lacking(*sections: str, in_image: bool = False) -> str:
    """What this machine lacks of what manifest.json and tests/settings.toml ask for, or "".

    Args:
        sections: of the settings.
        in_image: do not look for libraries and programs, which the image has.
    """
    manifest = json.loads((ROOT / "manifest.json").read_text("utf-8"))
    if names := configuration.missing(manifest, os.environ):
        return f"manifest.json requires {', '.join(names)} in the environment or in .env"
    settings = author_settings()
    for section in sections:
        needs = settings.get(section, {})
        missing = [name for name in needs.get("environment", []) if not os.environ.get(name)]
        if missing:
            return f"{section} needs {', '.join(missing)} in the environment (tests/settings.toml)"
        libraries = [name for name in needs.get("libraries", []) if not find_library(name)]
        programs = [name for name in needs.get("programs", []) if not shutil.which(name)]
        if (absent := libraries + programs) and not in_image:
            return f"{section} needs {', '.join(absent)} on this machine (tests/settings.toml)"
        if needs.get("network") and not os.environ.get("NETWORK"):
            return f"{section} needs a network (tests/settings.toml): NETWORK=1 make test"
    return ""


def needed_variables() -> list[str]:
    """The environment variables that manifest.json and tests/settings.toml name."""
    settings = author_settings()
    named = [name for section in settings.values() for name in section.get("environment", [])]
    return sorted({name for name in [*named, *required_settings()] if name in os.environ})


def without_varying(answer: Any) -> Any:
    """An answer without what differs each time: outputs named in tests/settings.toml, trace ids."""
    settings = author_settings()
    varying = settings.get("example", {}).get("varies", [])
    if not isinstance(answer, dict):
        return answer
    if "outputs" not in answer:
        return {key: value for key, value in answer.items() if key != "trace_id"}
    kept = {name: value for name, value in answer["outputs"].items() if name not in varying}
    return {**answer, "outputs": kept}


def problems_of_manifest() -> list[str]:
    """Everything that is wrong with manifest.json, each with its place."""
    try:
        document = json.loads((ROOT / "manifest.json").read_text("utf-8"))
    except ValueError as error:
        return [f"it is not JSON: {error}"]
    schema = json.loads((ROOT / "manifest.schema.json").read_text("utf-8"))
    found = jsonschema.Draft7Validator(schema).iter_errors(document)
    problems = [f"{error.json_path}: {error.message}" for error in found]
    if not problems:
        definitions = document["inputDefinitions"] + document["outputDefinitions"]
        names = [definition["name"] for definition in definitions]
        twice = sorted({name for name in names if names.count(name) > 1})
        problems = [f"the name {name} occurs twice among inputs and outputs" for name in twice]
    return problems


class Server:
    """`server.py` on a free port of this machine, with its log in a file.

    Attributes:
        problem: Why the plugin is not ready; "" if it is.
    """

    def __init__(self, log: Path, timeout: float) -> None:
        self.log = log
        self.port = 0
        self._timeout = timeout
        environ = {**os.environ, "PLUGIN_PORT": "0", "PLUGIN_HOST": "127.0.0.1", "PORT": "1"}
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-E", "-s", "server.py"],
                cwd=ROOT,
                env=environ,
                stdout=output,
                stderr=output,
            )
        self.problem = self._wait_until_ready()

    def _wait_until_ready(self) -> str:
        until = time.monotonic() + LONGEST_SETUP
        while time.monotonic() < until and self.process.poll() is None:
            addresses = [line["address"] for line in self.lines() if "address" in line]
            if addresses:
                self.port = int(addresses[0].rpartition(":")[2])
                try:
                    status, health = self.call("GET", "/health")
                except OSError:
                    break  # it has just ended
                if status == 200:
                    return ""
                if health["status"] == "failed":
                    return str(health["error"])
            time.sleep(0.05)
        return f"the plugin did not become ready; its log:\n{self.log.read_text('utf-8')}"

    def lines(self) -> list[dict[str, Any]]:
        """The log so far; every complete line of it is one JSON object."""
        text = self.log.read_text("utf-8")
        return [json.loads(line) for line in text.splitlines(keepends=True) if line[-1:] == "\n"]

    def call(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Send a request; return the status and the answer, decoded if it is JSON."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self._timeout)
        try:
            data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
            connection.request(method, path, data, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            content = answer.read()
            is_json = answer.getheader("Content-Type") == "application/json"
            return answer.status, json.loads(content) if is_json else content.decode()
        finally:
            connection.close()

    def stop(self) -> float:
        """Send SIGTERM; return the seconds until the process was gone."""
        started = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=20)
        return time.monotonic() - started


@pytest.fixture(scope="session")
def start_server(
    manifest: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[], Server]]:
    """Starts the plugin once more; skips where setup() lacks something."""
    running: list[Server] = []

    def start() -> Server:
        if reason := lacking("setup"):
            pytest.skip(reason)
        timeout = manifest["api"].get("timeout", 30000) / 1000 + 10
        running.append(Server(tmp_path_factory.mktemp("server") / "log", timeout))
        return running[-1]

    yield start
    for server in running:
        server.process.kill()
        server.process.wait()


@pytest.fixture(scope="session")
def started(start_server: Callable[[], Server]) -> Server:
    """The plugin as a process, ready or not."""
    return start_server()


@pytest.fixture
def server(started: Server) -> Server:
    """The plugin, running and ready."""
    if started.problem:
        pytest.skip("the plugin does not become ready: test_it_gets_ready says why")
    return started


@pytest.fixture(scope="session")
def manifest() -> dict[str, Any]:
    """manifest.json; one test says what is wrong with it, and all others are skipped then."""
    if problems_of_manifest():
        pytest.skip("manifest.json has problems: test_it_follows_its_schema names them")
    document: dict[str, Any] = json.loads((ROOT / "manifest.json").read_text("utf-8"))
    return document


@pytest.fixture
def request_body() -> dict[str, Any]:
    """examples/request.json, which the README's curl line sends; one test says if it is none."""
    if problem_of_example():
        pytest.skip("test_the_example_request_can_be_read says why")
    document: dict[str, Any] = json.loads((ROOT / "examples" / "request.json").read_text("utf-8"))
    return document


@pytest.fixture
def example(
    server: Server, manifest: dict[str, Any], request_body: dict[str, Any]
) -> dict[str, Any]:
    """The inputs of examples/request.json; skips where executing them lacks something."""
    if reason := lacking("example"):
        pytest.skip(reason)
    inputs: dict[str, Any] = request_body["inputs"]
    if read(manifest["inputDefinitions"], inputs).problems:
        pytest.skip("examples/request.json does not match manifest.json: another test says where")
    return inputs
