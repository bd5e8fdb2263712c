"""Run the template's own tool, stage7-plugin: `make contract`, `make install` and others.

It is installed from where the template was when it made this plugin, as `.stage7-template.json`
or `.cruft.json` says; else an installed one is used. `CONTRACT_SUITE` names another place, such as
`../template` or whatever else pip takes.

Usage:
    python tests/contract_suite.py check          check the image against the host contract, with
                                                  the settings of ENV_FILE; with --optional,
                                                  status 0 without the tool
    python tests/contract_suite.py install .      any other command of stage7-plugin
"""

import json
import os
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv" / "contract"
EXTRAS = "[docker,generated,dev]"
BIN = ENVIRONMENT / ("Scripts" if os.name == "nt" else "bin")


def requirement(folder: Path) -> str:
    """The suite as pip installs it; empty if it is not known where from.

    Args:
        folder: The plugin's, which says so in `.stage7-template.json`, or in cruft's `.cruft.json`.
    """
    for name in (".stage7-template.json", ".cruft.json"):
        file = folder / name
        made_from = json.loads(file.read_text("utf-8")) if file.is_file() else {}
        address, commit = made_from.get("template") or "", made_from.get("commit") or ""
        if commit and (url := as_url(address)):
            return f"stage7-plugin{EXTRAS} @ git+{url}@{commit}"
    return ""


def given() -> str:
    """CONTRACT_SUITE; for a folder, with the extras that the commands need."""
    suite = os.environ.get("CONTRACT_SUITE", "")
    return suite + EXTRAS if suite and (ROOT / suite).exists() else suite


def as_url(address: str) -> str:
    """A git address or a folder as the URL that pip needs; empty if it is neither."""
    if re.match(r"(https|ssh|file)://", address):
        return address
    if remote := re.fullmatch(r"([^/:@]+@[^/:]+):(?!//)(.+)", address):
        return f"ssh://{remote[1]}/{remote[2]}"
    folder = Path(address)
    return folder.resolve().as_uri() if folder.is_absolute() and folder.is_dir() else ""


def skip(reason: str) -> int:
    """Say, where people will see it, that nothing was checked."""
    message = f"The contract suite did not run: {reason}"
    print(f"::warning::{message}" if os.environ.get("GITHUB_ACTIONS") else message)
    return 0


def fail(reason: str) -> int:
    """Say that nothing was done, and what to do."""
    print(f"Nothing was done, because stage7-plugin is not available: {reason}", file=sys.stderr)
    return 2


def prepared(suite: str) -> Path:
    """Return the tool, installed unless it is already there."""
    program = BIN / ("stage7-plugin.exe" if os.name == "nt" else "stage7-plugin")
    note = ENVIRONMENT / "installed-from"
    pinned = suite == requirement(ROOT)
    if pinned and program.is_file() and note.is_file() and note.read_text("utf-8") == suite:
        return program
    venv.create(ENVIRONMENT, with_pip=True)
    pip = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    if subprocess.run([BIN / "python", *pip, suite]).returncode != 0:
        sys.exit(f"{suite} cannot be installed; CONTRACT_SUITE can name another source")
    note.write_text(suite, "utf-8")
    return program


def main() -> int:
    """Run a command of the tool; return its exit status."""
    arguments = [argument for argument in sys.argv[1:] if argument != "--optional"]
    if arguments[:1] in ([], ["check"]):
        env_file = os.environ.get("ENV_FILE")
        settings = ["--env-file", str(ROOT / env_file)] if env_file else []
        arguments = ["check", *settings, *arguments[1:], str(ROOT)]
    suite = given() or requirement(ROOT)
    program = prepared(suite) if suite else shutil.which("stage7-plugin")
    if program is None:
        reason = (
            "neither .stage7-template.json nor .cruft.json has an address and a commit of the "
            "template; set CONTRACT_SUITE to a clone, CONTRACT_SUITE=../template, or with its "
            f"address to CONTRACT_SUITE='stage7-plugin{EXTRAS} @ git+https://github.com/org/template'"
        )
        return skip(reason) if "--optional" in sys.argv else fail(reason)
    if arguments[0] == "dev" and os.name != "nt":  # in place of this process: Ctrl-C is for it
        os.execv(program, [str(program), *arguments])
    return subprocess.run([program, *arguments]).returncode


if __name__ == "__main__":
    sys.exit(main())
