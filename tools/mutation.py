"""Change a module in small ways and see whether the tests notice: `make mutation`.

Cosmic Ray makes the changes, in a copy of the checkout. A random sample of them is tried, one at a
time; each that no test notices is printed, and so is the share that was noticed.
"""

from __future__ import annotations

import argparse
import difflib
import os
import random
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names
from cosmic_ray.testing import run_tests
from cosmic_ray.work_item import TestOutcome

ROOT = Path(__file__).resolve().parents[1]
# Nearly every | of this project is in an annotation, which nothing evaluates.
_WITHOUT_EFFECT = "core/ReplaceBinaryOperator_BitOr"


def mutants(source: str) -> list[str]:
    """List every changed version of a module, each once."""
    return list(dict.fromkeys(_mutants(source)))


def _mutants(source: str) -> Iterator[str]:
    for name in sorted(operator_names()):
        if name.startswith(_WITHOUT_EFFECT):
            continue
        try:
            operator = get_operator(name)()
        except TypeError:  # an operator that needs settings
            continue
        number = 0
        while (mutated := mutate_code(source, operator, number)) is not None:
            number += 1
            if mutated != source:
                yield mutated


def _copy(folder: Path) -> None:
    """Copy what git knows or would add, so that nothing here is ever half-changed."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.check_output(command, cwd=ROOT, encoding="utf-8").split("\0")
    for name in listed:
        if name and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)


def main() -> int:
    """Try a sample; returns 1 if fewer than wanted were noticed."""
    parser = argparse.ArgumentParser(prog="make mutation", description=__doc__)
    parser.add_argument("module", help="such as stage7_plugin/batch/read_yaml.py")
    parser.add_argument("tests", nargs="+", help="what pytest is given, such as tests/batch")
    parser.add_argument("--sample", type=int, default=40, help="changes that are tried")
    parser.add_argument("--seed", type=int, default=None, help="to try the same ones again")
    parser.add_argument("--at-least", type=float, default=0.9, help="share to be noticed")
    parser.add_argument("--seconds", type=float, default=300, help="after which tests have failed")
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else random.randrange(10**6)
    with tempfile.TemporaryDirectory(prefix="mutation-") as name:
        folder = Path(name)
        _copy(folder)
        module = folder / options.module
        source = module.read_text("utf-8")
        os.chdir(folder)  # so that nothing is imported from the checkout
        pytest = ("-m", "pytest", "-x", "-q", "--numprocesses=0", "-p", "no:cacheprovider")
        command = shlex.join([sys.executable, *pytest, *options.tests])
        outcome, output = run_tests(command, options.seconds)
        if outcome is not TestOutcome.SURVIVED:
            print(f"the tests fail without any change:\n{output}")
            return 2
        found = mutants(source)
        sample = random.Random(seed).sample(found, min(options.sample, len(found)))
        survived = 0
        for number, mutated in enumerate(sample, 1):
            module.write_text(mutated, "utf-8")
            if run_tests(command, options.seconds)[0] is TestOutcome.SURVIVED:
                survived += 1
                lines = source.splitlines(), mutated.splitlines()
                changed = list(difflib.unified_diff(*lines, options.module, lineterm="", n=0))[2:]
                print(
                    f"\n{number} of {len(sample)}: no test notices", *changed, sep="\n", flush=True
                )
    share = 1 - survived / max(len(sample), 1)
    print(
        f"\n{options.module}: {len(sample) - survived} of {len(sample)} changes noticed "
        f"({share:.0%}) out of {len(found)}; seed {seed}"
    )
    return int(share < options.at_least)


if __name__ == "__main__":
    sys.exit(main())
