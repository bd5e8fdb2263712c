"""What cannot be checked, and what the rules on start, stop and containers make of a plugin.

The plugins are made up: one row for each branch of a rule that decides.
"""

from __future__ import annotations

from typing import Any

import pytest

from stage7_plugin.contract.model import Need, Status
from stage7_plugin.contract.rules import hardened, lifecycle
from stage7_plugin.contract.rules.lifecycle import Ended
from stage7_plugin.contract.scenarios import for_scenario_logic
from stage7_plugin.contract.targets.base import Rebuild
from stage7_plugin.spec.languages import LANGUAGES
from tests.contract.fakes import (
    GOOD,
    Facts,
    Row,
    always,
    expect,
    inputs_of,
    judge,
    manifest,
    names,
    refusal,
    reply,
    statuses,
)

PASSED, FAILED, WARNED, SKIPPED = Status.PASSED, Status.FAILED, Status.WARNED, Status.SKIPPED
SLOW: dict[str, dict[str, object]] = {"slow": {}}
IN_GO = {"scenarios": for_scenario_logic("go")}
TEXT = {"name": "text", "type": "string", "required": True, "example": "hello"}
OPTIONAL = {"name": "text", "type": "string", "example": "hello"}


ROWS: list[Row] = [
    # not checkable
    ("errors.missing-input", GOOD, {"plugin": inputs_of(OPTIONAL)}, SKIPPED, "no required input"),
    (
        "errors.mistyped-input",
        GOOD,
        {"plugin": inputs_of({"name": "x", "type": "any"})},
        SKIPPED,
        "every declared input is of type any",
    ),
    ("errors.all-problems", GOOD, {"plugin": inputs_of(TEXT)}, SKIPPED, "two declared inputs"),
    ("execute.object-with-value", GOOD, {"plugin": inputs_of(TEXT)}, SKIPPED, "no input of type"),
    ("execute.object-with-value", always(refusal()), {}, SKIPPED, "only certain objects"),
    ("execute.aliases", GOOD, {"plugin": inputs_of(TEXT)}, SKIPPED, "declares no alias"),
    (
        "execute.aliases",
        GOOD,
        {"plugin": inputs_of({"name": "a", "type": "string", "aliases": ["b"]})},
        SKIPPED,
        "no alias of an input that is sent",
    ),
    (
        "execute.no-crosstalk",
        GOOD,
        {"plugin": inputs_of({"name": "n", "type": "number", "example": 1})},
        SKIPPED,
        "nothing can be varied",
    ),
    ("execute.no-crosstalk", GOOD, {}, SKIPPED, "do not depend on input text"),
    ("execute.no-crosstalk", always(refusal()), {}, SKIPPED, "do not depend on"),
    ("secrets.token-in-metrics", GOOD, {}, SKIPPED, "no /metrics"),
    ("secrets.declared", GOOD, {"plugin": inputs_of(TEXT)}, SKIPPED, "marks no input"),
    (
        "env.pythonpath-ignored",
        GOOD,
        {"facts": Facts(command_lines="/usr/bin/node")},
        SKIPPED,
        "Python",
    ),
    (
        "env.pythonhome-ignored",
        GOOD,
        {"facts": Facts(command_lines="/app/plugin")},
        SKIPPED,
        "Python",
    ),
    ("image.healthcheck", GOOD, {"facts": Facts(health_check=None)}, SKIPPED, "no HEALTHCHECK"),
    (
        "limits.memory",
        GOOD,
        {"plugin": manifest(container={**manifest()["container"], "resources": {}})},
        SKIPPED,
        "no memory limit",
    ),
    (
        "load.deadline",
        GOOD,
        {
            "plugin": manifest(api={"endpoint": "/execute", "method": "POST", "timeout": 60_001}),
            "scenarios": {"overdue": {}},
        },
        SKIPPED,
        "api.timeout is 60.001 s",
    ),
    ("load.deadline", GOOD, {}, SKIPPED, "scenario 'overdue' is missing"),
    ("errors.plugin-exit", GOOD, IN_GO, SKIPPED, "no program in Go outlives os.Exit"),
    ("errors.one-sentence", GOOD, {}, SKIPPED, "scenario 'failing' is missing"),
    ("build.classic", GOOD, {"abilities": frozenset({Need.START})}, SKIPPED, Need.FOLDER.value),
    ("hardened.non-root", GOOD, {"abilities": frozenset()}, SKIPPED, Need.CONTAINER.value),
    ("lifecycle.sigterm-idle", GOOD, {"abilities": frozenset()}, SKIPPED, Need.START.value),
    # the manifest
    ("manifest.valid", GOOD, {}, PASSED, "no problem"),
    ("manifest.valid", GOOD, {"plugin": manifest(verb="THINK")}, FAILED, "verb"),
    # what a container says of itself
    ("hardened.non-root", GOOD, {}, PASSED, "10001"),
    ("hardened.non-root", GOOD, {"facts": Facts(users={"root"})}, FAILED, "root"),
    ("hardened.non-root", GOOD, {"facts": Facts(users={"10001", "0"})}, FAILED, "0, 10001"),
    ("image.healthcheck", GOOD, {}, PASSED, "healthy"),
    (
        "image.healthcheck",
        GOOD,
        {"facts": Facts(health_check=("unhealthy", "no curl"))},
        FAILED,
        "no curl",
    ),
    ("build.cached", GOOD, {}, PASSED, "the same image"),
    (
        "build.cached",
        GOOD,
        {"facts": Facts(rebuild=Rebuild(False, 0.1))},
        FAILED,
        "a different image",
    ),
    ("build.cached", GOOD, {"facts": Facts(rebuild=Rebuild(True, 2.0))}, FAILED, "after 2.00 s"),
    # start and stop
    ("lifecycle.healthy", GOOD, {}, PASSED, "healthy at poll 1"),
    ("lifecycle.healthy", statuses(503), {}, PASSED, "healthy"),
    ("lifecycle.healthy", GOOD, {"facts": Facts(starts=False)}, FAILED, "it does not start"),
    (
        "lifecycle.healthy",
        lambda *_: reply(200, {"status": "ok"}),
        {"facts": Facts(log="no model file")},
        FAILED,
        "no model file",
    ),
    ("execute.written", GOOD, {}, PASSED, "not a stub"),
    *(
        ("execute.written", GOOD, {"facts": Facts(log=f"f() {one.stub_mark}; 1")}, WARNED, "a stub")
        for one in LANGUAGES.values()
    ),
    ("lifecycle.first-poll", GOOD, {}, PASSED, "healthy at poll 1"),
    ("lifecycle.sigterm-idle", GOOD, {}, PASSED, "end after 0.0"),
    (
        "lifecycle.sigterm-idle",
        GOOD,
        {"facts": Facts(ends_after_sigterm=False)},
        FAILED,
        "still running",
    ),
    (
        "lifecycle.exit-code",
        GOOD,
        {"returned": {"lifecycle.sigterm-idle": Ended(0.0, 0)}},
        PASSED,
        "0",
    ),
    (
        "lifecycle.exit-code",
        GOOD,
        {"returned": {"lifecycle.sigterm-idle": Ended(0.0, 143)}},
        WARNED,
        "exit code 143",
    ),
    ("lifecycle.drain", GOOD, {"scenarios": SLOW}, PASSED, "the plugin ended"),
    ("lifecycle.drain", statuses(500), {"scenarios": SLOW}, FAILED, "500"),
    (
        "lifecycle.drain",
        GOOD,
        {"scenarios": SLOW, "facts": Facts(ends_after_sigterm=False)},
        FAILED,
        "the plugin did not end",
    ),
    ("env.foreign-path", GOOD, {}, PASSED, "healthy"),
    ("env.node-options-ignored", GOOD, {}, SKIPPED, "does not run Node"),
    (
        "env.node-options-ignored",
        GOOD,
        {"facts": Facts(command_lines="/app/node_exporter /srv/node.js")},
        SKIPPED,
        "does not run Node",
    ),
    *(
        (
            "env.node-options-ignored",
            GOOD,
            {
                "facts": Facts(
                    command_lines=program,
                    starts_with=lambda options: "NODE_OPTIONS" not in options.environment,
                )
            },
            FAILED,
            "it does not start",
        )
        for program in ("/usr/local/bin/node --enable-source-maps server.cts", "12 nodejs x.js")
    ),
    (
        "env.foreign-path",
        GOOD,
        {"facts": Facts(starts_with=lambda options: "PATH" not in options.environment)},
        FAILED,
        "it does not start",
    ),
    (
        "env.interpreter-options-ignored",
        GOOD,
        {"facts": Facts(starts_with=lambda options: "PERL5OPT" not in options.environment)},
        FAILED,
        "it does not start",
    ),
    (
        "env.pythonpath-ignored",
        GOOD,
        {"facts": Facts(starts_with=lambda options: not options.poisoned_pythonpath)},
        FAILED,
        "it does not start",
    ),
    (
        "env.whole",
        GOOD,
        {"facts": Facts(starts_with=lambda options: not options.environment)},
        PASSED,
        "healthy",
    ),
]


