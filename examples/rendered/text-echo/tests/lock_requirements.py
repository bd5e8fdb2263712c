"""Lock requirements.in with hashes, for every platform and the plugin's own Python: `make lock`.

Arguments are options of `uv pip compile`, such as --upgrade.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE, LOCK = ROOT / "requirements.in", ROOT / "requirements.txt"
INDEX_OPTION = re.compile(r"(-i|--index-url|--extra-index-url|-f|--find-links)[ =]")
LOCAL = re.compile(
    r"([./~\\]|[A-Za-z]:[\\/]|file:)|.*@\s*(file:|[./~])|(?!.*://).*\.(whl|zip|tar\.gz)$"
)
FROM = re.compile(r"(?m)^FROM\s+(?:\S+/)?python:(\d+\.\d+)")


def lines_of(file: Path) -> Iterator[str]:
    """The lines of a requirements file without comments, continuations joined.

    Raises:
        SystemExit: the file is not UTF-8.
    """
    try:
        text = file.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        sys.exit(f"{file.name} is not UTF-8 at byte {error.start}: save it as UTF-8.")
    for line in text.replace("\\\n", " ").splitlines():
        content = re.sub(r"(^|\s)#.*", "", line).strip()
        if content:
            yield content


def refusal(line: str) -> str:
    """Why a line of requirements.in cannot be locked; "" if it can be."""
    option, _, place = line.partition("=") if "=" in line.split()[0] else line.partition(" ")
    if option in ("-e", "--editable"):
        return "an editable package is not in the image: put its code next to plugin_logic.py"
    if option in ("-f", "--find-links"):
        return "" if "://" in place else "a folder is not in the image when packages are installed"
    if line.startswith("-"):
        return ""
    if re.search(r"(^|@\s*)(git|hg|svn|bzr)\+", line):
        return (
            "a repository has no hash that pip could check: name an archive of the commit, such as "
            "name @ https://github.com/org/name/archive/COMMIT.tar.gz"
        )
    if LOCAL.match(line):
        return (
            "a file of this machine is not in the image when packages are installed: name it by "
            "an https address, or put its code next to plugin_logic.py"
        )
    return ""


def name_of(line: str) -> str:
    """The normalized name of a requirement; "" for an option or a bare address."""
    match = re.match(r"([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?!\S*://)", line)
    return re.sub(r"[-_.]+", "-", match[1]).lower() if match else ""


def python_version() -> str:
    """The Python of the image, as the Dockerfile has it; this one's where it does not say."""
    match = FROM.search((ROOT / "Dockerfile").read_text("utf-8"))
    return match[1] if match else f"{sys.version_info.major}.{sys.version_info.minor}"


def keep_indexes(wanted: list[str]) -> None:
    """Write the index options into the lock, where uv leaves them out, below its header."""
    options = [line for line in wanted if INDEX_OPTION.match(line)]
    header = re.match(r"(#.*\n)*", LOCK.read_text("utf-8"))
    if options and header is not None:
        text = LOCK.read_text("utf-8")
        lock = header[0] + "\n".join(options) + "\n" + text[header.end() :]
        LOCK.write_text(lock, "utf-8", newline="\n")


def main(options: list[str]) -> int:
    """Lock; return the exit status."""
    wanted = list(lines_of(SOURCE))
    refused = [f"  {line}: {reason}" for line in wanted if (reason := refusal(line))]
    if refused:
        print("\n".join(["requirements.in cannot be locked:", *refused]), file=sys.stderr)
        return 1
    data = SOURCE.read_bytes()
    if data.startswith(b"\xef\xbb\xbf"):
        SOURCE.write_bytes(data[3:])
        print("requirements.in: the byte order mark is removed")
    uv = Path(sys.executable).with_name("uv")
    arguments = ["pip", "compile", "--quiet", "--universal", "--generate-hashes"]
    arguments += ["--python-version", python_version(), "--custom-compile-command", "make lock"]
    arguments += [*options, "--output-file", LOCK.name, SOURCE.name]
    status = subprocess.run([uv, *arguments], cwd=ROOT).returncode
    if status != 0:
        return status
    keep_indexes(wanted)
    locked = {name_of(line) for line in lines_of(LOCK)}
    nowhere = [line for line in wanted if name_of(line) and name_of(line) not in locked]
    for line in nowhere:
        print(
            f"requirements.in: {line} is never installed, because its marker matches no "
            f"platform with Python {python_version()} or newer: remove the line",
            file=sys.stderr,
        )
    return 1 if nowhere else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
