"""Run the template's own tool, stage7-plugin: `make contract`, `make install` and others.

It is installed from where the template was when it made this plugin, as `.stage7-template.json`
says; `CONTRACT_SUITE` names another place in pip's words, such as `../template[docker,generated]`.

Usage:
    python tests/contract_suite.py                check the image against the host contract
    python tests/contract_suite.py install .      any other command of stage7-plugin
"""

import json
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv" / "contract"
BIN = ENVIRONMENT / ("Scripts" if os.name == "nt" else "bin")


def requirement(provenance: Path) -> str:
    """The suite as pip installs it; empty if it is not known where from."""
    made_from = json.loads(provenance.read_text("utf-8")) if provenance.is_file() else {}
    address, commit = made_from.get("template") or "", made_from.get("commit") or ""
    if not address.startswith("https://") or not commit:
        return ""
    return f"stage7-plugin[docker,generated,dev] @ git+{address}@{commit}"


def skip(reason: str) -> int:
    """Say, where people will see it, that nothing was checked."""
    message = f"The contract suite did not run: {reason}"
    print(f"::warning::{message}" if os.environ.get("GITHUB_ACTIONS") else message)
    return 0


def fail(reason: str) -> int:
    """Say that a command cannot be run, and how it can."""
    print(
        f"stage7-plugin is not available: {reason}, or install it: "
        "python3 -m pip install 'stage7-plugin[docker] @ git+https://github.com/org/template'",
        file=sys.stderr,
    )
    return 2


def prepared(suite: str) -> Path:
    """Return the tool, installed unless the same is there already."""
    program = BIN / ("stage7-plugin.exe" if os.name == "nt" else "stage7-plugin")
    note = ENVIRONMENT / "installed-from"
    pinned = suite == requirement(ROOT / ".stage7-template.json")
    if pinned and program.is_file() and note.is_file() and note.read_text("utf-8") == suite:
        return program
    venv.create(ENVIRONMENT, with_pip=True)
    pip = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    subprocess.run([BIN / "python", *pip, suite], check=True)
    note.write_text(suite, "utf-8")
    return program


def main() -> int:
    """Run a command of the tool; return its exit status."""
    arguments = sys.argv[1:] or ["check", str(ROOT)]
    suite = os.environ.get("CONTRACT_SUITE") or requirement(ROOT / ".stage7-template.json")
    program = prepared(suite) if suite else shutil.which("stage7-plugin")
    if program is None:
        reason = (
            ".stage7-template.json names no https address and commit of the template; "
            "set CONTRACT_SUITE, for example to git+https://github.com/org/template"
        )
        return fail(reason) if sys.argv[1:] else skip(reason)
    if arguments[0] == "dev" and os.name != "nt":  # in place of this process: Ctrl-C is for it
        os.execv(program, [str(program), *arguments])
    return subprocess.run([program, *arguments]).returncode


if __name__ == "__main__":
    sys.exit(main())
