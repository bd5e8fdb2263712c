"""Record the terminal session that the README shows: `make recording`.

A shell in a pseudo-terminal runs the commands: Cookiecutter asks its questions, Docker builds the
image, and the plugin answers a request. Only the address is arranged: `gh:org/template` is a clone
of this checkout. The screen is written to docs/images/session.svg.
"""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree
from pathlib import Path

import pexpect
from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).resolve().parents[1]
PICTURE = ROOT / "docs" / "images" / "session.svg"
COLUMNS = 98
TITLE = "From a command to the first answer"
PROMPT = "\x1b[1;32m$\x1b[0m "
OMITTED = "\x1b[2m  ⋮\x1b[0m"
TYPED = {
    "plugin_name": "Word Count",
    "description": "Counts the words of a text",
    "inputs": "text:string - Text to count",
    "outputs": "words:number - Number of words",
}
MISTYPED = {"inputs": "text:str - Text to count"}  # first, so that it is asked again
WRITE_THE_LOGIC = 'sed -i \'s/"words": 0/"words": len(text.split())/\' plugin_logic.py'
REQUEST = (
    "curl localhost:{port}/execute -H 'Content-Type: application/json' -d @examples/request.json"
)

# Rich's own frame without its web font: an image on a forge may load nothing from elsewhere.
SVG = """\
<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{
  font: {char_height}px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace;
  line-height: {line_height}px;
}}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


class Session:
    """A shell in a pseudo-terminal that is wider than the picture, so that nothing wraps in it.

    Attributes:
        lines: What the picture shows, with its colours.
    """

    def __init__(self, home: Path, environment: dict[str, str]) -> None:
        (home / "inputrc").write_text("set enable-bracketed-paste off\n", "utf-8")
        self.lines: list[str] = []
        self._shell = pexpect.spawn(
            "bash",
            ["--norc", "--noprofile", "-i"],
            cwd=str(home),
            env={
                **environment,
                "INPUTRC": str(home / "inputrc"),
                "PS1": "READY> ",
                "TERM": "xterm-256color",
            },
            encoding="utf-8",
            timeout=60,
            dimensions=(50, 400),
        )
        self._shell.expect_exact("READY> ")

    def start(self, command: str) -> None:
        """Type a command whose output is read later."""
        self._shell.sendline(command)
        self._shell.expect_exact("\r\n")
        self.lines.append(PROMPT + command)

    def answer(self, number: int, count: int, text: str) -> list[str]:
        """Answer one prompt of Cookiecutter.

        Returns:
            The lines of the prompt, with the answer behind the last one.
        """
        self._shell.expect_exact(f"[{number}/{count}]")
        beginning = f"{self._shell.before}{self._shell.after}"
        self._shell.expect(r"\)(\x1b\[[0-9;]*m)*: $")
        prompt = f"{beginning}{self._shell.before}{self._shell.after}"
        self._shell.sendline(text)
        self._shell.expect_exact("\r\n")  # the echo of what was typed
        return f"{prompt}\x1b[1m{text}\x1b[0m".split("\r\n")

    def again(self, text: str) -> list[str]:
        """Answer a prompt that is asked again; return the lines since the last answer."""
        self._shell.expect(r"example: [^\r\n]*\r\n[^\r\n]*: $")
        said = f"{self._shell.before}{self._shell.after}"
        self._shell.sendline(text)
        self._shell.expect_exact("\r\n")
        return f"{said}\x1b[1m{text}\x1b[0m".split("\r\n")

    def end(self) -> list[str]:
        """Wait for the shell's prompt, and check that the command succeeded.

        Returns:
            The lines that the command printed since the last call.

        Raises:
            RuntimeError: The command failed.
        """
        self._shell.expect_exact("READY> ")
        printed = str(self._shell.before).rstrip("\r\n").split("\r\n")
        self._shell.sendline("echo status=$?")
        failed = self._shell.expect([r"\nstatus=0\r\nREADY> ", r"\nstatus=\d+\r\nREADY> "])
        if failed:
            raise RuntimeError("\n".join([*self.lines, *printed]))
        return printed

    def run(self, command: str) -> list[str]:
        """Type a command, wait for its end, and return the lines that it printed."""
        self.start(command)
        return self.end()


def record(folder: Path) -> list[str]:
    """Return the lines of the session, which works in that folder."""
    settings = json.loads((ROOT / "cookiecutter.json").read_text("utf-8"))
    keys = [key for key in settings if not key.startswith("_")]
    session = Session(folder, prepare(folder))
    session.start("uvx cookiecutter gh:org/template")
    last_typed = max(keys.index(key) for key in TYPED)
    for number, key in enumerate(keys, 1):
        typed = TYPED.get(key, "")
        lines = session.answer(number, len(keys), MISTYPED.get(key, typed))
        if key in MISTYPED:
            lines += session.again(typed)
        if number <= last_typed + 1:
            session.lines += [line for line in lines if "Installed" not in line]
    session.lines.append(OMITTED)
    session.lines += [line for line in session.end() if line.startswith("Created")]
    for command in ("cd word-count", WRITE_THE_LOGIC):
        session.lines += [line for line in session.run(command) if line]
    try:
        built = session.run("make up")
        (listens,) = [line for line in built if "http://localhost:" in line]
        port = re.findall(r"http://localhost:(\d+)", listens)[0]
        session.lines += [OMITTED, listens]
        wait_until_healthy(port)
        session.lines += session.run(REQUEST.format(port=port))
    finally:
        session.run("make down")
        session.lines = session.lines[:-1]
    return [line for line in session.lines if line.strip()]


def wait_until_healthy(port: str) -> None:
    """Ask for health until the plugin is ready, as its host does."""
    for _ in range(100):
        probe = subprocess.run(["curl", "-sf", f"localhost:{port}/health"], capture_output=True)
        if probe.returncode == 0:
            return
        time.sleep(0.1)


def prepare(folder: Path) -> dict[str, str]:
    """Make a home for the session; return its environment.

    In it `gh:org/template` is a clone of this checkout, and git has a user.
    """
    subprocess.run(["git", "clone", "--quiet", str(ROOT), folder / "org" / "template"], check=True)
    (folder / ".cookiecutterrc").write_text(
        f'abbreviations: {{gh: "git+file://{folder}/{{0}}"}}\n'
        f"cookiecutters_dir: {folder}/templates\n"
    )
    (folder / ".gitconfig").write_text("[user]\n\tname = Ada Lovelace\n\temail = ada@example.com\n")
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    return {**kept, "HOME": str(folder), "PATH": path, "UV_CACHE_DIR": str(folder / "uv")}


def picture(lines: list[str]) -> str:
    """Draw the lines of a terminal as SVG.

    Args:
        lines: With escape sequences for colours.
    """
    console = Console(
        width=COLUMNS,
        record=True,
        file=io.StringIO(),
        force_terminal=True,
        color_system="truecolor",
    )
    for line in lines:
        console.print(Text.from_ansi(line), soft_wrap=False)
    svg = console.export_svg(title=TITLE, code_format=SVG, unique_id="session")
    text = re.sub(r"(?m)[ \t]+$", "", svg)
    xml.etree.ElementTree.fromstring(text)
    return text


def main() -> None:
    """Record, and replace the picture."""
    with tempfile.TemporaryDirectory() as folder:
        lines = record(Path(folder))
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    PICTURE.write_text(picture(lines), "utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
