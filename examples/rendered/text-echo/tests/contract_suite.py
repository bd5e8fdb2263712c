"""Check this plugin against the host contract: `make contract`. With `sync`: `make sync`.

The suite is a part of the template. It is installed from where the template was when it made this
plugin, as `.stage7-template.json` says; `CONTRACT_SUITE` names another place in pip's words, such
as `../template[docker]`.
"""

import json
import os
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
    return f"stage7-plugin[docker] @ git+{address}@{commit}"


def skip(reason: str) -> int:
    """Say, where people will see it, that nothing was checked."""
    message = f"The contract suite did not run: {reason}"
    print(f"::warning::{message}" if os.environ.get("GITHUB_ACTIONS") else message)
    return 0


def main() -> int:
    """Install the suite and run it; return its exit status."""
    suite = os.environ.get("CONTRACT_SUITE") or requirement(ROOT / ".stage7-template.json")
    command = sys.argv[1:] or ["check"]
    if not suite:
        skipped = skip(
            ".stage7-template.json names no https address and commit of the template; "
            "set CONTRACT_SUITE, for example to git+https://github.com/org/template"
        )
        return skipped if command == ["check"] else 2
    venv.create(ENVIRONMENT, with_pip=True)
    pip = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    subprocess.run([BIN / "python", *pip, suite], check=True)
    return subprocess.run([BIN / "stage7-plugin", *command, ROOT]).returncode


if __name__ == "__main__":
    sys.exit(main())
