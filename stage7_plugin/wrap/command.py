"""`stage7-plugin wrap`, once its options have been read."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from stage7_plugin.errors import UserError
from stage7_plugin.generate import post_generation
from stage7_plugin.spec.manifest import manifest_problems
from stage7_plugin.spec.plugin_spec import PluginSpec
from stage7_plugin.spec.problems import Problem, format_problems
from stage7_plugin.wrap.again import wrap_again
from stage7_plugin.wrap.laying_over import write_over
from stage7_plugin.wrap.model import CannotWrap, Kind, Wrapping
from stage7_plugin.wrap.readers import read_source
from stage7_plugin.wrap.rendering import render_plugin
from stage7_plugin.wrap.report import print_notes, print_plan

OK, NOT_WRAPPED, UNUSABLE = 0, 1, 2


@dataclass(frozen=True)
class WrapOptions:
    """The options of the command.

    Attributes:
        source: What to wrap.
        answers: Those that the user gives; they go over what the source says.
        output: Where the plugin's folder is made.
        kind: What the source is; None to find out.
        check: Only show what would be made.
        execute: The source may be imported to look at it.
        again: The plugin that was made around the source before.
        verify: The plugin is executed afterwards, to say what is broken.
    """

    source: str
    answers: Mapping[str, str] = field(default_factory=dict)
    output: Path = Path()
    kind: Kind | None = None
    check: bool = False
    execute: bool = False
    again: Path | None = None
    verify: bool = False


def run_wrap(options: WrapOptions) -> int:
    """Make a plugin around a source, or bring it up to date; return the exit status.

    Returns:
        0 it was made, or with `check` could be; 1 it was not; 2 the source cannot be wrapped.
    """
    if options.again is not None:
        return _again(options, options.again)
    try:
        wrapping = read_source(options.source, options.kind, execute=options.execute)
    except UserError as error:
        print(f"Nothing was created: {error}", file=sys.stderr)
        return UNUSABLE
    try:
        return _check(wrapping, options) if options.check else _make(wrapping, options)
    except (UserError, OSError) as error:
        print(f"Nothing was created: {error}", file=sys.stderr)
        return NOT_WRAPPED


def answers_for(wrapping: Wrapping, given: Mapping[str, str]) -> dict[str, str]:
    """Return the answers of a wrapping, with those that the user gives. Raises UserError."""
    problems = [
        Problem(key, given[key], f"the {key} come from what is wrapped", f"leave out {key}")
        for key in ("inputs", "outputs")
        if key in given
    ]
    if problems:
        raise UserError(format_problems(problems))
    return {**wrapping.answers, **given}


def _again(options: WrapOptions, folder: Path) -> int:
    try:
        status = wrap_again(options.source, folder, check=options.check, execute=options.execute)
    except (UserError, OSError, UnicodeDecodeError) as error:
        print(f"Nothing was changed: {error}", file=sys.stderr)
        return UNUSABLE if isinstance(error, CannotWrap) else NOT_WRAPPED
    return status or _verified(options, folder)


def _check(wrapping: Wrapping, options: WrapOptions) -> int:
    with tempfile.TemporaryDirectory() as scratch:
        staged, spec = _staged(wrapping, options, Path(scratch))
        print_plan(wrapping, spec)
        print_notes(wrapping.notes)
        if (target := options.output / staged.name).exists():
            raise UserError(f"{target} already exists")
    return OK


def _make(wrapping: Wrapping, options: WrapOptions) -> int:
    options.output.mkdir(parents=True, exist_ok=True)
    # Next to its target, so that it can be moved there as a whole.
    scratch = Path(tempfile.mkdtemp(prefix=".stage7-wrap-", dir=options.output))
    try:
        staged, spec = _staged(wrapping, options, scratch)
        target = options.output / staged.name
        if target.exists():
            raise UserError(f"{target} already exists; move it away, or give a plugin_slug")
        staged.rename(target)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    print_plan(wrapping, spec)
    print_notes(wrapping.notes)
    answers = spec.hook_answers
    status = post_generation.main(
        git_init=answers["git_init"],
        build_image=answers["build_image"],
        ci=answers["ci"],
        kubernetes=answers["kubernetes"],
        written=True,
        unlocked=_is_unlocked(wrapping),
        folder=target,
    )
    if status:
        shutil.rmtree(target, ignore_errors=True)
    return status or _verified(options, target)


def _verified(options: WrapOptions, folder: Path) -> int:
    if not options.verify:
        return OK
    # Imported here: it needs the contract suite, and each other run does without it.
    from stage7_plugin.wrap.verify import verify

    return OK if verify(folder) else NOT_WRAPPED


def _staged(wrapping: Wrapping, options: WrapOptions, scratch: Path) -> tuple[Path, PluginSpec]:
    """Make the whole plugin in a folder. Raises UserError and OSError."""
    staged, spec = render_plugin(answers_for(wrapping, options.answers), scratch)
    write_over(wrapping, staged, options.output / staged.name)
    manifest = json.loads((staged / "manifest.json").read_text("utf-8"))
    if problems := manifest_problems(manifest):
        listed = "".join(f"\n  - {problem}" for problem in problems)
        raise UserError(f"the host would not accept its manifest.json:{listed}")
    return staged, spec


def _is_unlocked(wrapping: Wrapping) -> bool:
    lines = wrapping.files.get("requirements.in", b"").splitlines()
    needs = any(line.strip() and not line.startswith(b"#") for line in lines)
    return needs and "requirements.txt" not in wrapping.files
