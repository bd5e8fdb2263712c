"""What of the Dockerfile of a plugin made by hand is taken over."""

from __future__ import annotations

import posixpath
import re

from stage7_plugin.spec.answers import CHOICES
from stage7_plugin.wrap.dockerfile_facts import DockerfileFacts, read_dockerfile
from stage7_plugin.wrap.model import CannotWrap
from stage7_plugin.wrap.old_manifest import ManifestReader
from stage7_plugin.wrap.old_plugin import OldPlugin

# What the host, or the template's image, sets itself; or what only the old server read.
_OWN_VARIABLES = re.compile(
    r"PATH|HOME|PORT|HOST|HOSTNAME|PYTHON\w*|PIP_\w+|UV_\w+|DEBIAN_FRONTEND|FLASK_\w+|GUNICORN_\w+|"
    r"UVICORN_\w+|WEB_CONCURRENCY|PLUGIN_(PORT|HOST)|NODE_ENV|SHELL|USER|PLUGIN_(ID|VERSION)"
)
_VERSIONS = CHOICES["python_version"]


def take_dockerfile(old: OldPlugin, manifest: ManifestReader) -> DockerfileFacts | None:
    """Take over packages, environment and the version of Python; None without a Dockerfile.

    Args:
        old: The plugin.
        manifest: Its manifest, which gets what the Dockerfile says.
    """
    container = manifest.manifest.get("container")
    named = container.get("dockerfile") if isinstance(container, dict) else None
    name = posixpath.normpath(str(named or "Dockerfile"))
    if not (old.folder / name).exists():
        old.tell(name, None, "there is none, so every file in the folder is taken over; name "
                   "Debian packages in system-packages.txt", "dropped")  # fmt: skip
        return None
    facts = read_dockerfile(old.text(name, "FROM python:3.11-slim"))
    if not facts.base[0]:
        example = "FROM python:3.11-slim"
        raise CannotWrap(name, None, "it has no FROM", "a Dockerfile that can be built", example)
    for line, text in facts.dropped:
        old.tell(name, line, text, "dropped")
    _take_base(old, name, facts, manifest)
    for package, line in facts.packages.items():
        old.tell(name, line, f"{package}: to system-packages.txt", "taken")
    if facts.packages:
        header = old.header("system-packages.txt")
        old.files["system-packages.txt"] = (
            header + "".join(f"{package}\n" for package in facts.packages)
        ).encode()
    given = manifest.laid_over.get("container", {}).get("environment", {})
    known = {item["key"] for item in manifest.laid_over.get("configuration", [])}
    for variable, (value, line) in facts.environment.items():
        if _OWN_VARIABLES.fullmatch(variable):
            old.tell(name, line, f"ENV {variable}: the host or the template's image sets it, "
                                   "or only the old server read it", "dropped")  # fmt: skip
        elif variable in given or variable in known:
            old.tell(name, line, f"ENV {variable}: manifest.json also sets it, and the host "
                                   "prefers that value", "dropped")  # fmt: skip
        else:
            manifest.set_variable(variable, value, f"{name}:{line}")
            if variable in manifest.laid_over.get("container", {}).get("environment", {}):
                old.tell(name, line, f"ENV {variable}: to container.environment in "
                                       "manifest.json", "taken")  # fmt: skip
    for port, line in facts.ports.items():
        if port != 8080:
            old.tell(name, line, f"EXPOSE {port}: the template's server listens on 8080",
                       "changed")  # fmt: skip
    return facts


def _take_base(old: OldPlugin, name: str, facts: DockerfileFacts, manifest: ManifestReader) -> None:
    base, line = facts.base
    found = re.fullmatch(r"(?:.*/)?python:(\d+\.\d+)(?:\.\d+)?(-.*)?(@.*)?", base)
    version = found[1] if found else ""
    ours = version if version in _VERSIONS else _VERSIONS[0]
    manifest.answers["python_version"] = ours
    wanted = f"python:{ours}-slim"
    if base != wanted:
        why = ""
        if "alpine" in base:
            why = ", which is Debian-based: packages have other names there"
        elif version and version != ours:
            why = f": the template has {', '.join(_VERSIONS)}"
        old.tell(name, line, f"FROM {base}: it is {wanted} now{why}", "changed")
