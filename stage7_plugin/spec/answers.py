"""Every rule for an answer, and the check that finds all wrong ones at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Mapping
from typing import NamedTuple

from stage7_plugin.host_facts import PERMISSIONS, TAKEN_VERBS
from stage7_plugin.spec import derived
from stage7_plugin.spec.languages import LANGUAGES, answered
from stage7_plugin.spec.names import RULE, clashing_names, spellings
from stage7_plugin.spec.parameters import EXAMPLES, Parameter, Prompt, parse_parameters
from stage7_plugin.spec.problems import Problem, nearest
from stage7_plugin.spec.text_rules import text_fault

CHOICES: dict[str, tuple[str, ...]] = {
    "language": tuple(LANGUAGES),
    "python_version": ("3.11", "3.12", "3.13", "3.14"),
    "license": ("MIT", "Apache-2.0", "BSD-3-Clause", "Proprietary"),
    "ci": ("github", "gitlab", "none"),
    "git_init": ("yes", "no"),
    "build_image": ("no", "yes", "required"),
    "kubernetes": ("no", "yes"),
}

# Docker's grammar of image names: host[:port]/path/path, see the reference format of Docker.
_HOST_PART = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?"
_HOST = re.compile(rf"{_HOST_PART}(?:\.{_HOST_PART})*(?::(?P<port>[0-9]{{1,5}}))?")
_PATH_PART = re.compile(r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*")
_LONGEST_NAMESPACE = 200  # with the slug below Docker's limit of 255

_LEAST_MEGABYTES, _MOST_MEGABYTES = 32, 1024 * 1024
_LEAST_CPU, _MOST_CPU = 0.01, 256  # what Docker can express


def _plugin_name(value: str) -> str | None:
    return text_fault(value, 1, 80)


def _plugin_slug(value: str) -> str | None:
    if value in derived.DEVICE_NAMES:
        return "must not be the name of a Windows device"
    if re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", value) and len(value) <= derived.LONGEST_SLUG:
        return None
    return (
        f"must be lower-case words of a-z and 0-9 joined by single hyphens, starting with a "
        f"letter, at most {derived.LONGEST_SLUG} characters (folder, image name and plugin id)"
    )


def _verb(value: str) -> str | None:
    if value in TAKEN_VERBS:
        return f"must not be a verb that the host handles itself ({', '.join(TAKEN_VERBS)})"
    if re.fullmatch(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*", value) and len(value) <= 60:
        return None
    return "must be UPPER_SNAKE_CASE: A-Z and 0-9, starting with a letter, at most 60 characters"


def _description(value: str) -> str | None:
    return text_fault(value, 10, derived.LONGEST_DESCRIPTION)


def _version(value: str) -> str | None:
    number = r"(0|[1-9][0-9]{0,8})"
    if re.fullmatch(rf"{number}\.{number}\.{number}", value):
        return None
    return "must be MAJOR.MINOR.PATCH: three whole numbers without leading zeros"


def _author(value: str) -> str | None:
    return text_fault(value, 1, 100)


def _image_namespace(value: str) -> str | None:
    host, _, path = value.partition("/")
    match = _HOST.fullmatch(host)
    # As Docker reads it: the first part is a registry if it could not be a plain path part.
    is_registry = match and ("." in host or ":" in host or host == "localhost")
    parts = path.split("/") if path else []
    if is_registry and match and match["port"] and not 1 <= int(match["port"]) <= 65535:
        return "must have a port from 1 to 65535"
    names = parts if is_registry else [host, *parts]
    well_formed = all(_PATH_PART.fullmatch(name) for name in names) and not value.endswith("/")
    if well_formed and len(value) <= _LONGEST_NAMESPACE:
        return None
    return (
        "must be lower-case image path parts joined by /, optionally after a registry host with "
        f"port, at most {_LONGEST_NAMESPACE} characters"
    )


def _permissions(value: str) -> str | None:
    unknown = [name for name in derived.permission_list(value) if name not in PERMISSIONS]
    if not unknown:
        return None
    meant = nearest(unknown[0], PERMISSIONS)
    hint = f" (did you mean {meant}?)" if meant else ""
    return f"must be a comma-separated list{hint} of {', '.join(PERMISSIONS)}, or empty"


def _memory(value: str) -> str | None:
    if re.fullmatch(r"[0-9]{1,12}[kmg]", value):
        megabytes = derived.memory_megabytes(value)
        if _LEAST_MEGABYTES <= megabytes <= _MOST_MEGABYTES:
            return None
    return "must be a whole number followed by k, m or g, from 32m to 1024g"


def _cpu(value: str) -> str | None:
    decimal = re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,3})?", value)
    if decimal and _LEAST_CPU <= float(value) <= _MOST_CPU:
        return None
    return f"must be a decimal number from {_LEAST_CPU} to {_MOST_CPU}"


def _timeout_seconds(value: str) -> str | None:
    if re.fullmatch(r"[1-9][0-9]{0,3}", value) and int(value) <= 3600:
        return None
    return "must be a whole number of seconds from 1 to 3600"


class _Rule(NamedTuple):
    fault: Callable[[str], str | None]
    example: str


def _one_of(choices: tuple[str, ...]) -> _Rule:
    rule = f"must be one of {', '.join(choices)}"
    return _Rule(lambda value: None if value in choices else rule, choices[0])


_RULES: dict[str, _Rule] = {
    "plugin_name": _Rule(_plugin_name, "Text Echo"),
    "plugin_slug": _Rule(_plugin_slug, "text-echo"),
    "verb": _Rule(_verb, "TEXT_ECHO"),
    "description": _Rule(_description, "Returns the text that it is given"),
    "version": _Rule(_version, "1.0.0"),
    "author": _Rule(_author, "Ada Lovelace"),
    "image_namespace": _Rule(_image_namespace, "registry.example.com:5000/team"),
    "permissions": _Rule(_permissions, "net.fetch, fs.read"),
    "memory": _Rule(_memory, "256m"),
    "cpu": _Rule(_cpu, "0.5"),
    "timeout_seconds": _Rule(_timeout_seconds, "30"),
    **{prompt: _one_of(choices) for prompt, choices in CHOICES.items()},
}
_PARAMETER_PROMPTS: tuple[Prompt, ...] = ("inputs", "outputs")

PROMPTS = frozenset({*_RULES, *_PARAMETER_PROMPTS})


def check(answers: Mapping[str, object]) -> list[Problem]:
    """List every problem of the answers, in the order of the prompts; a missing answer is none.

    Args:
        answers: Values by prompt; keys that are not prompts are ignored.
    """
    return examine(answers)[1]


def examine(
    answers: Mapping[str, object],
) -> tuple[dict[str, list[Parameter]], list[Problem]]:
    """Check the answers as `check` does, and keep what was parsed for it.

    Returns:
        The parameters of `inputs` and `outputs`, and every problem.
    """
    problems: list[Problem] = []
    parameters: dict[str, list[Parameter]] = {}
    for prompt, value in answers.items():
        if prompt not in PROMPTS or _follows_from_wrong_name(prompt, answers):
            continue
        if not isinstance(value, str):
            hint = "; in YAML, put it in quotes" if isinstance(value, (bool, int, float)) else ""
            problems.append(Problem(prompt, value, "must be text" + hint, example(prompt)))
        elif prompt in _PARAMETER_PROMPTS:
            found, faults = parse_parameters(prompt, value)
            parameters[prompt] = found
            problems += faults
        else:
            fault = _RULES[prompt].fault(value)
            if fault:
                problems.append(Problem(prompt, value, fault, _advice(prompt, value)))
    problems += _names_twice(parameters) + _python_alone(answers) + _too_little(answers)
    return parameters, problems


def missing(answers: Container[str]) -> list[Problem]:
    """List a problem for each prompt that has no answer; without `language` it is Python."""
    prompts = sorted(PROMPTS - {"language", *(prompt for prompt in PROMPTS if prompt in answers)})
    return [Problem(prompt, None, "must be answered", example(prompt)) for prompt in prompts]


def unknown_keys(given: Mapping[str, object], known: Container[str]) -> list[Problem]:
    """List a problem for each given key that Cookiecutter would silently ignore."""
    problems = []
    for key, value in given.items():
        if key in known:
            continue
        meant = nearest(key, PROMPTS)
        rule = f"there is no prompt called {key}" + (f"; did you mean {meant}?" if meant else "")
        problems.append(Problem(key, value, rule, f"{meant or 'plugin_name'}=..."))
    return problems


def example(prompt: str) -> str:
    """Return an answer that is accepted."""
    return _RULES[prompt].example if prompt in _RULES else EXAMPLES[_parameter_prompt(prompt)]


def _parameter_prompt(prompt: str) -> Prompt:
    return "inputs" if prompt == "inputs" else "outputs"


def _advice(prompt: str, value: str) -> str:
    """Return the example, and how to answer where nothing could be derived from the name."""
    found = example(prompt)
    if value == "" and prompt in ("plugin_slug", "verb"):
        return f"{prompt}={found} (nothing could be derived from plugin_name, so set it)"
    return found


def _follows_from_wrong_name(prompt: str, answers: Mapping[str, object]) -> bool:
    """Whether a slug or verb was derived from a name that is reported itself."""
    derive = {"plugin_slug": derived.plugin_slug, "verb": derived.verb}.get(prompt)
    name = answers.get("plugin_name")
    if derive is None or not isinstance(name, str) or not _plugin_name(name):
        return False
    return answers[prompt] == derive(name)


def _python_alone(answers: Mapping[str, object]) -> list[Problem]:
    """Return a problem if a version of Python is chosen for another language, not by default."""
    language, version = answered(answers), answers.get("python_version")
    default, *others = CHOICES["python_version"]
    if language == "python" or language not in LANGUAGES or version not in others:
        return []
    rule = f"is only for language=python, but the language is {language}; leave it out"
    return [Problem("python_version", version, rule, default)]


def _names_twice(parameters: Mapping[str, list[Parameter]]) -> list[Problem]:
    example = f"{EXAMPLES['inputs']} / {EXAMPLES['outputs']}"
    definitions = (p.definition() for listed in parameters.values() for p in listed)
    return [
        Problem("inputs, outputs", spellings(group), RULE, example)
        for group in clashing_names(definitions)
    ]


def _too_little(answers: Mapping[str, object]) -> list[Problem]:
    """Return a problem if the language needs more memory than it gets."""
    memory, language = answers.get("memory"), answered(answers)
    if not isinstance(memory, str) or _memory(memory) or language not in LANGUAGES:
        return []
    least = LANGUAGES[language].least_megabytes
    if derived.memory_megabytes(memory) >= least:
        return []
    return [Problem("memory", memory, f"must be at least {least}m for language={language}", "256m")]
