"""What the Dockerfile of a plugin made by hand says: packages, environment, files, ports."""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass, field

from stage7_plugin.wrap.dockerfile import (
    Instruction,
    assignments,
    commands,
    final_stages,
    substituted,
)
from stage7_plugin.wrap.dockerfile_words import (
    INSTEAD,
    NO_PLACE,
    USER,
    instead_of,
    shortened,
    worse,
)

_PACKAGE = re.compile(r"[a-z0-9][a-z0-9+.-]*(:[a-z0-9]+)?([=/][A-Za-z0-9.+:~*-]+)?")
# Options of apt-get that take the next word as their value.
_APT_VALUES = frozenset(("-o", "--option", "-t", "--target-release", "--default-release", "-c"))
_PIP_VALUES = frozenset(
    ("-i", "--index-url", "--extra-index-url", "-f", "--find-links", "-t", "--target", "--root",
     "--prefix", "--trusted-host", "--platform", "--progress-bar", "--timeout", "--retries")
)  # fmt: skip
_ARCHIVE = r"\.(tar(\.\w+)?|tgz|tbz2?|txz)$"
_OTHERS = frozenset(("apk", "yum", "dnf", "microdnf", "zypper", "pacman", "conda", "mamba"))


@dataclass(frozen=True)
class Copy:
    """One COPY or ADD of files from the build context.

    Attributes:
        line: Of the instruction.
        sources: As written: files, folders or patterns.
        target: Absolute, in the image; ends with / if it is a folder.
    """

    line: int
    sources: tuple[str, ...]
    target: str


@dataclass
class DockerfileFacts:
    """The contents of the image.

    Attributes:
        base: The image of the first stage that is part of it, and its line.
        packages: Debian packages, with the line.
        requirements: What pip installs by name, with the line.
        requirement_files: What `pip install -r` reads, with the line.
        indexes: Options of pip that say where packages are, with the line.
        environment: Variables of ENV, with the line.
        copies: Files that come from the folder.
        workdir: The last one.
        ports: Of EXPOSE, with the line.
        command: The words of ENTRYPOINT and CMD.
        dropped: What has no place in the template's image: line and sentence.
    """

    base: tuple[str, int] = ("", 1)
    packages: dict[str, int] = field(default_factory=dict)
    requirements: dict[str, int] = field(default_factory=dict)
    requirement_files: dict[str, int] = field(default_factory=dict)
    indexes: dict[str, int] = field(default_factory=dict)
    environment: dict[str, tuple[str, int]] = field(default_factory=dict)
    copies: list[Copy] = field(default_factory=list)
    workdir: str = "/"
    ports: dict[int, int] = field(default_factory=dict)
    command: list[str] = field(default_factory=list)
    dropped: list[tuple[int, str]] = field(default_factory=list)


def read_dockerfile(text: str) -> DockerfileFacts:
    """Read a Dockerfile; `dropped` lists what cannot be understood."""
    return _Reader(text).facts


