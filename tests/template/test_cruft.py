"""cruft keeps a plugin up to date and an author's work as it is: real cruft, real git."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from shutil import which

import pytest

from tests.support.git_template import ADDRESS, Workplace
from tests.support.plugin_life import AUTHORS, Life, created, replace
from tests.support.template import PROJECT, entry, source

pytest.importorskip("cruft")


@pytest.fixture
def life(tmp_path: Path) -> Life:
    return created(tmp_path)


def test_the_template_moves_on_and_the_authors_work_stays(life: Life) -> None:
    for name in AUTHORS:
        path = life.plugin / name
        path.write_text(path.read_text("utf-8") + "\n", "utf-8")
    life.edit("plugin_logic.py", "STUB_ANSWER", "ANSWER")
    life.edit("manifest.json", '"retries": 3', '"retries": 5')
    (life.plugin / "own_module.py").write_text("X = 1\n", "utf-8")
    life.place.commit(life.plugin, "Add a module")
    authors = [*AUTHORS, "own_module.py"]
    before = {name: (life.plugin / name).read_bytes() for name in authors}
    assert "up to date" in life.cruft("check")
    assert life.cruft("diff", "--exit-code") == "", "what is the author's is not a difference"

    template = life.place.template
    for name in AUTHORS:
        path = source(name, template)
        path.write_text(path.read_text("utf-8") + "\n\n", "utf-8")
    (template / PROJECT / "plugin_runtime" / "added.py").write_text('"""New."""\n', "utf-8")
    (template / PROJECT / entry("tests/test_server.py")).unlink()
    life.template_fix()
    prompt = '"version": "1.0.0",\n  "team": "platform",'
    replace(template / "cookiecutter.json", '"version": "1.0.0",', prompt)
    life.template_edit("compose.yaml", "services:\n", "# {{ cookiecutter.team }}\nservices:\n")
    newest = life.place.git(template, "rev-parse", "HEAD")
    assert "out of date" in life.fails("check")

    assert "has been updated" in life.update()

    assert {name: (life.plugin / name).read_bytes() for name in authors} == before
    life.assert_fixed()
    assert (life.plugin / "compose.yaml").read_text("utf-8").startswith("# platform\n")
    recorded = json.loads((life.plugin / ".stage7-template.json").read_text("utf-8"))
    assert recorded["commit"] == newest
    linked = json.loads((life.plugin / ".cruft.json").read_text("utf-8"))
    assert linked["context"]["cookiecutter"]["team"] == "platform"
    assert life.status() == {
        ".cruft.json": "M",
        ".stage7-template.json": "M",
        "Dockerfile": "M",
        "compose.yaml": "M",
        "plugin_runtime/added.py": "A",
        "server.py": "M",
        "tests/test_server.py": "D",
    }
    assert "up to date" in life.cruft("check")
    life.place.commit(life.plugin, "Update")
    assert life.cruft("diff", "--exit-code") == ""
    assert "already up to date" in life.update(), "and a second time it does nothing"
    assert life.status() == {}


def test_a_plugin_in_the_temporary_folder_gets_its_repository_and_next_steps(
    tmp_path: Path,
) -> None:
    place = Workplace(tmp_path)
    folder = tmp_path / "temporary" / "tmp12345678"
    folder.mkdir()
    printed = place.run(folder, "cruft", "create", ADDRESS, "--no-input")
    assert "git: created the first commit on branch main" in printed
    assert "Next steps:" in printed
    plugin = folder / "text-echo"
    assert place.git(plugin, "status", "--porcelain") == "?? .cruft.json"
    place.commit(plugin, "Link the template")
    life = Life(place, plugin)
    life.template_fix()
    life.update()
    life.assert_fixed()
    assert life.status()["server.py"] == "M", "no repository of a comparison is in the way"


def test_make_update_fails_where_it_did_nothing_or_left_a_conflict(life: Life) -> None:
    cruft = f"CRUFT={sys.executable} -m cruft"
    life.edit("compose.yaml", "restart: unless-stopped", "restart: 'no'")
    life.template_edit("compose.yaml", "restart: unless-stopped", "restart: always")
    (life.plugin / "server.py").write_text("# Not committed\n", "utf-8")
    status, output = life.place.call(life.plugin, "make", "update", cruft)
    assert status == 2
    assert "The plugin was not updated; cruft says above why." in output
    life.place.git(life.plugin, "checkout", "server.py")

    status, output = life.place.call(life.plugin, "make", "update", cruft)
    assert status == 2
    assert "You and the template changed the same lines:\n  compose.yaml\n" in output
    life.place.git(life.plugin, "checkout", "--ours", "compose.yaml")
    life.place.commit(life.plugin, "Update")
    status, output = life.place.call(life.plugin, "make", "update", cruft)
    assert status == 0, "up to date is what was asked for"


def test_make_update_names_a_rejected_change(life: Life) -> None:
    life.edit("compose.yaml", "restart: unless-stopped", "restart: 'no'")
    clone = life.plugin.parent / "clone"
    life.template_edit("compose.yaml", "mem_limit: ", "memswap_limit: 1g\n    mem_limit: ")
    life.update()
    life.place.commit(life.plugin, "Update")
    life.place.git(life.plugin, "clone", "--quiet", "--no-local", str(life.plugin), str(clone))
    life.template_edit("compose.yaml", "restart: unless-stopped", "restart: always")
    cruft = f"CRUFT={sys.executable} -m cruft"
    status, output = life.place.call(clone, "make", "update", cruft)
    assert status == 2
    assert "  compose.yaml.rej\n" in output


def test_make_update_needs_the_history_to_merge(life: Life) -> None:
    life.edit("compose.yaml", "PLUGIN_ENV: production", "PLUGIN_ENV: production\n      A: author")
    life.template_edit("compose.yaml", "mem_limit: ", "memswap_limit: 1g\n    mem_limit: ")
    clone = life.plugin.parent / "clone"
    life.place.git(life.plugin, "clone", "-q", "--depth=1", f"file://{life.plugin}", str(clone))
    cruft = f"CRUFT={sys.executable} -m cruft"
    status, output = life.place.call(clone, "make", "update", cruft)
    assert status == 2
    assert "run git fetch --unshallow, then make update again" in output
    assert life.place.git(clone, "status", "--porcelain") == ""
    life.place.git(clone, "fetch", "--quiet", "--unshallow")
    status, output = life.place.call(clone, "make", "update", cruft)
    assert status == 0, output
    assert "memswap_limit" in (clone / "compose.yaml").read_text("utf-8")


def test_an_installed_cruft_is_found_and_a_missing_one_is_named(life: Life) -> None:
    tools = life.plugin.parent / "tools"
    tools.mkdir()
    for name in ("python3", "git", "make"):
        (tools / name).symlink_to(sys.executable if name == "python3" else str(which(name)))
    alone = ("env", f"PATH={tools}", str(tools / "make"), "update")
    status, output = life.place.call(life.plugin, *alone)
    assert status == 2
    assert "cruft is not installed. Install it: python3 -m pip install 'cruft[pyproject]'" in output
    for name in ("uvx", "pipx", "cruft"):  # each is taken before the one above it
        program = tools / name
        program.write_text(f'#!/bin/sh\necho {name} "$@"\n')
        program.chmod(0o755)
        status, output = life.place.call(life.plugin, *alone)
        assert status == 0, output
        assert output.startswith(name)
        assert "update --skip-apply-ask" in output


def test_a_change_of_both_on_the_same_line_is_left_for_the_author(life: Life) -> None:
    life.edit("compose.yaml", "restart: unless-stopped", "restart: 'no'")
    life.template_fix()
    life.template_edit("compose.yaml", "restart: unless-stopped", "restart: always")
    life.update()
    text = (life.plugin / "compose.yaml").read_text("utf-8")
    assert re.search(
        r"<<<<<<< .*restart: 'no'.*=======.*restart: always.*>>>>>>> ", text, re.DOTALL
    )
    assert life.status()["compose.yaml"] == "UU"
    life.assert_fixed()


def test_the_same_in_a_fresh_clone_is_a_rejected_change(life: Life) -> None:
    """There git does not have the file that the template's change is for, so it cannot merge."""
    life.edit("compose.yaml", "restart: unless-stopped", "restart: 'no'")
    life.template_edit("compose.yaml", "mem_limit: ", "memswap_limit: 1g\n    mem_limit: ")
    life.update()
    assert "memswap_limit: 1g" in (life.plugin / "compose.yaml").read_text("utf-8")
    life.place.commit(life.plugin, "Update")
    clone = life.plugin.parent / "clone"
    life.place.git(life.plugin, "clone", "--quiet", "--no-local", str(life.plugin), str(clone))
    life.plugin = clone
    life.template_fix()
    life.template_edit("compose.yaml", "restart: unless-stopped", "restart: always")
    life.update()
    rejected = (clone / "compose.yaml.rej").read_text("utf-8")
    assert "+    restart: always" in rejected
    assert "restart: 'no'" in (clone / "compose.yaml").read_text("utf-8")
    life.assert_fixed()


