"""Settings: `PLUGIN_*` environment variables, each with its default from the manifest.

Nothing else of the environment is honoured: the host injects its own, `PORT` included.
"""

import math
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from plugin_runtime.memory import MIB, memory_limit, share_of

Manifest = dict[str, Any]


class Settings(NamedTuple):
    """All settings of one process; sizes in bytes, times in seconds unless the name says ms."""

    port: int
    host: str
    concurrency: int
    timeout_ms: int
    memory_bytes: int
    max_body_bytes: int
    max_output_bytes: int
    max_header_bytes: int
    max_json_depth: int
    max_connections: int
    idle_seconds: int
    request_seconds: int
    answer_seconds: int
    stuck_seconds: int
    drain_seconds: int
    start_seconds: int
    strict_inputs: int
    log_level: str
    env: str
    secret_env: str


class Setting(NamedTuple):
    """One setting: where it comes from, what it may be and what it does."""

    name: str
    default: Callable[[Manifest], int | str]
    lowest: int
    highest: int
    help: str
    source: str = ""
    """The manifest's key that holds the default, if one does."""

    @property
    def variable(self) -> str:
        """The environment variable, such as `PLUGIN_PORT`."""
        return f"PLUGIN_{self.name.upper()}"


class SettingsError(ValueError):
    """At least one setting is wrong; the text names each of them."""


LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
LONGEST_SHOWN = 40  # characters of a wrong value


def default_concurrency(manifest: Manifest) -> int:
    """Executions at once: 16 for each CPU of the manifest, at least 4, at most 256."""
    try:
        cpu = float(_resource(manifest, "cpu"))
    except (TypeError, ValueError):
        cpu = 1.0
    return max(4, min(256, math.ceil(16 * cpu)))


