"""Every plugin says what it was made from, whichever way it was made."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from stage7_plugin import __version__
from stage7_plugin.rendering import provenance as provenance_module
from stage7_plugin.rendering.provenance import public_address
from tests.support.git_template import ADDRESS, Workplace
from tests.support.template import TEMPLATE, generate


@pytest.mark.parametrize(
    ("remote", "address"),
    [
        ("https://example.com/org/template.git", "https://example.com/org/template.git"),
        ("https://ada:secret@example.com/org/template", "https://example.com/org/template"),
        ("https://secret@example.com:8443/template", "https://example.com:8443/template"),
        ("https://ada:p@ss@example.com/template", "https://example.com/template"),
        ("ssh://git@example.com:22/template", "ssh://git@example.com:22/template"),
        ("ssh://ada@example.com/template", "ssh://example.com/template"),
        ("git@example.com:org/template.git", "git@example.com:org/template.git"),
        ("ada@example.com:org/template.git", "example.com:org/template.git"),
        ("https://git:secret@example.com/template", "https://example.com/template"),
        ("https://example.com/template?private_token=secret", None),
        ("https://ada:se/cret@example.com/template", None),
        ("file:///home/ada/template", None),
        ("/home/ada/template", None),
        ("../template", None),
        ("C:\\Users\\ada\\template", None),
        ("C:/Users/ada/template", None),
        ("ext::sh -c secret", None),
    ],
)
def test_an_address_has_no_credentials_and_no_path_of_a_machine(
    remote: str, address: str | None
) -> None:
    assert public_address(remote) == address


def provenance(project: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((project / ".stage7-template.json").read_text("utf-8"))
    return document


def test_a_clone_cruft_and_a_local_folder_say_the_same(tmp_path: Path) -> None:
    place = Workplace(tmp_path)
    commit = place.git(place.template, "rev-parse", "HEAD")
    answers = ("--no-input", "--output-dir")
    place.run(tmp_path, "cookiecutter", ADDRESS, *answers, "from-clone")
    place.run(tmp_path, "cruft", "create", ADDRESS, *answers, "from-cruft")
    place.git(tmp_path, "clone", "--quiet", ADDRESS, "clone")
    place.run(tmp_path, "cookiecutter", "clone", *answers, "from-folder")
    place.run(tmp_path / "clone", "cookiecutter", ".", *answers, "../from-inside")

    projects = [
        tmp_path / made / "text-echo"
        for made in ("from-clone", "from-cruft", "from-folder", "from-inside")
    ]
    for project in projects:
        found = provenance(project)
        answered = found.pop("answers")
        assert found == {"template": ADDRESS, "version": __version__, "commit": commit}
        assert answered["plugin_slug"] == "text-echo"
        assert answered["ci"] == "github"
        assert not {"build_image", "git_init"} & set(answered)
        for name in ("Dockerfile", "README.md"):
            assert f"{ADDRESS}@{commit}" in (project / name).read_text("utf-8")
    assert len({(project / ".stage7-template.json").read_bytes() for project in projects}) == 1


def test_a_commit_is_named_only_where_it_is_what_was_rendered(tmp_path: Path) -> None:
    place = Workplace(tmp_path)
    settings = place.template / "cookiecutter.json"
    settings.write_text(settings.read_text("utf-8") + "\n", "utf-8")
    place.run(tmp_path, "cookiecutter", str(place.template), "--no-input")
    assert provenance(tmp_path / "text-echo")["commit"] is None


def test_a_zip_file_names_its_commit(tmp_path: Path) -> None:
    """Git writes it into an archive; the address of a file on this machine is none."""
    place = Workplace(tmp_path)
    commit = place.git(place.template, "rev-parse", "HEAD")
    archive = str(tmp_path / "template.zip")
    place.git(place.template, "archive", "--prefix=template/", f"--output={archive}", "HEAD")
    place.run(tmp_path, "cookiecutter", archive, "--no-input")
    found = provenance(tmp_path / "text-echo")
    assert (found["template"], found["version"]) == ("stage7-plugin", __version__)
    assert found["commit"] == commit


@pytest.mark.parametrize(
    ("archive", "address"),
    [
        (
            "https://t:secret@github.com/org/template/archive/main.zip",
            "https://github.com/org/template",
        ),
        (
            "https://gitlab.com/a/b/template/-/archive/v1/template-v1.zip",
            "https://gitlab.com/a/b/template",
        ),
        ("https://example.com/files/template.zip", "https://example.com/files/template"),
        ("/home/ada/template.zip", "stage7-plugin"),
    ],
)
def test_an_archive_has_the_address_of_its_repository(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, archive: str, address: str
) -> None:
    monkeypatch.setattr(provenance_module, "_FOLDER", tmp_path)
    monkeypatch.setattr(provenance_module, "template_folder", lambda: tmp_path)
    assert provenance_module.provenance({}, {"_template": archive})["template"] == address


@pytest.mark.parametrize(
    ("noted", "address", "commit"),
    [
        (
            {
                "url": "https://ada:secret@example.com/org/template.git",
                "vcs_info": {"vcs": "git", "commit_id": "a" * 40},
            },
            "https://example.com/org/template.git",
            "a" * 40,
        ),
        (
            {"url": "https://github.com/org/template/archive/v1.zip", "archive_info": {}},
            "https://github.com/org/template",
            None,
        ),
        ({"url": "file:///nowhere/template", "dir_info": {}}, "stage7-plugin", None),
        (None, "stage7-plugin", None),
    ],
)
def test_a_package_says_where_it_was_installed_from(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, noted: Any, address: str, commit: str | None
) -> None:
    metadata = tmp_path / "stage7_plugin-9.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: stage7-plugin\nVersion: 9\n")
    if noted:
        (metadata / "direct_url.json").write_text(json.dumps(noted))
    monkeypatch.setattr(provenance_module, "_FOLDER", tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    provenance_module._installed_from.cache_clear()
    found = provenance_module.provenance({}, {"_template": "/site-packages/template"})
    provenance_module._installed_from.cache_clear()
    assert (found["template"], found["commit"]) == (address, commit)


def test_a_clone_of_a_local_clone_has_the_public_address(tmp_path: Path) -> None:
    place = Workplace(tmp_path)
    place.git(tmp_path, "clone", "--quiet", ADDRESS, "first")
    place.git(tmp_path, "clone", "--quiet", "first", "second")
    place.run(tmp_path, "cruft", "create", str(tmp_path / "second"), "--no-input")
    found = provenance(tmp_path / "text-echo")
    assert found["template"] == ADDRESS
    assert found["commit"] == place.git(place.template, "rev-parse", "HEAD")


def test_a_template_inside_another_repository_does_not_take_its_commit(tmp_path: Path) -> None:
    place = Workplace(tmp_path)
    shutil.rmtree(place.template / ".git")
    place.git(tmp_path, "init", "--quiet")
    place.git(tmp_path, "commit", "--quiet", "--allow-empty", "-m", "A later commit")
    place.run(tmp_path, "cookiecutter", str(place.template), "--no-input")
    assert provenance(tmp_path / "text-echo")["commit"] is None


def test_no_path_of_this_machine_is_in_any_file(tmp_path: Path) -> None:
    result = generate(tmp_path, git_init="no")
    assert result.status == 0, result.output
    for path in (tmp_path / "out").rglob("*"):
        if path.is_file():
            text = path.read_text("utf-8")
            assert str(tmp_path) not in text, path
            assert str(TEMPLATE) not in text, path
