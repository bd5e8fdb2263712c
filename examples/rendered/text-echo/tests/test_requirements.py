"""Every requirement is locked: what is installed in the image is what was asked for."""

from collections.abc import Iterator
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent


def requirements(file: Path) -> Iterator[Requirement]:
    """The requirements in a file, without comments, options and hashes."""
    for line in file.read_text("utf-8").splitlines():
        text = line.split(" #")[0].removesuffix("\\").strip()
        if text and not text.startswith(("#", "-")):
            yield Requirement(text)


def test_the_lock_satisfies_what_is_required() -> None:
    locked: dict[str, list[str]] = {}
    for pin in requirements(ROOT / "requirements.txt"):
        versions = locked.setdefault(canonicalize_name(pin.name), [])
        versions += [specifier.version for specifier in pin.specifier]
    for wanted in requirements(ROOT / "requirements.in"):
        versions = locked.get(canonicalize_name(wanted.name), [])
        assert any(wanted.specifier.contains(version, prereleases=True) for version in versions), (
            f"{wanted} is in requirements.in; locked is {versions or 'nothing'}: run make lock"
        )
