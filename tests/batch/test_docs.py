"""docs/guides/batch.md is true: its commands run, its file is accepted, its pipelines lint."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import click
import jsonschema
import yaml

from stage7_plugin.batch import file_keys
from stage7_plugin.batch.cli import batch as batch_command
from stage7_plugin.batch.reading import SUFFIXES
from tests.support.batch import batch, batch_here, environment, plugins_in
from tests.support.batch_files import SCHEMA
from tests.support.linters import schema_complaints, workflow_complaints
from tests.support.template import TEMPLATE

DOCS = (TEMPLATE / "docs" / "guides" / "batch.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", DOCS, re.DOTALL)


def first_cells(heading: str) -> list[str]:
    """The first column of the tables of a section."""
    section = re.split(r"(?m)^## ", DOCS.split(f"\n## {heading}\n", 1)[1])[0]
    return [row.split("|")[1].strip() for row in section.splitlines() if row.startswith("| `")]


def test_the_first_command_makes_the_example_fleet(tmp_path: Path) -> None:
    """As it is pasted, but with this environment instead of a new one."""
    first = blocks("bash")[0].splitlines()[-1]
    assert first.startswith(".venv/bin/stage7-plugin batch ")
    command = first.replace(".venv/bin/stage7-plugin", f"{sys.executable} -m stage7_plugin")
    (tmp_path / "examples").symlink_to(TEMPLATE / "examples")
    done = subprocess.run(
        ["bash", "-euc", command],
        cwd=tmp_path,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert len(plugins_in(tmp_path / "fleet")) == 14
    listed = re.findall(r"(?m)^[├└]── ([\w.-]+)", DOCS)
    there = {path.name for path in (tmp_path / "fleet").iterdir()}
    assert set(listed) - {"web-page-reader", "build_logs"} <= there
    assert "index.json" in there


def test_the_example_file_is_accepted(tmp_path: Path) -> None:
    example = blocks("yaml")[0]
    (tmp_path / "logic").mkdir()
    (tmp_path / "logic" / "web_page_reader.py").write_text("def execute_plugin(i, c): ...\n")
    (tmp_path / "fleet.yaml").write_text(example)
    result = batch(tmp_path, "fleet.yaml", "--check")
    assert result.status == 0, result.output
    jsonschema.validate(yaml.safe_load(example), SCHEMA)
    schema = re.search(r"\$schema=(\S+)", example)
    assert schema is not None
    assert (TEMPLATE / schema[1]).is_file()


def test_every_option_key_and_suffix_is_documented() -> None:
    told = set(re.findall(r"`(--?[a-z-]+)", " ".join(first_cells("Options"))))
    given = {
        name
        for option in batch_command.params
        if isinstance(option, click.Option)
        for name in option.opts
    }
    assert given - told == {"-j", "--format"}
    assert told <= given
    assert "`--format`" in DOCS
    cells = {cell.strip("`") for cell in first_cells("The file")}
    assert set(file_keys.KEYS) == {cell for cell in cells if cell.replace("_", "").isalpha()}
    for suffix in SUFFIXES:
        assert f"`{suffix}`" in DOCS


def test_the_github_pipeline_lints(tmp_path: Path) -> None:
    (text,) = (block for block in blocks("yaml") if "runs-on" in block)
    (tmp_path / ".github" / "workflows").mkdir(parents=True)
    (tmp_path / ".github" / "workflows" / "fleet.yml").write_text(text)
    assert workflow_complaints(tmp_path) == ""
    job = yaml.safe_load(text)["jobs"]["shard"]
    shards = job["strategy"]["matrix"]["shard"]
    assert shards == list(range(1, len(shards) + 1))
    (run,) = (step["run"] for step in job["steps"] if "--shard" in step.get("run", ""))
    assert f"--shard ${{{{ matrix.shard }}}}/{len(shards)} " in run
    assert set(re.findall(r" (--[a-z-]+)", run)) <= options()


def test_the_gitlab_pipeline_lints(tmp_path: Path) -> None:
    (text,) = (block for block in blocks("yaml") if "CI_NODE_INDEX" in block)
    (tmp_path / ".gitlab-ci.yml").write_text(text)
    assert schema_complaints("gitlab-ci", tmp_path / ".gitlab-ci.yml", transform="gitlab-ci") == ""
    script = yaml.safe_load(text)["fleet"]["script"][-1]
    assert set(re.findall(r" (--[a-z-]+)", script)) <= options()


def options() -> set[str]:
    return {name for option in batch_command.params for name in option.opts}


def test_the_way_by_a_branch_merges_the_authors_edits_too(tmp_path: Path) -> None:
    (begin,) = (block for block in blocks("bash") if block.startswith("git branch generated"))
    (change,) = (block for block in blocks("bash") if block.startswith("git switch generated"))
    fleet = "plugins: [{plugin_name: One, author: Ada, memory: 256m}]\n"

    def shell(script: str) -> None:
        script = script.replace("stage7-plugin", f"{sys.executable} -m stage7_plugin")
        identity = {"GIT_CONFIG_GLOBAL": str(tmp_path / "gitconfig")}
        done = subprocess.run(
            ["bash", "-euc", script], cwd=tmp_path / "repository", text=True, capture_output=True,
            env={**environment(tmp_path), **identity},
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr

    (tmp_path / "gitconfig").write_text(
        "[user]\nname = Ada\nemail = a@example.com\n[init]\ndefaultBranch = main\n"
    )
    (tmp_path / "repository").mkdir()
    file = tmp_path / "repository" / "fleet.yaml"
    file.write_text(fleet)
    commit = "git add --all && git commit --quiet --message x\n"
    shell("git init --quiet\nstage7-plugin batch fleet.yaml --output-dir fleet\n" + commit + begin)
    project = tmp_path / "repository" / "fleet" / "one"
    manifest = (project / "manifest.json").read_text()
    (project / "manifest.json").write_text(manifest.replace('"Ada"', '"Ada and Bea"'))
    file.write_text(fleet.replace("256m", "1g"))
    shell(commit + change)
    merged = (project / "manifest.json").read_text()
    assert '"Ada and Bea"' in merged
    assert '"memory": "1g"' in merged
    assert batch_here(file, "--check", "-o", project.parent).status == 0


def test_the_line_for_drift_is_as_documented() -> None:
    (line,) = (block for block in blocks("bash") if "--check" in block)
    assert line == "stage7-plugin batch fleet.yaml --check --output-dir fleet\n"