def test_the_package_of_the_new_template_renders_it(life: Life) -> None:
    """A new filter, used by a prompt and by a file: both versions run in one process."""
    template = life.place.template
    extension = template / "stage7_plugin" / "rendering" / "extension.py"
    extension.write_text(extension.read_text("utf-8") + 'FILTERS["shout"] = str.upper\n', "utf-8")
    prompt = '"verb(cookiecutter.plugin_name) }}", "verb(cookiecutter.plugin_name) | shout }}"'
    old, new = prompt.replace('"', "").split(", ")
    replace(template / "cookiecutter.json", old, new)
    replace(template / "stage7_plugin" / "__init__.py", '"0.', '"10.')
    life.template_edit("compose.yaml", "services:\n", '# {{ "start" | shout }}\nservices:\n')
    life.update()
    assert (life.plugin / "compose.yaml").read_text("utf-8").startswith("# START\n")
    recorded = json.loads((life.plugin / ".stage7-template.json").read_text("utf-8"))
    assert recorded["version"].startswith("10.")


def test_a_plugin_from_before_the_question_of_the_language_stays_in_python(tmp_path: Path) -> None:
    place = Workplace(tmp_path)
    settings = place.template / "cookiecutter.json"
    today = settings.read_text("utf-8")
    before = json.loads(today)
    del before["language"], before["__prompts__"]["language"]
    settings.write_text(json.dumps(before), "utf-8")
    place.commit(place.template, "Before the question")
    place.run(tmp_path, "cruft", "create", ADDRESS, "--no-input")
    life = Life(place, tmp_path / "text-echo")
    place.commit(life.plugin, "Link the template")
    recorded = life.plugin / ".stage7-template.json"
    assert "language" not in json.loads(recorded.read_text("utf-8"))["answers"]
    settings.write_text(today, "utf-8")
    life.template_fix()
    life.update()
    life.assert_fixed()
    assert json.loads(recorded.read_text("utf-8"))["answers"]["language"] == "python"
    assert set(life.status()) <= {".cruft.json", ".stage7-template.json", "Dockerfile", "server.py"}


