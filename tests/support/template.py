"""How the tests run the template: the real command, or the rendering alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from cookiecutter.generate import generate_files
from cookiecutter.utils import create_env_with_context
from jinja2 import FileSystemLoader

TEMPLATE = Path(__file__).resolve().parents[2]
PROJECT = "{{cookiecutter.plugin_slug}}"
SHARED = {
    ".github/workflows/{% if cookiecutter.ci == 'github' %}release.yml{% endif %}",
    ".github/workflows/{% if cookiecutter.ci == 'github' %}template-update.yml{% endif %}",
    ".stage7-template.json",
    "CHANGELOG.md",
    "LICENSE",
    "compose.yaml",
    "examples/request.json",
    "manifest.json",
    "manifest.schema.json",
    "{% if cookiecutter.kubernetes == 'yes' %}kubernetes.yaml{% endif %}",
}
"""What is the same in every language, and stands in the folder PROJECT itself."""
NOT_THE_TEMPLATE = ("tests/", "tools/", "benchmarks/")

ANSWERS: dict[str, str] = {
    "language": "python",
    "plugin_name": "Text Echo",
    "plugin_slug": "text-echo",
    "verb": "TEXT_ECHO",
    "inputs": "text:string - Text to process",
    "outputs": "result:string - The processed text",
    "description": "Processes a text and returns the result",
    "version": "1.0.0",
    "author": "Ada Lovelace",
    "image_namespace": "stage7",
    "python_version": "3.11",
    "permissions": "",
    "memory": "256m",
    "cpu": "0.5",
    "timeout_seconds": "30",
    "license": "MIT",
    "ci": "github",
    "git_init": "no",
    "build_image": "no",
    "kubernetes": "no",
}


@dataclass(frozen=True)
class Run:
    """How one run of the command ended.

    Attributes:
        status: Exit status.
        output: Everything that it printed, on both streams.
        written: Everything in its output folder.
    """

    status: int
    output: str
    written: list[str]


def template_files() -> list[str]:
    """List what a user gets of this repository, files that are not committed yet included."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=TEMPLATE,
        check=True,
        capture_output=True,
        encoding="utf-8",
    ).stdout.split("\0")
    return [
        name
        for name in listed
        if name
        and not name.startswith(("tests/", "tools/", "benchmarks/"))
        and (TEMPLATE / name).is_file()
    ]


def source(name: str, template: Path = TEMPLATE, language: str = "python") -> Path:
    """The file of the template that has the content of a rendered file."""
    of_language = template / "languages" / language / name
    candidates = (of_language, Path(f"{of_language}.jinja"), template / PROJECT / name)
    return next(path for path in candidates if path.is_file())


def files(project: Path) -> set[str]:
    """Every file of a plugin, as a path with slashes."""
    return {
        path.relative_to(project).as_posix()
        for path in project.rglob("*")
        if path.is_file() and ".git" not in path.relative_to(project).parts
    }


def entry(name: str, language: str = "python") -> str:
    """The path, in the folder PROJECT, of what stands for a rendered file."""
    path = PurePosixPath(name)
    of_language = (path.parent / f"{{{{ {language}('{path.name}') }}}}").as_posix()
    return of_language if (TEMPLATE / PROJECT / of_language).is_file() else name


def isolated_environment(home: Path) -> dict[str, str]:
    """The environment without anything that is set up for the user who runs the tests."""
    home.mkdir(exist_ok=True)
    # Also without the variables by which a make that runs the tests would talk to one of theirs.
    unwanted = ("GIT_", "MAKE", "MFLAGS")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}
    return {
        **kept,
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": str(home / "gitconfig"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def command(*arguments: str) -> list[str]:
    """The cookiecutter command over this template."""
    return [sys.executable, "-m", "cookiecutter", str(TEMPLATE), *arguments]


def run(folder: Path, *arguments: str, environment: dict[str, str] | None = None) -> Run:
    """Run the real command in `folder`, which gets a home of its own and an output folder."""
    out = folder / "out"
    done = subprocess.run(
        command("--output-dir", str(out), *arguments),
        cwd=folder,
        env={**isolated_environment(folder / "home"), **(environment or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    written = sorted(path.name for path in out.iterdir()) if out.exists() else []
    return Run(done.returncode, done.stdout, written)


def generate(folder: Path, *arguments: str, **answers: str) -> Run:
    """Run the real command without a prompt, with these answers on its command line."""
    given = [f"{prompt}={value}" for prompt, value in answers.items()]
    return run(folder, "--no-input", *given, *arguments)


def context(**answers: str) -> dict[str, Any]:
    """What Cookiecutter hands to the files once the prompts are answered, as typed."""
    settings = {
        "_extensions": ["template_extension.PluginExtension"],
        "_copy_without_render": copied_files(),
    }
    return {"cookiecutter": {**ANSWERS, **answers, **settings}}


def render_file(name: str, **answers: str) -> str:
    """The text of one file for answers as they are typed, without writing any."""
    variables = context(**answers)
    environment = create_env_with_context(variables)
    environment.loader = FileSystemLoader(TEMPLATE / PROJECT)
    text: str = environment.get_template(entry(name)).render(**variables)
    return text


def copied_files() -> list[str]:
    """The patterns of the files that are not rendered."""
    import json

    patterns: list[str] = json.loads((TEMPLATE / "cookiecutter.json").read_text())[
        "_copy_without_render"
    ]
    return patterns


def render(folder: Path, **answers: str) -> Path:
    """Write the files for answers as they are typed at the prompts, without the hook."""
    project = generate_files(
        repo_dir=TEMPLATE,
        context=context(**answers),
        output_dir=folder,
        overwrite_if_exists=True,
        accept_hooks=False,
    )
    return Path(project)


def cookiecutter_of_version(version: str, folder: Path) -> str:
    """Install one version of Cookiecutter in a virtual environment; return its Python."""
    subprocess.run([sys.executable, "-m", "venv", "venv"], cwd=folder, check=True)
    python = str(folder / "venv" / "bin" / "python")
    install = [python, "-m", "pip", "install", "--quiet", f"cookiecutter=={version}"]
    subprocess.run(install, check=True)
    return python


def declare_setting(plugin: Path, key: str, **more: object) -> None:
    """Add a required setting to the `configuration` of a plugin's manifest."""
    path = plugin / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    item = {"key": key, "type": "string", "required": True, "description": "A setting", **more}
    manifest["configuration"].append(item)
    path.write_text(json.dumps(manifest, indent=2), "utf-8")
