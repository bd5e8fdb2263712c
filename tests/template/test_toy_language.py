"""A further language takes what CONTRIBUTING says: a folder, entries, a row, logic, a choice."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.template import SHARED, TEMPLATE, files, isolated_environment, template_files

TOY = {
    "main.toy": "serve\n",
    "toy_logic.toy": "say hello; log 'execute in toy_logic.toy is still a stub'\n",
    "plugin_runtime/serve.toy": "listen {{ not Jinja }}\n",
    "tests/test_logic.toy": "call\n",
    "README.md.jinja": "# {{ plugin.name | markdown }}\n",
    "Dockerfile.jinja": "FROM toy\nLABEL id={{ plugin.slug | dockerfile_string }}\n",
    ".github/workflows/ci.yml": "on: ${{ push }}\n",
    ".gitlab-ci.yml": "test:\n  script: toy test\n",
}
ROW = '    "toy": Language("main.toy", "toy_logic.toy", "answer"),\n'
SCENARIOS = '"sleep" "raise" "exit" "write" "leak"\n'


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the template to which the language was added."""
    root = tmp_path_factory.mktemp("toy") / "template"
    for name in [*template_files(), "tools/__init__.py", "tools/entries.py"]:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(TEMPLATE / name, root / name)
    # the folder
    for name, content in TOY.items():
        path = root / "languages" / "toy" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
    # its row
    row = root / "stage7_plugin" / "spec" / "languages.py"
    before, table, after = row.read_text("utf-8").partition(
        "LANGUAGES: Mapping[str, Language] = {\n"
    )
    assert table
    row.write_text(before + table + after.replace("}\n", f"{ROW}}}\n", 1), "utf-8")
    # the choice
    settings = json.loads((root / "cookiecutter.json").read_text("utf-8"))
    choices = [*settings.pop("language", ["python"]), "toy"]
    settings["__prompts__"]["language"] = "Language"
    text = json.dumps({"language": choices, **settings})
    (root / "cookiecutter.json").write_text(text, "utf-8")
    # logic for the contract suite
    logic = root / "stage7_plugin" / "contract" / "scenario_logic" / "toy"
    logic.mkdir()
    (logic / "toy_logic.toy").write_text(SCENARIOS, "utf-8")
    # its entries
    call(root, "git", "init", "--quiet")
    assert "entries" in call(root, sys.executable, "-m", "tools.entries")
    return root


def call(root: Path, *command: str, status: int = 0) -> str:
    """Run a command in the template, with the package that is there."""
    done = subprocess.run(
        command,
        cwd=root,
        env=isolated_environment(root.parent / "home"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == status, done.stdout
    return done.stdout


def made(root: Path, folder: Path, *arguments: str) -> Path:
    """Make a plugin with the real command."""
    options = ("--no-input", "--output-dir", str(folder), *arguments, "git_init=no")
    call(root, sys.executable, "-m", "cookiecutter", str(root), *options)
    return folder / "text-echo"


def expected(ci: str) -> set[str]:
    """Every file of a plugin in the toy language."""
    own = {name.removesuffix(".jinja") for name in TOY}
    found = own | {name for name in SHARED if "{" not in name}
    if ci != "gitlab":
        found.discard(".gitlab-ci.yml")
    if ci == "github":
        return found | {f".github/workflows/{name}.yml" for name in ("release", "template-update")}
    return found - {".github/workflows/ci.yml"}


@pytest.mark.parametrize("ci", ["github", "gitlab", "none"])
@pytest.mark.parametrize("hooks", ["yes", "no"])
def test_a_plugin_has_the_files_of_its_language_alone(
    toy: Path, tmp_path: Path, ci: str, hooks: str
) -> None:
    plugin = made(toy, tmp_path, "--accept-hooks", hooks, "language=toy", f"ci={ci}")
    assert files(plugin) == expected(ci)
    assert (plugin / "plugin_runtime" / "serve.toy").read_text() == "listen {{ not Jinja }}\n"
    assert (plugin / "README.md").read_text() == "# Text Echo\n"
    manifest = json.loads((plugin / "manifest.json").read_text())
    assert manifest["entryPoint"]["main"] == "main.toy"
    assert manifest["language"] == "container"
    record = json.loads((plugin / ".stage7-template.json").read_text())
    assert record["answers"]["language"] == "toy"


def test_a_plugin_in_the_default_language_has_none_of_them(toy: Path, tmp_path: Path) -> None:
    plugin = made(toy, tmp_path, "author=Ada Lovelace")
    rendered = TEMPLATE / "examples" / "rendered" / "text-echo"
    assert files(plugin) == files(rendered)
    assert (plugin / "Makefile").read_bytes() == (rendered / "Makefile").read_bytes()


def test_a_batch_makes_both_as_single_runs_do(toy: Path, tmp_path: Path) -> None:
    fleet = tmp_path / "fleet.yaml"
    fleet.write_text(
        "defaults: {author: Ada}\n"
        "plugins:\n"
        "  - {plugin_name: Text Echo, language: toy}\n"
        "  - {plugin_name: Word Count, python_version: '3.12'}\n"
    )
    command = (sys.executable, "-m", "stage7_plugin", "batch", str(fleet))
    call(toy, *command, "--output-dir", str(tmp_path / "many"))
    plugin = tmp_path / "many" / "text-echo"
    single = made(toy, tmp_path / "one", "language=toy", "ci=none", "author=Ada")
    assert files(plugin) == files(single) == expected("none")
    for name in files(plugin):
        assert (plugin / name).read_bytes() == (single / name).read_bytes(), name
    assert "python:3.12-slim" in (tmp_path / "many" / "word-count" / "Dockerfile").read_text()


def test_a_version_of_python_is_refused_unless_it_is_the_default(toy: Path, tmp_path: Path) -> None:
    options = ("--no-input", "--output-dir", str(tmp_path / "out"), "language=toy")
    command = (sys.executable, "-m", "cookiecutter", str(toy), *options)
    told = call(toy, *command, "python_version=3.12", status=1)
    assert "python_version" in told
    assert "is only for language=python, but the language is toy; leave it out" in told
    assert not list((tmp_path / "out").glob("*"))


def test_the_contract_suite_knows_its_logic(toy: Path) -> None:
    program = (
        "from stage7_plugin.contract import scenarios\n"
        "from stage7_plugin.spec.languages import TELLING_FILES, language_of\n"
        "names = {'toy_logic.toy', 'plugin_runtime', 'manifest.json'} & set(TELLING_FILES)\n"
        "files = scenarios.overlay(language_of(names), {'api': {}})\n"
        "print(sorted(files), files['toy_logic.toy'].decode())"
    )
    told = call(toy, sys.executable, "-c", program)
    assert told == f"['manifest.json', 'toy_logic.toy'] {SCENARIOS}\n"
