"""Every requirement is locked: what is installed in the image is what was asked for."""

from pathlib import Path

import pytest
from lock_requirements import lines_of, name_of, refusal
from packaging.requirements import InvalidRequirement, Requirement

ROOT = Path(__file__).resolve().parent.parent


def requirement(line: str) -> Requirement | None:
    """The requirement in a line, without hashes; None for an option."""
    return None if line.startswith("-") else Requirement(line.partition(" --hash")[0])


def problem_of(line: str, locked: dict[str, list[Requirement]]) -> str:
    """Why a line of requirements.in is not what requirements.txt installs; "" if it is."""
    if reason := refusal(line):
        return reason
    try:
        wanted = requirement(line)
    except InvalidRequirement as error:
        return f"it is not a requirement: {str(error).splitlines()[0]}"
    if wanted is None:
        return ""
    pins = locked.get(name_of(line), [])
    if wanted.url:
        return "" if wanted.url in [pin.url for pin in pins] else "it is not locked: run make lock"
    versions = [specifier.version for pin in pins for specifier in pin.specifier]
    if any(wanted.specifier.contains(version, prereleases=True) for version in versions):
        return ""
    return f"locked is {', '.join(versions) or 'nothing'}: run make lock"


def test_the_lock_satisfies_what_is_required() -> None:
    locked: dict[str, list[Requirement]] = {}
    for line in lines_of(ROOT / "requirements.txt"):
        pin = requirement(line)
        if pin is not None:
            locked.setdefault(name_of(line), []).append(pin)
    wanted = list(lines_of(ROOT / "requirements.in"))
    problems = [f"{line}: {found}" for line in wanted if (found := problem_of(line, locked))]
    if problems:
        text = "\n".join(problems)
        pytest.fail(f"requirements.in and requirements.txt differ:\n{text}", pytrace=False)
