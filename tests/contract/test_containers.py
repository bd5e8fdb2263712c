"""The suite against containers: what passes, what is caught, and the template of today."""

from __future__ import annotations

import json
import re
import shutil
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from stage7_plugin.contract.context import Context
from stage7_plugin.contract.model import Status
from stage7_plugin.contract.rule import Result
from stage7_plugin.contract.rules import build, hardened, unread_output
from stage7_plugin.contract.runner import Runner, rules_named
from stage7_plugin.contract.schedule import check_rules
from stage7_plugin.contract.targets.base import StartOptions, Target
from stage7_plugin.contract.targets.image import FolderTarget, ImageTarget, manifest_in_image
from stage7_plugin.contract.targets.resolve import resolve_inputs, scenario_source
from stage7_plugin.contract.targets.url import UrlTarget
from stage7_plugin.host.engine import connect
from stage7_plugin.host.view import read_manifest
from tests.support.contract import broken_rules

if TYPE_CHECKING:
    from docker import APIClient

pytestmark = [pytest.mark.engine]

SERVERS = Path(__file__).parent / "servers"
RULES = rules_named(())
FIRST_POLL = "lifecycle.first-poll"
"""A race of milliseconds, which a busy machine loses for every plugin."""
CONTAINER_RULES = ("build", "lifecycle.healthy", "hardened")
ENVIRONMENT_RULES = ("env", "image")
"""Many starts; checked where the fault has to do with the environment."""


@pytest.fixture(scope="module")
def client() -> APIClient:
    return connect()


@contextmanager
def plugin_folder(client: APIClient, name: str, parent: Path) -> Iterator[FolderTarget]:
    """A copy of a server's folder with an image name of its own; the image goes afterwards."""
    folder = parent / name
    shutil.copytree(SERVERS / name, folder, ignore=shutil.ignore_patterns("__pycache__"))
    manifest = read_manifest(folder / "manifest.json")
    manifest["container"]["image"] = image = f"stage7-test/{name}-{uuid.uuid4().hex[:8]}:1.0.0"
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with closing(FolderTarget(client, folder, manifest)) as target:
        yield target
    assert client.images(target.image) == []
    assert client.images(image) == []  # what the manifest names is nobody's but the author's


def check(target: Target, *rules: str, folder: FolderTarget | None = None) -> list[Result]:
    known = folder or target
    scenarios = scenario_source(known, None)
    with Runner(Context(target, resolve_inputs(known, None), scenarios)) as runner:
        return list(check_rules(runner, rules_named(rules)))


def check_again_if_broken(target: Target, folder: FolderTarget | None = None) -> list[Result]:
    """Every rule; those that are broken once more and again, because a busy machine breaks some.

    What is broken each time is not the machine's.
    """
    results = {result.rule.id: result for result in check(target, folder=folder)}
    for _ in range(2):
        again = set(broken_rules(list(results.values()))) - {FIRST_POLL}
        again |= {name for name, result in results.items() if result.blocked}
        if not again:
            break
        results |= {r.rule.id: r for r in check(target, *again, folder=folder)}
    return list(results.values())


def skipped(results: list[Result]) -> set[str]:
    """Those of the fixed rules; what is made from the manifest has servers of its own."""
    found = {result.rule.id for result in results if result.status is Status.SKIPPED}
    return {rule_id for rule_id in found if not rule_id.startswith("generated.")}


def test_the_correct_server_passes_every_rule(client: APIClient, tmp_path: Path) -> None:
    with plugin_folder(client, "correct", tmp_path) as target:
        results = check_again_if_broken(target)
        first_polls = (check(target, FIRST_POLL)[0] for _ in range(6))
        assert any(result.status is Status.PASSED for result in first_polls)
    assert set(broken_rules(results)) <= {FIRST_POLL}
    assert skipped(results) == {"env.node-options-ignored"}


def test_a_plugin_in_node_passes_as_folder_image_and_url(client: APIClient, tmp_path: Path) -> None:
    # It has no metrics, and a JavaScript function that ends the process cannot be caught.
    lacking = {"secrets.token-in-metrics", "errors.plugin-exit", "image.healthcheck"}
    lacking |= {"env.pythonpath-ignored", "env.pythonhome-ignored"}  # it does not run Python
    with plugin_folder(client, "node", tmp_path) as folder:
        assert broken_rules(check(folder, "build", "lifecycle.healthy")) == {}
        folder.ensure_built()
        manifest = manifest_in_image(client, folder.image)
        assert manifest == folder.manifest
        image = ImageTarget(client, folder.image, manifest)
        results = check_again_if_broken(image, folder)
        assert set(broken_rules(results)) <= {FIRST_POLL}
        assert skipped(results) == lacking | {r.id for r in RULES if r.id.startswith("build.")}
        with image.start(StartOptions()) as running:
            url = UrlTarget(str(running.address), manifest)
            results = check_again_if_broken(url, folder)
    assert broken_rules(results) == {}
    assert skipped(results) == lacking | {r.id for r in RULES if r.needs}


@pytest.mark.network
def test_the_flask_template_of_today_fails_where_the_host_says(
    client: APIClient, tmp_path: Path
) -> None:
    expected = {
        "lifecycle.sigterm-idle",
        "env.foreign-path",
        "env.pythonpath-ignored",
        "env.pythonhome-ignored",
        "execute.raw-inputs",
        "errors.missing-input",
        "errors.failure-is-not-2xx",
        "errors.malformed-json",
        "errors.body-too-large",
        "hardened.non-root",
    }
    with plugin_folder(client, "flask_of_today", tmp_path) as target:
        failed = broken_rules(check(target, *expected))
    assert set(failed) >= expected
    assert "still running after 10 s" in failed["lifecycle.sigterm-idle"]
    assert "executable file not found" in failed["env.foreign-path"]