class _Reader:
    def __init__(self, text: str) -> None:
        self.facts = DockerfileFacts()
        self.values: dict[str, str] = {}
        chain, others = final_stages(text)
        if chain:
            self._read_global_arguments(text)
            base = substituted(chain[0].base, self.values)
            self.facts.base = (base or chain[0].base, chain[0].line)
        readers: dict[str, Callable[[Instruction], None]] = {
            "RUN": self._run,
            "ENV": self._env,
            "ARG": self._arg,
            "COPY": self._copy,
            "ADD": self._copy,
            "EXPOSE": self._expose,
            "WORKDIR": self._workdir,
            "CMD": self._command,
            "ENTRYPOINT": self._command,
            "USER": lambda one: self._drop(one, USER),
        }
        for stage in chain:
            for one in stage.instructions:
                try:
                    if one.word in readers:
                        readers[one.word](one)
                    else:
                        self._drop(one, INSTEAD.get(one.word, NO_PLACE))
                except ValueError as error:
                    self._drop(one, f"it cannot be read: {error}")
        for stage in others:
            what = f"FROM {stage.base}" + (f" AS {stage.name}" if stage.name else "")
            why = "this stage is not part of the image; only what pip installs is taken over"
            self.facts.dropped.append((stage.line, f"{shortened(what, '')}: {why}"))
            for one in stage.instructions:
                self._requirements_of_stage(one)

    def _drop(self, one: Instruction, why: str) -> None:
        self.facts.dropped.append((one.line, f"{shortened(one.word, one.rest)}: {why}"))

    def _read_global_arguments(self, text: str) -> None:
        for line in text.splitlines():
            if re.match(r"\s*FROM\b", line, re.IGNORECASE):
                return
            if found := re.match(r"\s*ARG\s+(\w+)=(\S+)", line, re.IGNORECASE):
                self.values[found[1]] = found[2].strip("\"'")

    def _requirements_of_stage(self, one: Instruction) -> None:
        """Read what pip installs in another stage: it is usually copied from there."""
        if one.word != "RUN":
            return
        try:
            for command in commands(one):
                self._pip(one, command)
        except ValueError:
            return

    def _arg(self, one: Instruction) -> None:
        self.values.update(assignments(one))
        if one.arguments.partition("=")[0] not in ("PLUGIN_ID", "PLUGIN_VERSION"):
            rest = "its default is used here" if "=" in one.arguments else "it has no default"
            self._drop(one, f"the host passes only PLUGIN_ID and PLUGIN_VERSION; {rest}")

    def _env(self, one: Instruction) -> None:
        for name, value in assignments(one):
            found = substituted(value, self.values)
            if found is None:
                self._drop(one, f"{name} names a variable whose value is not known")
                continue
            self.values[name] = found
            self.facts.environment[name] = (found, one.line)

    def _workdir(self, one: Instruction) -> None:
        path = substituted(one.rest.strip("\"'"), self.values) or one.rest
        self.facts.workdir = posixpath.normpath(posixpath.join(self.facts.workdir, path))
        if self.facts.workdir != "/app":
            self._drop(one, "the plugin is in /app and starts there")

    def _expose(self, one: Instruction) -> None:
        for word in (substituted(one.rest, self.values) or one.rest).split():
            port = word.partition("/")[0]
            if port.isdigit():
                self.facts.ports.setdefault(int(port), one.line)

    def _command(self, one: Instruction) -> None:
        self._drop(one, "the template's server is started instead")
        words = one.words()
        if words[:2] in (["/bin/sh", "-c"], ["sh", "-c"], ["bash", "-c"]) and len(words) == 3:
            words = shlex.split(words[2])
        self.facts.command = [*([] if one.word == "ENTRYPOINT" else self.facts.command), *words]

    def _copy(self, one: Instruction) -> None:
        if stage := one.options.get("from"):
            self._drop(one, f"its files come from the stage or image {stage}, not from the folder")
            return
        if one.documents:
            self._drop(one, "its file is written in the Dockerfile itself; make it a file")
            return
        words = [substituted(word, self.values) or word for word in one.words()]
        places = [word for word in words[:-1] if "://" not in word and not word.startswith("git@")]
        if len(places) < len(words[:-1]):
            self._drop(one, "it downloads a file; put the file next to plugin_logic.py")
        if one.word == "ADD" and any(re.search(_ARCHIVE, place) for place in places):
            self._drop(
                one,
                "ADD unpacks an archive, but it is copied as it is; unpack it in the folder",
            )
        if places:
            target = posixpath.join(self.facts.workdir, words[-1])
            folder = words[-1].endswith(("/", "/.")) or words[-1] in (".", "..") or len(places) > 1
            target = posixpath.normpath(target) + ("/" if folder else "")
            self.facts.copies.append(Copy(one.line, tuple(places), target.replace("//", "/")))

    def _run(self, one: Instruction) -> None:
        lost = ""
        for command in commands(one):
            program = posixpath.basename(command[0])
            if self._apt(one, command) or self._pip(one, command):
                continue
            if program in _OTHERS and "cache" not in command:
                names = [word for word in command[2:] if not word.startswith("-")]
                self.facts.dropped.append((
                    one.line,
                    f"{' '.join(command)[:120]}: the template's image is Debian's; write what "
                    f"{', '.join(names) or 'it installs'} is called there into system-packages.txt",
                ))  # fmt: skip
            else:
                lost = worse(lost, instead_of(program))
        if lost:
            self._drop(one, lost)

    def _apt(self, one: Instruction, command: list[str]) -> bool:
        """Take the packages of an `apt-get install`; tell whether it was one."""
        programs = [posixpath.basename(word) for word in command]
        at = next((n for n, word in enumerate(programs) if word in _APT), None)
        if at is None or (at and programs[0] != "xargs"):
            return False
        words = iter(command[at + 1 :])
        installs = False
        for word in words:
            if word in _APT_VALUES:
                next(words, None)
            elif word.startswith("-"):
                continue
            elif not installs:
                installs = word in ("install", "satisfy")
                if not installs:
                    return True  # update, clean, upgrade
            else:
                self._package(one, word)
        return True

    def _package(self, one: Instruction, word: str) -> None:
        found = substituted(word, self.values)
        for name in (found or word).split():
            if found is not None and _PACKAGE.fullmatch(name):
                self.facts.packages.setdefault(name, one.line)
            else:
                self._drop(one, f"{name} is not the name of a Debian package; add the "
                                "package to system-packages.txt")  # fmt: skip

    def _pip(self, one: Instruction, command: list[str]) -> bool:
        """Take what a `pip install` reads or names; tell whether it was one."""
        text = " ".join(command)
        called = re.match(
            r"(?:\S*/)?(?:python[\d.]*\s+(?:-\S+\s+)*-m\s+)?(?:\S*/)?(?:uv\s+)?pip[\d.]*\s+"
            r"(?P<word>\w+)\s*",
            text,
        )
        if called is None:
            return False
        if called["word"] not in ("install", "wheel"):
            return True
        words = iter(command[len(text[: called.end()].split()) :])
        for word in words:
            option, sign, value = word.partition("=")
            if option in ("-r", "--requirement"):
                self._requirement_file(one, value if sign else next(words, ""))
            elif re.fullmatch(r"-r\S+", word):
                self._requirement_file(one, word[2:])
            elif option in ("-i", "--index-url", "--extra-index-url", "-f", "--find-links"):
                place = value if sign else next(words, "")
                self.facts.indexes.setdefault(f"{option} {place}", one.line)
            elif option in _PIP_VALUES:
                _ = sign or next(words, None)
            elif not word.startswith("-"):
                self._requirement(one, word)
        return True

    def _requirement(self, one: Instruction, word: str) -> None:
        found = substituted(word, self.values)
        if found is None:
            self._drop(one, f"{word} names a variable whose value is not known")
        elif re.match(r"[A-Za-z0-9][\w.-]*", found) and found not in ("pip", "setuptools", "wheel"):
            self.facts.requirements.setdefault(found, one.line)
        elif found == ".":
            self._drop(one, "the folder is not installed as a package; its modules are copied")

    def _requirement_file(self, one: Instruction, path: str) -> None:
        found = substituted(path, self.values) or path
        self.facts.requirement_files.setdefault(posixpath.basename(found), one.line)


_APT = frozenset(("apt-get", "apt", "aptitude"))
