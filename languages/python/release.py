"""Release the plugin: move its version everywhere, commit and tag. No commit or tag is pushed.

With `--image` the image is built and pushed first, and its digest goes into host-image/Dockerfile:
a host can build that one line in place of the plugin.

With `--check` nothing is released: it tells what has changed for callers since the last release,
and fails if the version in manifest.json has moved less than that needs.

Usage:
    python release.py 1.2.0 [--image]
    python release.py --check
"""

import contextlib
import datetime
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import compatibility

ROOT = Path(__file__).resolve().parent
CHANGELOG = "CHANGELOG.md"
IMAGE_FILE = "host-image/Dockerfile"
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


def release(version: str, with_image: bool = False) -> str:
    """Make the release; return what to do next. Raises Refused, with nothing changed."""
    if not re.fullmatch(r"(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}", version):
        raise Refused(f"VERSION is {version!r}; it must be MAJOR.MINOR.PATCH: VERSION=1.2.0")
    changes = git("status", "--porcelain", "--", ".")
    if changes:
        raise Refused(f"Commit or stash what has changed first:\n{changes}")
    if (ROOT / IMAGE_FILE).exists() and not with_image:
        raise Refused(
            f"{IMAGE_FILE} has the image of the previous version: add PUSH=image, or remove the "
            f"file (git rm {IMAGE_FILE}) and commit"
        )
    manifest = json.loads(read("manifest.json"))
    tag = f"{tag_prefix(manifest)}v{version}"
    check_order(version, manifest["version"], tag)
    check_step(manifest, version)

    before = {name: read(name) for name in (*PLACES, CHANGELOG) if (ROOT / name).exists()}
    after = {name: moved(name, text, manifest, version) for name, text in before.items()}
    image_before = read(IMAGE_FILE) if (ROOT / IMAGE_FILE).exists() else None
    try:
        write(after)
        if with_image:
            after[IMAGE_FILE] = pushed_image(json.loads(after["manifest.json"]))
            write({IMAGE_FILE: after[IMAGE_FILE]})
            git("add", "--", IMAGE_FILE)
        git("commit", "--quiet", "--allow-empty", "--message", f"Release {version}", "--", *after)
    except Refused:
        write(before)
        restore_image(image_before)
        raise
    git("tag", "--annotate", tag, "--message", f"{manifest['id']} {version}")
    return f"Released {version} as {tag}. To publish it: git push --follow-tags"


def tag_prefix(manifest: dict[str, object]) -> str:
    """What comes before the version in a tag: the plugin's id, unless it has its own repository."""
    return f"{manifest['id']}/" if git("rev-parse", "--show-prefix") else ""


def pushed_image(manifest: dict[str, Any]) -> str:
    """Build and push the image; return the Dockerfile with its digest."""
    image, version = manifest["container"]["image"], manifest["version"]
    names = (f"PLUGIN_ID={manifest['id']}", f"PLUGIN_VERSION={version}")
    arguments = [part for name in names for part in ("--build-arg", name)]
    run("docker", "build", "--quiet", "--tag", image, *arguments, ".")
    run("docker", "push", "--quiet", image)
    inspected = json.loads(run("docker", "image", "inspect", image))
    repository = image.rpartition(":")[0]
    listed = [str(one).partition("@") for one in inspected[0]["RepoDigests"] or []]
    digests = [digest for name, _, digest in listed if name == repository]
    if not digests:
        raise Refused(f"the engine has no digest for {image}: docker image inspect {image}")
    return f"FROM {image}@{digests[-1]}\n"


def restore_image(text: str | None) -> None:
    """Put host-image/Dockerfile back as it was, None for not there."""
    if text is not None:
        write({IMAGE_FILE: text})
    elif (ROOT / IMAGE_FILE).exists():
        (ROOT / IMAGE_FILE).unlink()
        with contextlib.suppress(OSError):  # something else is in it
            (ROOT / IMAGE_FILE).parent.rmdir()
    if git("ls-files", "--", IMAGE_FILE):
        git("reset", "--quiet", "--", IMAGE_FILE)


