"""Run mypy for `make lint`, with hints that name this plugin's Python and the author's file."""

import re
import subprocess
import sys

UNTYPED = re.compile(r'(.*): note: Hint: "python3 -m pip install ([^"]+)"')
UNSTUBBED = "import-untyped]"


def explained(line: str) -> str:
    """A line of mypy's, with the hint that fits this plugin."""
    if hint := UNTYPED.fullmatch(line):
        return f"{hint[1]}: note: Hint: add {hint[2]} to requirements-dev.in"
    return line


def main() -> int:
    """Check the types; return mypy's exit status."""
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *(sys.argv[1:] or ["."])],
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    lines = done.stdout.splitlines()
    print("\n".join(map(explained, lines)))
    if any(UNSTUBBED in line for line in lines):
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        print(
            f"A package has no types for {sys.executable} (Python {version}). Add its stubs to "
            "requirements-dev.in, such as types-requests; where there are none, write "
            "`# type: ignore[import-untyped]` at the end of the import."
        )
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
