"""Values that follow from other answers."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stage7_plugin.host_facts import TAKEN_VERBS
from stage7_plugin.spec import derived
from stage7_plugin.spec.answers import check


@pytest.mark.parametrize(
    ("name", "slug", "verb"),
    [
        ("Text Echo", "text-echo", "TEXT_ECHO"),
        ("  Text -- Echo!  ", "text-echo", "TEXT_ECHO"),
        ("Größe", "groesse", "GROESSE"),
        (
            "Übersetzer für Öl und Äpfel",
            "uebersetzer-fuer-oel-und-aepfel",
            "UEBERSETZER_FUER_OEL_UND_AEPFEL",
        ),
        ("Pru\u0308fer", "pruefer", "PRUEFER"),
        ("Café Ñandú", "cafe-nandu", "CAFE_NANDU"),
        ("Grandma's Recipes", "grandmas-recipes", "GRANDMAS_RECIPES"),
        ("Grandma\u2019s 'best' cake", "grandmas-best-cake", "GRANDMAS_BEST_CAKE"),
        ("3D Print", "plugin-3d-print", "PLUGIN_3D_PRINT"),
        ("Aux", "aux-plugin", "AUX_PLUGIN"),
        ("Chat", "chat", "CHAT_PLUGIN"),
        ("If then", "if-then", "IF_THEN_PLUGIN"),
        ("🎉", "", ""),
        ("a" * 49 + " b", "a" * 49, "A" * 49),
    ],
)
def test_slug_and_verb(name: str, slug: str, verb: str) -> None:
    assert (derived.plugin_slug(name), derived.verb(name)) == (slug, verb)


@given(st.text(max_size=80) | st.sampled_from([*derived.DEVICE_NAMES, *TAKEN_VERBS]))
def test_what_is_derived_is_accepted_or_empty(name: str) -> None:
    slug, verb = derived.plugin_slug(name), derived.verb(name)
    assert bool(slug) == bool(verb)
    if slug:
        assert check({"plugin_slug": slug, "verb": verb}) == []


@pytest.mark.parametrize(
    ("inputs", "outputs", "description"),
    [
        ("text:string", "words:number", "Takes text (string) and returns words (number)"),
        (
            "a:string; b:array?; c:any=1",
            "d:object; e:any",
            "Takes a (string), b (array) and c (any) and returns d (object) and e (any)",
        ),
        ("not valid", None, "Takes inputs and returns outputs"),
        (
            "; ".join(f"input_number_{n}:string" for n in range(8)),
            "x:any",
            f"Takes {', '.join(f'input_number_{n}' for n in range(7))} and input_number_7 "
            "and returns x",
        ),
        (
            "; ".join(f"{'i' * 50}{n}:string" for n in range(9)),
            "x:any",
            f"Takes 9 inputs and returns 1 outputs, {'i' * 50}0 (string) first",
        ),
    ],
)
def test_a_description_names_inputs_and_outputs(
    inputs: str, outputs: object, description: str
) -> None:
    assert derived.description({"inputs": inputs, "outputs": outputs}) == description
    assert check({"description": description}) == []
    assert "." not in description


@pytest.mark.parametrize(
    ("memory", "megabytes"), [("256m", 256), ("1g", 1024), ("65536k", 64), ("33000k", 32)]
)
def test_memory(memory: str, megabytes: int) -> None:
    assert derived.memory_megabytes(memory) == megabytes


def test_permissions_are_listed_once_in_their_order() -> None:
    assert derived.permission_list(" net.fetch,fs.read ,, net.fetch") == ["net.fetch", "fs.read"]
    assert derived.permission_list("") == []


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("", ""),
        ("4", "net.fetch"),
        ("1, net.fetch,4", "fs.read, net.fetch"),
        ("0, 15, x", "0, 15, x"),
        ("14,\u0661", "system.eval, \u0661"),
    ],
)
def test_permissions_by_number(typed: str, names: str) -> None:
    assert derived.permissions_by_name(typed) == names


def configure_git(monkeypatch: pytest.MonkeyPatch, home: Path, name: str | None) -> None:
    monkeypatch.chdir(home)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(home / "gitconfig"))
    if name is not None:
        (home / "gitconfig").write_text(f"[user]\n\tname = {name}\n", encoding="utf-8")


def test_author_is_the_user_of_git(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    configure_git(monkeypatch, tmp_path, "Zoë Ω")
    assert derived.default_author() == "Zoë Ω"


def test_author_without_a_name_in_git(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    configure_git(monkeypatch, tmp_path, None)
    monkeypatch.setenv("LOGNAME", "ada")
    assert derived.default_author() == "ada"


@pytest.mark.skipif(os.name == "nt", reason="makes a command with a mode and a shebang")
def test_author_without_git(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("LOGNAME", "ada")
    assert derived.default_author() == "ada"


@pytest.mark.skipif(os.name == "nt", reason="makes a command with a mode and a shebang")
def test_author_with_a_broken_git(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    git = tmp_path / "git"
    git.write_text("#!/bin/sh\nexit 3\n")
    git.chmod(git.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("LOGNAME", "ada")
    assert derived.default_author() == "ada"
