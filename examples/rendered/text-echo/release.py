"""Release the plugin: move its version everywhere, commit and tag. Nothing is pushed.

Usage:
    python release.py 1.2.0
"""

import datetime
import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
CHANGELOG = "CHANGELOG.md"
UNRELEASED = "## Unreleased\n"

# Every place of the version but the changelog, as it is written there.
PLACES = {
    "manifest.json": ('"version": "{version}"', '"image": "{image}"'),
    "Dockerfile": ("ARG PLUGIN_VERSION={version}\n",),
    "compose.yaml": ('image: "{image}"', 'PLUGIN_VERSION: "{version}"'),
    "kubernetes.yaml": ('image: "{image}"', 'app.kubernetes.io/version: "{version}"'),
}


class Refused(Exception):
    """The release cannot be made; the text says why and what to do."""


def release(version: str) -> str:
    """Make the release; return what to do next. Raises Refused, with nothing changed."""
    if not re.fullmatch(r"(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}", version):
        raise Refused(f"VERSION is {version!r}; it must be MAJOR.MINOR.PATCH: VERSION=1.2.0")
    changes = git("status", "--porcelain")
    if changes:
        raise Refused(f"Commit or stash what has changed first:\n{changes}")
    manifest = json.loads(read("manifest.json"))
    tags = git("tag", "--list", "v*").split()
    check_order(version, manifest["version"], tags)

    before = {name: read(name) for name in (*PLACES, CHANGELOG) if (ROOT / name).exists()}
    after = {name: moved(name, text, manifest, version) for name, text in before.items()}
    try:
        write(after)
        git("commit", "--quiet", "--allow-empty", "--message", f"Release {version}", "--", *after)
    except Refused:
        write(before)
        raise
    git("tag", "--annotate", f"v{version}", "--message", f"{manifest['id']} {version}")
    return f"Released {version}. To publish it: git push --follow-tags"


def check_order(version: str, current: str, tags: list[str]) -> None:
    """Raise Refused unless it is higher than the current one, or the first release of that one."""
    if f"v{version}" in tags:
        raise Refused(f"{version} is released already: there is a tag v{version}")
    if numbers(version) < numbers(current):
        raise Refused(f"VERSION is {version}; it must be higher than {current} in manifest.json")


def numbers(version: str) -> list[int]:
    """The parts of a version, in an order that compares."""
    return [int(part) for part in version.split(".")]


def moved(name: str, text: str, manifest: dict[str, object], version: str) -> str:
    """The text of a file with the new version. Raises Refused where the old one is not found."""
    if name == CHANGELOG:
        return new_section(text, version)
    container = manifest["container"]
    assert isinstance(container, dict)
    image = str(container["image"])
    for place in PLACES[name]:
        old = place.format(version=manifest["version"], image=image)
        if old not in text:
            raise Refused(f"{name} does not have {old.strip()}; see `make test`")
        new = place.format(version=version, image=f"{image.rpartition(':')[0]}:{version}")
        text = text.replace(old, new, 1)
    return text


def new_section(text: str, version: str) -> str:
    """The changelog with what was unreleased under the version and today's date."""
    head, found, rest = text.partition(UNRELEASED)
    if not found or not re.split(r"(?m)^## ", rest)[0].strip():
        raise Refused(f"Write what has changed under `{UNRELEASED.strip()}` in {CHANGELOG} first")
    today = datetime.datetime.now(tz=datetime.UTC).date()
    return f"{head}{found}\n## {version} - {today}\n{rest}"


def read(name: str) -> str:
    """The text of a file of the plugin."""
    return (ROOT / name).read_text("utf-8")


def write(texts: dict[str, str]) -> None:
    """Write files of the plugin."""
    for name, text in texts.items():
        (ROOT / name).write_text(text, "utf-8", newline="\n")


def git(*arguments: str) -> str:
    """What git prints. Raises Refused with its message if it fails."""
    try:
        done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True)
    except OSError as error:
        raise Refused(f"git cannot be started: {error}") from error
    if done.returncode != 0:
        raise Refused(f"git {arguments[0]} failed: {(done.stderr or done.stdout).strip()}")
    return done.stdout.rstrip()


if __name__ == "__main__":
    try:
        print(release(sys.argv[1] if len(sys.argv) == 2 else ""))
    except Refused as reason:
        sys.exit(f"Not released. {reason}")