@pytest.mark.parametrize("row", ROWS, ids=names(ROWS))
def test_what_a_rule_makes_of_a_plugin(monkeypatch: pytest.MonkeyPatch, row: Row) -> None:
    monkeypatch.setattr(lifecycle, "STOP_GRACE", 0.05)
    monkeypatch.setattr(hardened, "HEALTH_CHECK_SECONDS", 0.05)
    expect(row)


def test_a_plugin_that_lacks_a_required_setting_gets_the_advice_to_give_it() -> None:
    def todo(*configuration: Any, **environment: str) -> str:
        plugin = manifest(configuration=list(configuration))
        plugin["container"] = {**plugin["container"], "environment": environment}
        result = judge("lifecycle.healthy", GOOD, plugin=plugin, facts=Facts(starts=False))
        assert result.status is FAILED
        return result.todo

    token = {"key": "API_TOKEN", "type": "secret", "required": True}
    url = {"key": "URL", "type": "string", "required": True}
    told = todo(token, url, {"key": "LEVEL", "required": False}, None)
    assert told.startswith("manifest.json requires API_TOKEN and URL, and this check has no value.")
    assert "Write API_TOKEN=..., URL=... into the file .env" in told
    assert "check with --env-file .env; make contract takes .env by itself" in told
    own = todo()
    assert own.startswith("Answer GET healthCheck.path")
    assert todo(token, API_TOKEN="x") == own
    assert todo({**url, "value": "https://a"}) == own
