"""The six files of a container plugin made by hand, as `container.read` takes them over."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from stage7_plugin.cli import main
from stage7_plugin.wrap import container
from stage7_plugin.wrap.model import CannotWrap, digest_of
from tests.support.hand_made import (
    MANIFEST,
    PLAIN,
    has_note,
    notes,
    plugin,
    read,
    refusal,
    run,
    with_manifest,
)

SIX_FILES = Path(__file__).parent / "sources" / "six_files"


def before(folder: Path) -> Mapping[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_plugin_without_faults_is_taken_over_as_it_is(tmp_path: Path) -> None:
    found = read(tmp_path)
    assert found.files == {"plugin_logic.py": PLAIN.encode()}
    assert found.manifest is None
    assert notes(found, kind="changed") == []
    assert notes(found, kind="dropped") == [": the template's server replaces it"]
    assert found.sources["plugin_logic.py"] == digest_of(PLAIN.encode())
    assert {"Dockerfile", "manifest.json", "server.py"} <= found.sources.keys()


def test_the_documented_plugin(tmp_path: Path) -> None:
    whole = before(SIX_FILES)
    found = container.read(str(SIX_FILES))
    assert before(SIX_FILES) == whole
    assert found.files["original_logic.py"] == (SIX_FILES / "plugin_logic.py").read_bytes()
    assert found.files["kept/server.py.txt"] == (SIX_FILES / "server.py").read_bytes()
    assert found.files["kept/README.md"] == (SIX_FILES / "README.md").read_bytes()
    assert found.files["system-packages.txt"].decode().splitlines()[-1] == "curl"
    assert "requirements.in" not in found.files
    assert json.loads(found.answers["inputs"])[0]["example"] == "World"
    assert [one["name"] for one in json.loads(found.answers["outputs"])] == ["result", "length"]
    assert found.manifest is not None
    assert found.manifest["container"]["environment"] == {
        "PLUGIN_ENV": "production",
        "GREETING": "Good day",
    }
    assert "s3cret" not in str(found)
    (refused,) = [text for text in notes(found, "manifest.json") if "would refuse these" in text]
    for problem in ("version is '1.0'", "entryPoint lacks files", "metadata.category is"):
        assert problem in refused


@pytest.mark.parametrize(
    ("keys", "answer", "words"),
    [
        ({"verb": "echo it"}, ("verb", "ECHO_IT"), "verb is 'echo it'"),
        ({"verb": "THINK"}, ("verb", "THINK_PLUGIN"), "THINK never reaches a plugin"),
        ({"id": "EchoIt"}, ("plugin_slug", "echo-it"), "id is 'EchoIt'"),
        ({"version": "v2"}, ("version", "2.0.0"), "version is 'v2'"),
        ({"license": "GPL-3.0"}, ("license", "Proprietary"), "no text for the license GPL-3.0"),
        ({"language": "python"}, ("verb", "ECHO_IT"), "language is 'python'"),
        ({"author": {"name": "Ada"}}, ("author", "Ada"), "author is"),
        ({"api": {**MANIFEST["api"], "timeout": 1500}}, ("timeout_seconds", "2"), "api.timeout"),
        ({"api": {**MANIFEST["api"], "method": "GET"}}, ("verb", "ECHO_IT"), "api.method is 'GET'"),
        ({"security": {}}, ("permissions", ""), "no security.permissions"),
    ],
)
def test_an_answer_is_corrected_with_a_note(
    tmp_path: Path, keys: dict[str, Any], answer: tuple[str, str], words: str
) -> None:
    found = with_manifest(tmp_path, **keys)
    assert found.answers[answer[0]] == answer[1]
    assert has_note(found, "manifest.json", "changed", words)


@pytest.mark.parametrize(
    ("container_keys", "answer", "words"),
    [
        ({"resources": {"memory": "512Mi", "cpu": 2}}, ("memory", "512m"), "memory is '512Mi'"),
        ({"resources": {"memory": 1 << 29, "cpu": "250m"}}, ("cpu", "0.25"), "cpu is '250m'"),
        ({"resources": {"memory": "lots", "cpu": "1"}}, ("cpu", "1"), "memory is 'lots'"),
        ({"image": "ghcr.io/org/x"}, ("image_namespace", "ghcr.io/org"), "container.image is"),
        ({"ports": [{"container": 5000}, 9090]}, ("cpu", "0.5"), "the port is 5000"),
        ({"healthCheck": {"path": "/healthz"}}, ("cpu", "0.5"), "healthCheck.path is '/healthz'"),
    ],
)
def test_the_container_is_corrected_with_a_note(
    tmp_path: Path, container_keys: dict[str, Any], answer: tuple[str, str], words: str
) -> None:
    found = with_manifest(tmp_path, container={**MANIFEST["container"], **container_keys})
    assert found.answers[answer[0]] == answer[1]
    assert has_note(found, "manifest.json", "changed", words)


def test_names_that_are_refused_get_others_and_the_code_keeps_its_own(tmp_path: Path) -> None:
    manifest = {
        **MANIFEST,
        "inputDefinitions": [
            {"name": "max-words", "type": "integer", "required": False, "default": 3, "ui": "x"},
            {"name": "text", "type": "str", "required": "true"},
        ],
        "outputDefinitions": [
            {"name": "text", "type": "string", "required": True},
            {"name": "status", "type": "string", "required": True},
        ],
    }
    logic = """\