def test_a_plugin_that_was_not_made_with_cruft_can_be_linked(tmp_path: Path) -> None:
    place = Workplace(tmp_path)
    name = 'It\'s "quoted" $HOME'
    answers = [f"plugin_name={name}", "plugin_slug=own", "license=Apache-2.0", "ci=none"]
    place.run(tmp_path, "cookiecutter", ADDRESS, "--no-input", *answers)
    life = Life(place, tmp_path / "own")
    cruft = f"CRUFT={sys.executable} -m cruft"
    status, output = place.call(life.plugin, "make", "update", cruft)
    assert status == 2
    assert "run make link" in output

    status, output = place.call(life.plugin, "make", "link", cruft)
    assert status == 0, output
    linked = json.loads((life.plugin / ".cruft.json").read_text("utf-8"))
    assert linked["template"] == ADDRESS
    assert linked["context"]["cookiecutter"]["plugin_name"] == name
    assert life.cruft("diff", "--exit-code") == "", "the answers are those that it was made with"
    place.commit(life.plugin, "Link the template")
    life.template_fix()
    status, output = place.call(life.plugin, "make", "update", cruft)
    assert status == 0, output
    life.assert_fixed()


def test_a_plugin_that_was_made_from_a_folder_takes_over_the_address(tmp_path: Path) -> None:
    place = Workplace(tmp_path)
    place.run(tmp_path, "cookiecutter", str(place.template), "--no-input")
    life = Life(place, tmp_path / "text-echo")
    program = f"{sys.executable} -m cruft"
    status, output = place.call(life.plugin, "make", "link", f"CRUFT={program}")
    assert status == 2
    assert "No address is recorded. Say where the template is: make link TEMPLATE=" in output
    wrong = ("make", "link", f"CRUFT={program}", "TEMPLATE=../elsewhere")
    status, output = place.call(life.plugin, *wrong)
    assert status == 2
    assert "../elsewhere is neither a folder nor an address" in output
    here = ("make", "link", f"CRUFT={program}", "TEMPLATE=../the-template")
    status, output = place.call(life.plugin, *here)
    assert status == 0, output
    linked = json.loads((life.plugin / ".cruft.json").read_text("utf-8"))
    assert linked["template"] == str(place.template), "wherever cruft is run later"
    (life.plugin / ".cruft.json").unlink()
    arguments = ("make", "link", f"CRUFT={program}", f"TEMPLATE={ADDRESS}")
    status, output = place.call(life.plugin, *arguments)
    assert status == 0, output
    assert json.loads((life.plugin / ".cruft.json").read_text("utf-8"))["template"] == ADDRESS
    status, output = place.call(life.plugin, "bash", "-c", f"{program} diff | git apply")
    assert status == 0, output
    assert set(life.status()) == {".cruft.json", ".stage7-template.json", "Dockerfile"}
    place.commit(life.plugin, "Link the template")
    life.template_fix()
    life.update()
    life.assert_fixed()
    assert not list(life.plugin.rglob("*.rej"))


def test_a_description_of_the_authors_in_the_dockerfile_is_in_nobodys_way(life: Life) -> None:
    life.edit("Dockerfile", '.authors="', '.authors="Ada and ')
    life.template_fix()
    life.update()
    assert "Ada and " in (life.plugin / "Dockerfile").read_text("utf-8")
    assert life.status()["Dockerfile"] == "M"
