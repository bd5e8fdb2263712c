"""Update the plugin from its template, or link it to one, with cruft: `make update`, `make link`.

cruft is the command in CRUFT, the plugin's own or an installed one, or what pipx or uvx fetches.

Usage:
    python tests/template_link.py update
    python tests/template_link.py link [ADDRESS]
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LINK = ROOT / ".cruft.json"
RECORD = ".stage7-template.json"
WRAPPED = ',\n  "wrapped": '  # its last key, in a plugin that was made around existing code
# The extra reads tool.cruft of pyproject.toml, which says what is the author's, on Python 3.10 too.
QUOTED = "Write a path with spaces so: CRUFT=\"'/a path/python' -m cruft\""
SPEC = "cruft[pyproject]==2.16.0"
MARKER = re.compile(rb"^(<{7} |>{7} )", re.MULTILINE)


def cruft() -> list[str]:
    """The command that runs cruft.

    Raises:
        SystemExit: there is none, or CRUFT cannot be read.
    """
    if given := os.environ.get("CRUFT"):
        try:
            words = [given] if Path(given).is_file() else shlex.split(given)
        except ValueError:
            sys.exit(f"CRUFT={given} has a quote that is not closed. {QUOTED}")
        if words and shutil.which(words[0]) is None:
            sys.exit(f"CRUFT={given} names no program: {words[0]} is not there. {QUOTED}")
        if words:
            return words
    for program in (ROOT / ".venv" / "bin" / "cruft", shutil.which("cruft")):
        if program is not None and Path(program).is_file():
            return [str(program)]
    if shutil.which("pipx"):
        return ["pipx", "run", "--spec", SPEC, "cruft"]
    if shutil.which("uvx"):
        return ["uvx", "--from", SPEC, "cruft"]
    sys.exit(
        "cruft is not installed. Install it: python3 -m pip install 'cruft[pyproject]', or install "
        "pipx or uv, which run it without an installation."
    )


def git(*arguments: str) -> list[str]:
    """Run git; return what it printed, split at NUL."""
    done = subprocess.run(
        ["git", *arguments], cwd=ROOT, stdout=subprocess.PIPE, encoding="utf-8", check=True
    )
    return [item for item in done.stdout.split("\0") if item]


def left_to_do() -> list[str]:
    """The files of this folder in which an update has left something to decide."""
    changed = git("diff", "--name-only", "--relative", "-z", "HEAD")
    added = git("ls-files", "--others", "--exclude-standard", "-z")
    found = {name for name in added if name.endswith(".rej")}
    for name in {*changed, *added}:
        path = ROOT / name
        if path.is_file() and MARKER.search(path.read_bytes()):
            found.add(name)
    found.update(git("diff", "--name-only", "--relative", "-z", "--diff-filter=U"))
    return sorted(found)


def let_git_merge_the_record(record: str) -> None:
    """Give git the record as the template makes it, which no commit has if more is in it.

    Without the text from which both sides began, git merges nothing, and cruft falls back to
    rejecting changes, those of other files too.
    """
    try:
        linked, made = json.loads(LINK.read_text("utf-8")), json.loads(record)
        answers = linked["context"]["cookiecutter"]
        made.pop("wrapped", None)
        made["commit"] = linked["commit"]
        made["answers"] = {key: answers.get(key, value) for key, value in made["answers"].items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        return  # it was edited by hand; cruft merges what it can
    text = json.dumps(made, ensure_ascii=False, indent=2) + "\n"
    hash_object = ["git", "hash-object", "-w", "--stdin"]
    subprocess.run(hash_object, cwd=ROOT, input=text.encode(), stdout=subprocess.PIPE)


def settle_the_record(before: str) -> None:
    """Take the template's text of the record whole: except `wrapped`, nothing in it is edited.

    Args:
        before: The record as it was before the update.
    """
    theirs = ["git", "show", f":3:./{RECORD}"]  # only there if git found a conflict
    done = subprocess.run(theirs, cwd=ROOT, capture_output=True, encoding="utf-8")
    if done.returncode == 0:
        text, (_, key, wrapped) = done.stdout, before.partition(WRAPPED)
        if key:
            text = text.rstrip().removesuffix("}").rstrip() + key + wrapped
        (ROOT / RECORD).write_text(text, "utf-8")
        subprocess.run(["git", "add", "--", RECORD], cwd=ROOT, check=True)


def update() -> int:
    """Update; return 1 if it cannot be done, or leaves conflicts."""
    if not LINK.is_file():
        print(
            "Nothing links this plugin to its template: run make link, and commit .cruft.json.",
            file=sys.stderr,
        )
        return 1
    shallow = ["git", "rev-parse", "--is-shallow-repository"]
    if subprocess.run(shallow, cwd=ROOT, capture_output=True).stdout == b"true\n":
        print(
            "This clone lacks the history by which git merges your edits with the template's: "
            "run git fetch --unshallow, then make update again.",
            file=sys.stderr,
        )
        return 1
    record = (ROOT / RECORD).read_text("utf-8") if (ROOT / RECORD).is_file() else ""
    let_git_merge_the_record(record)
    status = subprocess.run([*cruft(), "update", "--skip-apply-ask"], cwd=ROOT).returncode
    settle_the_record(record)
    if status != 0:
        print("The plugin was not updated; cruft says above why.", file=sys.stderr)
        return 1
    if conflicts := left_to_do():
        files = "\n".join(f"  {name}" for name in conflicts)
        print(
            f"You and the template changed the same lines:\n{files}\n"
            "Edit what is between <<<<<<< and >>>>>>>. Make the change in a .rej file by hand, and "
            "delete that file. Then run make test, and commit.",
            file=sys.stderr,
        )
        return 1
    return 0


def link(given: str) -> int:
    """Write .cruft.json, by what .stage7-template.json says; return the exit status.

    Args:
        given: An address or a folder; "" for the one on record.
    """
    made = json.loads((ROOT / ".stage7-template.json").read_text("utf-8"))
    address = given or made["template"]
    local = Path(address).expanduser()
    if local.is_dir():
        address = str(local.resolve())
    elif ":" not in address:
        problem = (
            f"{given} is neither a folder nor an address" if given else "No address is recorded"
        )
        print(
            f"{problem}. Say where the template is: "
            "make link TEMPLATE=https://github.com/org/template, or TEMPLATE=../template",
            file=sys.stderr,
        )
        return 1
    # Without a commit, the tag of the version.
    options = ["--no-input", "--checkout", made["commit"] or "v" + made["version"]]
    options += ["--extra-context", json.dumps(made["answers"])]
    status = subprocess.run([*cruft(), "link", address, *options], cwd=ROOT).returncode
    if status != 0 or not LINK.is_file():
        print(f"The plugin was not linked to {address}; cruft says above why.", file=sys.stderr)
        return 1
    print("Linked. Commit it: git add .cruft.json && git commit -m 'Link the template'")
    return 0


def main(arguments: list[str]) -> int:
    """Run one command; return the exit status."""
    if arguments[:1] == ["update"]:
        return update()
    return link("".join(arguments[1:]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