def execute_plugin(inputs, context):
    text = inputs["text"]
    return {"success": True, "outputs": {"text": text * inputs["max-words"], "status": "done"}}
"""
    files = {"manifest.json": json.dumps(manifest, indent=2), "plugin_logic.py": logic}
    found = read(tmp_path, **files)
    inputs, outputs = (json.loads(found.answers[key]) for key in ("inputs", "outputs"))
    assert inputs == [
        {
            "name": "max_words",
            "type": "number",
            "required": False,
            "defaultValue": 3,
            "aliases": ["max-words"],
        },
        {"name": "text", "type": "string", "required": True},
    ]
    assert [one["name"] for one in outputs] == ["text_output", "status_text"]
    assert has_note(found, "manifest.json", "dropped", "ui of max-words")
    answer = run(found, {"max_words": 2, "text": "ab"})
    assert answer["outputs"] == {"text_output": "abab", "status_text": "done"}


def test_a_setting_that_looks_like_a_secret_loses_its_value(tmp_path: Path) -> None:
    keys = {"container": {**MANIFEST["container"], "environment": {"API_TOKEN": "abc", "N": 5}}}
    found = with_manifest(tmp_path, **keys)
    assert found.manifest is not None
    assert found.manifest["container"]["environment"] == {"N": "5"}
    assert found.manifest["configuration"][0]["key"] == "API_TOKEN"
    assert found.manifest["configuration"][0]["required"] is True
    assert "abc" not in str(found.notes)


ROUTES = {
    "flask": '@app.route("/health")\ndef h(): pass\n@app.post("/batch")\ndef b(): pass\n',
    "blueprint": 'bp = Blueprint("x", __name__, url_prefix="/v1")\n'
    '@bp.route("/batch", methods=["POST"])\ndef b(): pass\n',
    "fastapi": 'router = APIRouter()\n@router.get(path="/batch")\nasync def b(): pass\n',
    "starlette": 'app = Starlette(routes=[Route("/health", h), Route("/batch", b)])\n',
    "rules": 'app.add_url_rule("/batch", view_func=b)\n',
    "http.server": 'class H:\n    def do_GET(self):\n        if self.path == "/batch":\n'
    "            pass\n",
}


@pytest.mark.parametrize("server", ROUTES.values(), ids=ROUTES)
def test_a_server_with_routes_of_its_own_is_kept_aside(tmp_path: Path, server: str) -> None:
    found = read(tmp_path, **{"server.py": server})
    assert found.files["kept/server.py.txt"] == server.encode()
    assert has_note(found, "server.py", "kept aside", "/batch")


def test_a_server_with_the_documented_routes_is_dropped(tmp_path: Path) -> None:
    server = '@app.route("/health")\ndef h(): pass\n@app.route("/execute", methods=["POST"])\n'
    found = read(tmp_path, **{"server.py": server + "def e(): pass\n"})
    assert list(found.files) == ["plugin_logic.py"]
    assert has_note(found, "server.py", "dropped", "replaces it")


def test_what_is_not_there(tmp_path: Path) -> None:
    assert refusal(tmp_path / "a", **{"manifest.json": None}).path == "manifest.json"
    refused = refusal(tmp_path / "b", **{"plugin_logic.py": None})
    assert "def execute_plugin(inputs, context):" in str(refused)
    found = read(tmp_path / "c", **{"Dockerfile": None, "server.py": None, "data/words.txt": "a"})
    assert found.files["data/words.txt"] == b"a"
    assert has_note(found, "Dockerfile", "dropped", "there is none")


@pytest.mark.parametrize(
    ("file", "content", "line", "words"),
    [
        ("manifest.json", '{\n  "id": "a",\n  "verb": B\n}', 3, "not JSON: Expecting value"),
        ("manifest.json", "[]", 1, "it is []"),
        ("manifest.json", "{}\n\xe9".encode("latin-1"), 2, "not UTF-8"),
        ("plugin_logic.py", "def execute_plugin(:\n", 1, "not valid Python"),
        ("plugin_logic.py", b"\x7fELF\x00\x00", None, "not valid Python"),
        ("plugin_logic.py", "VALUE = 1\n", None, "no function execute_plugin"),
        ("plugin_logic.py", "x = 1\ndef execute_plugin(a, b, c, d):\n    pass\n", 2, "takes"),
        ("requirements.txt", "requests\n-r missing.txt\n", 2, "missing.txt"),
        ("requirements.txt", b"\xff\xfer\x00", 1, "not UTF-8"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_line(
    tmp_path: Path, file: str, content: str | bytes, line: int | None, words: str
) -> None:
    refused = refusal(tmp_path, **{file: content})
    assert (refused.path, refused.line) == (file, line)
    assert words in refused.found
    assert refused.expected


def test_links_that_lead_outside_are_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_text("private")
    folder = plugin(tmp_path / "plugin", **{"real.txt": "real"})
    (folder / "away.txt").symlink_to(outside)
    (folder / "gone.txt").symlink_to("nothing.txt")
    (folder / "near.txt").symlink_to("real.txt")
    (folder / "up").symlink_to(tmp_path)
    found = container.read(str(folder))
    assert found.files["near.txt"] == b"real"
    assert b"private" not in b"".join(found.files.values())
    for name in ("away.txt", "gone.txt", "up"):
        assert has_note(found, name, "dropped", "link"), name
    (folder / "plugin_logic.py").unlink()
    (folder / "plugin_logic.py").symlink_to(outside)
    with pytest.raises(CannotWrap, match="outside the folder"):
        container.read(str(folder))


def test_binary_files_are_copied_byte_for_byte(tmp_path: Path) -> None:
    blob = bytes(range(256)) * 3
    found = read(tmp_path, **{"model/weights.bin": blob, "broken.py": blob})
    assert found.files["model/weights.bin"] == blob
    assert found.files["broken.py"] == blob
    assert has_note(found, "broken.py", "taken", "not valid Python")


def test_a_folder_that_is_too_large_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stage7_plugin.wrap.old_files.MOST_BYTES", 100)
    assert ".dockerignore" in str(refusal(tmp_path, **{"data.bin": b"x" * 101}))


def test_a_plugin_of_this_template_is_refused(tmp_path: Path) -> None:
    refused = refusal(tmp_path, **{".stage7-template.json": "{}"})
    assert (refused.path, refused.example) == (".stage7-template.json", "make update")


@pytest.mark.parametrize("name", ["Dockerfile", "manifest.json", "plugin_logic.py"])
def test_it_recognises_a_container_plugin(tmp_path: Path, name: str) -> None:
    content = json.dumps({"container": {}}) if name == "manifest.json" else ""
    (tmp_path / name).write_text(content)
    assert container.recognises(str(tmp_path))


def test_it_recognises_nothing_else(tmp_path: Path) -> None:
    assert not container.recognises(str(tmp_path))
    assert not container.recognises(str(tmp_path / "missing"))
    (tmp_path / "manifest.json").write_text('{"language": "python"}')
    assert not container.recognises(os.fspath(tmp_path))


def test_the_guide_shows_what_is_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    guide = Path(__file__).parents[2] / "docs" / "guides" / "wrapping.md"
    shown = guide.read_text("utf-8").partition("$ stage7-plugin wrap old/greeter --check\n")
    shutil.copytree(SIX_FILES.parent / "greeter", tmp_path / "old" / "greeter")
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["wrap", "old/greeter", "--check"])
    assert result.output == shown[2].partition("```")[0]