def check_order(version: str, current: str, tag: str) -> None:
    """Raise Refused unless it is higher than the current one, or the first release of that one."""
    if git("tag", "--list", tag):
        raise Refused(f"{version} is already released: there is a tag {tag}")
    if numbers(version) >= numbers(current):
        return
    major, minor, patch = numbers(current)
    if git("tag", "--list", f"{tag.removesuffix(version)}{current}"):
        rule, example = "higher", f"{major}.{minor}.{patch + 1}"
    else:
        rule, example = "that version, which is not released yet, or higher", current
    raise Refused(
        f"VERSION is {version}, lower than {current} in manifest.json; it must be {rule}: "
        f"make release VERSION={example}"
    )


def check_step(manifest: dict[str, Any], version: str) -> str:
    """What has changed since the last release. Raises Refused if the version moves less."""
    last = last_release(manifest, version)
    if last is None:
        return "There is no earlier release to compare with."
    try:
        before = json.loads(git("show", f"{last}:./manifest.json"))
        found = compatibility.changes(before, manifest)
        step = compatibility.step_needed(found)
        lowest = compatibility.lowest_version(before["version"], step)
        enough = compatibility.is_enough(before["version"], version, step)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise Refused(f"manifest.json cannot be compared with that of {last}: {error}") from error
    told = "\n".join([f"Since {last}:", *(f"  {line}" for line in compatibility.lines(found))])
    if not found:
        return f"Nothing has changed for callers since {last}."
    if enough:
        return told
    needed = f"{step} changes need {lowest} or higher"
    if version == before["version"]:  # work on the next one
        return f"{told}\nFor the next release: {needed}."
    raise Refused(f"{version} is too small a step: {needed}.\n{told}")


def last_release(manifest: dict[str, Any], version: str) -> str | None:
    """The tag of the highest release in the history of this commit.

    On a release itself that is the one before it, unless the manifest has been edited since.
    """
    prefix = f"{tag_prefix(manifest)}v"
    tags = git("tag", "--list", f"{prefix}*", "--merged", "HEAD").splitlines()
    released = {
        tag: numbers(tag.removeprefix(prefix))
        for tag in tags
        if re.fullmatch(r"\d+\.\d+\.\d+", tag.removeprefix(prefix))
    }
    own = f"{prefix}{version}"
    edited = git("status", "--porcelain", "--", "manifest.json")
    if own in released and not edited and commit_of(own) == commit_of("HEAD"):
        del released[own]
    return max(released, key=lambda tag: released[tag], default=None)


def commit_of(name: str) -> str:
    """The commit that a tag or HEAD names."""
    return git("rev-parse", f"{name}^{{commit}}")


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
        (ROOT / name).parent.mkdir(exist_ok=True)
        (ROOT / name).write_text(text, "utf-8", newline="\n")


def git(*arguments: str) -> str:
    """What git prints. Raises Refused with its message if it fails."""
    return run("git", *arguments)


def run(*command: str) -> str:
    """What a command prints. Raises Refused with its message if it fails."""
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    except OSError as error:
        raise Refused(f"{command[0]} cannot be started: {error}") from error
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip()
        raise Refused(f"{command[0]} {command[1]} failed: {said}")
    return done.stdout.rstrip()


if __name__ == "__main__":
    words = [word for word in sys.argv[1:] if not word.startswith("--")]
    try:
        if "--check" in sys.argv:
            document = json.loads(read("manifest.json"))
            print(check_step(document, document["version"]))
        else:
            print(release(words[0] if len(words) == 1 else "", "--image" in sys.argv))
    except Refused as reason:
        start = "" if "--check" in sys.argv else "Not released. "
        sys.exit(f"{start}{reason}")