def dockerfile(pattern: str, replacement: str) -> Callable[[Path], None]:
    """Replaces what the pattern finds in the Dockerfile, which has to be there."""

    def edit(folder: Path) -> None:
        path = folder / "Dockerfile"
        text, count = re.subn(pattern, replacement, path.read_text(), flags=re.MULTILINE)
        assert count == 1, pattern
        path.write_text(text)

    return edit


def server(old: str, new: str) -> Callable[[Path], None]:
    """Replaces a text in server.py, which has to be there."""

    def edit(folder: Path) -> None:
        path = folder / "server.py"
        text = path.read_text()
        assert text.count(old) == 1, old
        path.write_text(text.replace(old, new))

    return edit


def large_context(folder: Path) -> None:
    (folder / ".dockerignore").unlink()
    with (folder / "model.bin").open("wb") as file:
        file.truncate(256 * 1024**2)  # more than any engine takes in within BRIEF


def drops_privileges(folder: Path) -> None:
    dockerfile("^USER .*", "USER root")(folder)
    server('"""Before listening."""', "os.getuid() or os.setuid(10001)")(folder)


BRIEF = {
    "build.cached": (build, "CACHED_SECONDS", 0.5),
    "image.healthcheck": (hardened, "HEALTH_CHECK_SECONDS", 6.0),
    "lifecycle.unread-output": (unread_output, "STOP_GRACE", 3),
}
"""What a rule waits for in vain where it is broken, in less time: module, name and value."""
FAULTS: dict[str, tuple[str, Callable[[Path], None]]] = {
    "needs BuildKit": (
        "build.classic",
        dockerfile("^EXPOSE", "RUN --mount=type=cache,target=/c true\nEXPOSE"),
    ),
    "sends a model along": ("build.cached", large_context),
    "listens late": (
        FIRST_POLL,
        dockerfile(
            "^CMD .*",
            'CMD ["/bin/sh", "-c", "/bin/sleep 0.5; exec /usr/local/bin/python -E /app/start.py"]',
        ),
    ),
    "command without a path": (
        "env.foreign-path",
        dockerfile('^CMD ."/usr/local/bin/', 'CMD ["'),
    ),
    "health check without a path": (
        "image.healthcheck",
        dockerfile('^HEALTHCHECK CMD ."/usr/local/bin/', 'HEALTHCHECK CMD ["'),
    ),
    "decodes whatever comes": (
        "limits.memory",
        server("        self.held += self.plugin.budget.reserve(estimate(body))\n", ""),
    ),
    "keeps uploads without a bound": (
        "limits.memory",
        server("        self.held += self.plugin.budget.reserve(int(length))\n", ""),
    ),
    "writes its log where it answers": (
        "lifecycle.unread-output",
        server(
            '        self.log_lines.add(self.redact(json.dumps({"message": message, **fields})))',
            '        os.write(1, (message + "\\n").encode())',
        ),
    ),
    "obeys options for interpreters": (
        "env.interpreter-options-ignored",
        server(
            '"""Before listening."""', '"PERL5OPT" in os.environ and sys.exit("no such module")'
        ),
    ),
    "keeps every request": (
        "limits.memory",
        server(
            "        given = self.parse(body)",
            '        vars(self).setdefault("kept", []).append(body * 5)\n'
            "        given = self.parse(body)",
        ),
    ),
    "writes a file": (
        "hardened.read-only",
        server('"""Before listening."""', 'Path("/var/tmp/started").touch()'),
    ),
    "drops privileges itself": ("hardened.no-capabilities", drops_privileges),
    "runs as root": ("hardened.non-root", dockerfile("^USER .*", "USER root")),
    "belongs to one user": (
        "hardened.any-user",
        dockerfile(
            "^USER 10001",
            "RUN chown 10001 manifest.json && chmod 600 manifest.json\nUSER 10001",
        ),
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_broken_container_is_caught_by_its_rule_alone(
    client: APIClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    rule, damage = FAULTS[fault]
    if rule in BRIEF:
        monkeypatch.setattr(*BRIEF[rule])
    with plugin_folder(client, "correct", tmp_path) as target:
        damage(target.folder)
        environment = ENVIRONMENT_RULES if rule.startswith(ENVIRONMENT_RULES) else ()
        found = broken_rules(check(target, *CONTAINER_RULES, *environment, rule))
    assert set(found) == {rule}, "\n".join(found.values())


@pytest.mark.parametrize("does", ["sleep 600", "while :; do echo still here; sleep 0.2; done"])
def test_a_build_that_never_ends_is_cancelled(client: APIClient, tmp_path: Path, does: str) -> None:
    label = f"never-ends={uuid.uuid4().hex}"
    with plugin_folder(client, "correct", tmp_path) as target:
        dockerfile("^(FROM .*)", f"\\1\\nLABEL {label}\\nRUN {does}")(target.folder)
        brief = FolderTarget(client, target.folder, target.manifest, build_seconds=8)
        with closing(brief):
            results = check(brief, "build.classic")
    (told,) = broken_rules(results).values()
    assert "the build failed at 'Step" in told
    assert f"RUN {does}" in told
    assert "it did not finish within 8 s and was cancelled" in told
    end = time.monotonic() + 60
    while client.containers(all=True, filters={"label": label}) and time.monotonic() < end:
        time.sleep(0.2)
    assert client.containers(all=True, filters={"label": label}) == []


def test_every_rule_that_needs_a_container_has_a_broken_one() -> None:
    caught = {rule for rule, _ in FAULTS.values()}
    assert {r.id for r in RULES if r.needs and r.needs.name in ("CONTAINER", "FOLDER")} <= caught
