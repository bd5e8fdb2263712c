"""Settings: what the manifest says, what the environment changes, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.runtime.runtime_modules import runtime_module
from tests.support.plugin_process import MANIFEST
from tests.support.servers import Start
from tests.support.template import TEMPLATE

settings = runtime_module("settings")
memory = runtime_module("memory")
MIB = 1024 * 1024
NUMBERS = [setting for setting in settings.SETTINGS if setting.highest]
TABLE = json.loads((TEMPLATE / "tests" / "cases" / "settings.json").read_text("utf-8"))
CASES, BOUNDS = TABLE["cases"], TABLE["bounds"]
TABLED = {
    **MANIFEST,
    "container": {
        "ports": [{"container": 8080}],
        "resources": {"memory": "256m", "cpu": "0.5"},
    },
    "api": {"endpoint": "/execute", "method": "POST"},
}
"""The manifest of the table."""


@pytest.fixture(autouse=True)
def no_cgroup(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever limit the tests themselves run under."""
    monkeypatch.setattr(memory, "CGROUP_LIMITS", ())


def manifest(**resources: Any) -> dict[str, Any]:
    return {**MANIFEST, "container": {**MANIFEST["container"], "resources": resources}}


def load(environ: dict[str, str] | None = None, **resources: Any) -> Any:
    return settings.load(manifest(**{"memory": "256m", "cpu": "1", **resources}), environ or {})


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("256m", 256 * MIB),
        ("64M", 64 * MIB),
        ("1g", 1024 * MIB),
        ("65536k", 64 * MIB),
        ("33554432", 32 * MIB),
        ("much", 256 * MIB),
        ("", 256 * MIB),
        ("-1m", 256 * MIB),
    ],
)
def test_the_memory_of_the_manifest(text: str, number: int) -> None:
    assert load(memory=text).memory_bytes == number


@pytest.mark.parametrize(
    ("content", "number"),
    [
        ("67108864\n", 64 * MIB),
        ("max\n", 256 * MIB),
        ("9223372036854771712\n", 256 * MIB),
        ("1073741824", 256 * MIB),
        ("", 256 * MIB),
    ],
)
def test_a_smaller_limit_of_the_cgroup_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str, number: int
) -> None:
    (tmp_path / "limit").write_text(content)
    paths = (str(tmp_path / "none"), str(tmp_path / "limit"))
    monkeypatch.setattr(memory, "CGROUP_LIMITS", paths)
    assert load().memory_bytes == number