def default_max_body(manifest: Manifest) -> int:
    """Bytes of a request body: 16 MiB, less where the memory could not hold it decoded.

    A text takes three times its length; other JSON takes more, and is refused by its cost.
    """
    return max(MIB, min(16 * MIB, share_of(memory_limit(manifest)) // 4))


def default_max_output(manifest: Manifest) -> int:
    """Bytes of an answer: 64 MiB, less where the memory could not hold it while it is written."""
    return max(MIB, min(64 * MIB, share_of(memory_limit(manifest)) // 4))


def _resource(manifest: Manifest, name: str) -> Any:
    return manifest["container"].get("resources", {}).get(name)


SETTINGS = (
    Setting(
        "port",
        lambda manifest: int(manifest["container"]["ports"][0]["container"]),
        0,
        65535,
        "Port to listen on",
        "container.ports[0].container",
    ),
    Setting("host", lambda _: "0.0.0.0", 0, 0, "Address to listen on; `::` for IPv4 and IPv6"),
    Setting(
        "concurrency",
        default_concurrency,
        1,
        1024,
        "Concurrent executions, by default 16 per CPU, at least 4; the next one gets 429",
        "container.resources.cpu",
    ),
    Setting(
        "timeout_ms",
        lambda manifest: int(manifest["api"].get("timeout", 30000)),
        100,
        24 * 3600 * 1000,
        "The caller's time limit in ms; 504 comes a tenth of it earlier, at most 1 s",
        "api.timeout",
    ),
    Setting(
        "memory_bytes",
        memory_limit,
        16 * MIB,
        1024 * 1024 * MIB,
        "Memory of the container, or its cgroup's limit if that is smaller",
        "container.resources.memory",
    ),
    Setting(
        "max_body_bytes",
        default_max_body,
        1024,
        1024 * MIB,
        "Largest request body, by default 16 MiB, less where the memory is below 102m",
        "container.resources.memory",
    ),
    Setting(
        "max_output_bytes",
        default_max_output,
        1024,
        1024 * MIB,
        "Largest answer, by default 64 MiB, less where the memory is below 358m",
        "container.resources.memory",
    ),
    Setting("max_header_bytes", lambda _: 64 * 1024, 1024, MIB, "Largest request header"),
    Setting("max_json_depth", lambda _: 100, 4, 500, "Deepest nesting of a request body"),
    Setting(
        "max_connections",
        lambda _: 512,
        8,
        65536,
        "Idle connections; beyond that the one idle for longest is closed",
    ),
    Setting("idle_seconds", lambda _: 60, 1, 3600, "An idle connection is closed after this"),
    Setting("request_seconds", lambda _: 30, 1, 3600, "A request must have arrived within this"),
    Setting("answer_seconds", lambda _: 30, 1, 3600, "A client must read its answer within this"),
    Setting(
        "stuck_seconds",
        lambda _: 60,
        1,
        24 * 3600,
        "Health fails once every slot has been past its deadline for this long",
    ),
    Setting(
        "drain_seconds",
        lambda _: 9,
        0,
        3600,
        "After SIGTERM, how long running executions may take (the host kills after 10 s)",
    ),
    Setting(
        "start_seconds",
        lambda _: 30,
        1,
        24 * 3600,
        "A plugin that is not ready within this exits (the host polls health 30 times)",
    ),
    Setting("strict_inputs", lambda _: 0, 0, 1, "1: convert no input, answer 422 instead"),
    Setting("log_level", lambda _: "INFO", 0, 0, "DEBUG, INFO, WARNING or ERROR"),
    Setting(
        "env",
        lambda _: "production",
        0,
        0,
        "`development` writes readable logs, anything else JSON",
    ),
    Setting(
        "secret_env",
        lambda _: "auto",
        0,
        0,
        "Secret variables, such as `DB_PASSWORD,API_KEY`; `auto`: those named like secrets",
    ),
)


def load(manifest: Manifest, environ: Mapping[str, str]) -> Settings:
    """Read every setting.

    Raises:
        SettingsError: one or more variables hold no acceptable value; all are named.
    """
    values: dict[str, int | str] = {}
    problems = []
    for setting in SETTINGS:
        try:
            values[setting.name] = _read(setting, manifest, environ)
        except ValueError as error:
            problems.append(str(error))
    if problems:
        raise SettingsError("; ".join(problems))
    return Settings(**values)  # type: ignore[arg-type]


def _read(setting: Setting, manifest: Manifest, environ: Mapping[str, str]) -> int | str:
    default = setting.default(manifest)
    given = environ.get(setting.variable)
    if not given:  # compose and Kubernetes set a variable without a value to the empty text
        return default
    if setting.name == "log_level":
        level = given.upper() if given.isascii() else given  # upper() makes an I of a dotless i too
        if level not in LOG_LEVELS:
            rule = f"use one of {', '.join(LOG_LEVELS)}"
            raise ValueError(f"{_shown(setting.variable, given)}: {rule}")
        return level
    if isinstance(default, str):
        return given
    # `int` would also take 1_000 and the digits of other scripts.
    whole = re.fullmatch(r"[ \t\r\n]*([+-]?)0*([0-9]{1,20})[ \t\r\n]*", given)
    number = int(whole[1] + whole[2]) if whole else -1
    if not whole or not setting.lowest <= number <= setting.highest:
        rule = f"use a whole number from {setting.lowest} to {setting.highest}, such as {default}"
        raise ValueError(f"{_shown(setting.variable, given)}: {rule}")
    return number


def _shown(variable: str, given: str) -> str:
    """Return a variable and its wrong value, or how long that is."""
    if len(given) <= LONGEST_SHOWN:
        return f"{variable}='{given}'"
    return f"{variable} is a text of {len(given)} characters"


def is_readable(environ: Mapping[str, str]) -> bool:
    """Whether logs are for people, not for machines; known before the settings are checked."""
    return environ.get("PLUGIN_ENV") == "development"


def secret_names(environ: Mapping[str, str]) -> list[str]:
    """Names of the variables that are secret; none for those that are named like secrets."""
    given = environ.get("PLUGIN_SECRET_ENV", "auto")
    return [] if given == "auto" else [name.strip() for name in given.split(",") if name.strip()]


def deadline_seconds(timeout_ms: int) -> float:
    """Seconds after which an execution is answered 504, so that the caller still gets the answer.

    The margin below the caller's own limit is a tenth of it, at most one second.
    """
    return (timeout_ms - min(1000, timeout_ms / 10)) / 1000