@pytest.mark.parametrize(
    ("limit", "body", "output"),
    [
        ("32m", 3, 3),
        ("64m", 9, 9),
        ("102m", 16, 16),
        ("256m", 16, 45),
        ("1g", 16, 64),
        ("8m", 1, 1),
    ],
)
def test_limits_follow_the_memory(limit: str, body: int, output: int) -> None:
    found = load(memory=limit)
    assert (found.max_body_bytes // MIB, found.max_output_bytes // MIB) == (body, output)


@pytest.mark.parametrize(
    ("cpu", "slots"),
    [("1", 16), ("0.25", 4), ("0.01", 4), ("0.5", 8), ("0.51", 9), ("64", 256), (2, 32), ("x", 16),
     (None, 16)],
)  # fmt: skip
def test_slots_follow_the_cpu(cpu: Any, slots: int) -> None:
    assert load(cpu=cpu).concurrency == slots


def test_defaults_that_keep_clients_and_the_host_apart() -> None:
    found = load()
    assert found.drain_seconds == 9, "the host kills after 10 s"
    assert found.max_header_bytes == 65536
    assert found.max_json_depth == 100
    assert found.max_connections == 512
    assert (found.idle_seconds, found.request_seconds, found.answer_seconds) == (60, 30, 30)
    assert found.stuck_seconds == 60
    assert (found.host, found.port, found.log_level) == ("0.0.0.0", 8080, "INFO")
    assert found.timeout_ms == MANIFEST["api"]["timeout"]


def test_the_defaults_and_bounds_of_the_table() -> None:
    """A step past one of them is a change that users see."""
    of_memory = "PLUGIN_MAX_OUTPUT_BYTES"
    values = [(setting.variable, setting) for setting in NUMBERS if setting.variable != of_memory]
    assert {
        variable: [setting.default(TABLED), setting.lowest, setting.highest]
        for variable, setting in values
    } == BOUNDS
    (output,) = [setting for setting in NUMBERS if setting.variable == of_memory]
    assert (output.lowest, output.highest) == (1024, 1024**3)


@pytest.mark.parametrize("setting", NUMBERS, ids=lambda setting: setting.variable)
def test_each_limit_of_a_setting(setting: Any) -> None:
    for number in (setting.lowest, setting.highest):
        assert getattr(load({setting.variable: str(number)}), setting.name) == number
    for wrong in (str(setting.lowest - 1), str(setting.highest + 1), "1.5", "many"):
        with pytest.raises(settings.SettingsError, match=f"{setting.variable}='{wrong}'.* from"):
            load({setting.variable: wrong})


@pytest.mark.parametrize("setting", NUMBERS, ids=lambda setting: setting.variable)
def test_an_empty_variable_means_not_set(setting: Any) -> None:
    assert getattr(load({setting.variable: ""}), setting.name) == getattr(load({}), setting.name)


def test_settings_are_taken_and_refused_as_the_table_says() -> None:
    names = {setting.variable: setting.name for setting in settings.SETTINGS}
    for case in CASES:
        variable, times = case["variable"], case.get("times", 1)
        environ = {variable: case["given"] * times}
        if "refused" in case:
            with pytest.raises(settings.SettingsError) as refused:
                settings.load(TABLED, environ)
            assert str(refused.value) == case["refused"], case
        else:
            assert getattr(settings.load(TABLED, environ), names[variable]) == case["taken"], case


@pytest.mark.typescript_too
@pytest.mark.go_too
def test_a_server_with_wrong_settings_ends_and_names_each(start: Start) -> None:
    wrong = {
        setting.variable: value
        for setting, value in zip(
            NUMBERS, ["1e3", "0x10", "-1", "Infinity", " ", "9" * 30] * 3, strict=False
        )
    }
    plugin = start(**wrong, PLUGIN_LOG_LEVEL="x" * 100_000)
    plugin.wait()
    assert plugin.process.returncode == 2
    (line,) = plugin.lines
    assert line["level"] == "CRITICAL"
    for variable, value in wrong.items():
        assert f"{variable}='{value}': use a whole number from " in line["message"]
    assert "PLUGIN_LOG_LEVEL is a text of 100000 characters: use one of DEBUG" in line["message"]


@pytest.mark.typescript_too
@pytest.mark.go_too
def test_an_address_that_is_none_ends_the_server(start: Start) -> None:
    plugin = start(PLUGIN_HOST="999.0.0.1")
    plugin.wait()
    assert plugin.process.returncode == 2
    (line,) = [line for line in plugin.lines if line["level"] == "CRITICAL"]
    assert "cannot listen on PLUGIN_HOST='999.0.0.1' PLUGIN_PORT=" in line["message"]


@pytest.mark.typescript_too
@pytest.mark.go_too
@pytest.mark.parametrize("bound", ["lowest", "highest"])
def test_a_server_works_at_each_bound_of_its_settings(start: Start, bound: str) -> None:
    own = ("PLUGIN_PORT", "PLUGIN_STRICT_INPUTS")
    environ = {one.variable: str(getattr(one, bound)) for one in NUMBERS if one.variable not in own}
    if bound == "lowest":
        environ["PLUGIN_TIMEOUT_MS"] = "20000"  # what 100 ms suffice for depends on the machine
        environ["PLUGIN_START_SECONDS"] = "30"
    plugin = start(**environ)
    assert plugin.get("/health")[0] == 200
    assert plugin.execute({"do": "return value", "value": 1})[0] == 200
    plugin.terminate()
    plugin.wait()
    assert plugin.process.returncode == 0


def test_every_wrong_variable_is_named() -> None:
    wrong = {"PLUGIN_LOG_LEVEL": "LOUD", "PLUGIN_PORT": "http", "PLUGIN_IDLE_SECONDS": "0"}
    with pytest.raises(settings.SettingsError) as refused:
        load(wrong)
    assert all(variable in str(refused.value) for variable in wrong)


def test_texts_are_taken_as_they_are() -> None:
    found = load({"PLUGIN_HOST": "::", "PLUGIN_LOG_LEVEL": "debug", "PORT": "1"})
    assert (found.host, found.log_level, found.port) == ("::", "DEBUG", 8080)


@pytest.mark.parametrize(
    ("timeout_ms", "seconds"), [(100, 0.09), (2000, 1.8), (10_000, 9), (30_000, 29)]
)
def test_the_deadline_is_a_little_earlier_than_the_callers(timeout_ms: int, seconds: float) -> None:
    assert settings.deadline_seconds(timeout_ms) == pytest.approx(seconds)
