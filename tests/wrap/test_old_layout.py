"""A plugin made by hand whose server or logic is not at the top of its folder."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from stage7_plugin.wrap.model import Wrapping
from tests.support.hand_made import MANIFEST, PLAIN, has_note, notes, read, refusal

FLASK = """\
from flask import Flask, jsonify, request
from {module} import execute_plugin

app = Flask(__name__)

@app.post("/execute")
def execute():
    body = request.get_json()
    return jsonify(execute_plugin(body["inputs"], body["context"]))

@app.get("/info")
def info():
    return "x"
"""
HELPER = "LOUD = str.upper\n"
USES_HELPER = """\
from {helper} import LOUD

def execute_plugin(inputs, context):
    return {{"success": True, "outputs": {{"result": LOUD(inputs["text"])}}}}
"""
TOP = {"server.py": None, "plugin_logic.py": None}


def image(*instructions: str) -> str:
    return "\n".join(["FROM python:3.11-slim", "WORKDIR /app", *instructions, ""])


def answer_of(found: Wrapping, folder: Path, text: str) -> Any:
    """Execute what was made, from files, because packages are imported."""
    for path, content in found.files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    known = dict(sys.modules)
    with (
        mock.patch.object(sys, "path", [str(folder), *sys.path]),
        mock.patch.dict(sys.modules, known, clear=True),
    ):
        importlib.invalidate_caches()
        logic = importlib.import_module("plugin_logic")
        answer: Any = logic.execute_plugin({"text": text}, {"args": {}, "host_inputs": {}})
    assert answer["success"] is True
    return answer["outputs"]["result"]


LAYOUTS: dict[str, tuple[dict[str, str], str, set[str]]] = {
    "src, started as a file": (
        {
            "Dockerfile": image("COPY src/ src/", 'CMD ["python", "src/server.py"]'),
            "src/server.py": FLASK.format(module="plugin_logic"),
            "src/plugin_logic.py": USES_HELPER.format(helper="helper"),
            "src/helper.py": HELPER,
        },
        "src/server.py",
        {"plugin_logic.py", "helper.py"},
    ),
    "src, copied to the top": (
        {
            "Dockerfile": image("COPY src/ .", "CMD python server.py"),
            "src/__init__.py": "",
            "src/server.py": FLASK.format(module="plugin_logic"),
            "src/plugin_logic.py": USES_HELPER.format(helper="helper"),
            "src/helper.py": HELPER,
        },
        "src/server.py",
        {"plugin_logic.py", "helper.py", "__init__.py"},
    ),
    "a package, under uvicorn": (
        {
            "Dockerfile": image("COPY app app", 'CMD ["uvicorn", "app.main:app", "--port", "80"]'),
            "app/__init__.py": "",
            "app/main.py": FLASK.format(module="app.plugin_logic"),
            "app/plugin_logic.py": USES_HELPER.format(helper="app.tools.helper"),
            "app/tools/helper.py": HELPER,
        },
        "app/main.py",
        {"plugin_logic.py", "app/__init__.py", "app/plugin_logic.py", "app/tools/helper.py"},
    ),
    "a package with relative imports, under python -m": (
        {
            "Dockerfile": image("COPY . .", 'CMD ["python", "-m", "greeter.http.web"]'),
            "greeter/__init__.py": "",
            "greeter/http/web.py": FLASK.format(module="..core"),
            "greeter/core.py": USES_HELPER.format(helper=".helper"),
            "greeter/helper.py": HELPER,
        },
        "greeter/http/web.py",
        {"plugin_logic.py", "greeter/__init__.py", "greeter/core.py", "greeter/helper.py"},
    ),
    "another folder of gunicorn's": (
        {
            "Dockerfile": image("COPY . .", "CMD gunicorn --chdir backend -w 4 wsgi:app"),
            "backend/wsgi.py": FLASK.format(module="handler"),
            "backend/handler.py": USES_HELPER.format(helper="helper"),
            "backend/helper.py": HELPER,
        },
        "backend/wsgi.py",
        {"plugin_logic.py", "handler.py", "helper.py"},
    ),
    "a script that starts it": (
        {
            "Dockerfile": image("COPY . .", 'ENTRYPOINT ["./bin/start.sh"]'),
            "bin/start.sh": "#!/bin/sh\nexec python service/web.py\n",
            "service/web.py": FLASK.format(module="plugin_logic"),
            "service/plugin_logic.py": USES_HELPER.format(helper="helper"),
            "service/helper.py": HELPER,
        },
        "service/web.py",
        {"plugin_logic.py", "helper.py", "bin/start.sh"},
    ),
    "flask run": (
        {
            "Dockerfile": image("ENV FLASK_APP=web/app.py", "COPY . .", 'CMD ["flask", "run"]'),
            "web/app.py": FLASK.format(module="plugin_logic"),
            "web/plugin_logic.py": USES_HELPER.format(helper="helper"),
            "web/helper.py": HELPER,
        },
        "web/app.py",
        {"plugin_logic.py", "helper.py"},
    ),
    "a file that starts a server of its own": (
        {
            "Dockerfile": image("COPY . .", 'CMD ["python", "run.py"]'),
            "run.py": 'import uvicorn\nuvicorn.run("api.routes:app", port=8080)\n',
            "api/routes.py": FLASK.format(module="api.work"),
            "api/work.py": USES_HELPER.format(helper="api.helper"),
            "api/helper.py": HELPER,
        },
        "api/routes.py",
        {"plugin_logic.py", "api/work.py", "api/helper.py"},
    ),
    "no Dockerfile that says it": (
        {
            "Dockerfile": image("COPY . ."),
            "src/app.py": FLASK.format(module="plugin_logic"),
            "src/plugin_logic.py": USES_HELPER.format(helper="helper"),
            "src/helper.py": HELPER,
        },
        "src/app.py",
        {"plugin_logic.py", "helper.py"},
    ),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_server_and_logic_are_found_below(tmp_path: Path, layout: str) -> None:
    files, server, expected = LAYOUTS[layout]
    found = read(tmp_path / "old", **{**TOP, **files})
    kept = {path for path in found.files if path.startswith("kept/")}
    assert kept == {f"kept/{server}.txt"}
    assert found.files.keys() - kept == expected
    assert has_note(found, server, "kept aside", "/info")
    assert answer_of(found, tmp_path / "new", "hello") == "HELLO"


def test_the_server_that_is_started_counts(tmp_path: Path) -> None:
    files = {
        "Dockerfile": image("COPY . .", "CMD python src/server.py"),
        "server.py": FLASK.format(module="plugin_logic"),
        "src/server.py": FLASK.format(module="plugin_logic"),
    }
    found = read(tmp_path, **files)
    assert found.files.keys() == {"plugin_logic.py", "kept/src/server.py.txt"}
    assert has_note(found, "server.py", "dropped", "the image starts another file")


def test_the_manifest_names_the_server(tmp_path: Path) -> None:
    manifest = {**MANIFEST, "entryPoint": {"main": "serve_it.py", "files": {}}}
    files = {"manifest.json": json.dumps(manifest), "serve_it.py": FLASK.format(module="work")}
    found = read(tmp_path, **{**TOP, **files, "work.py": PLAIN})
    assert {"kept/serve_it.py.txt", "work.py", "plugin_logic.py"} == found.files.keys()
    assert "import work\n" in found.files["plugin_logic.py"].decode()


def test_the_setup_of_the_logic_is_still_called(tmp_path: Path) -> None:
    server = FLASK.format(module="app.plugin_logic").replace(
        "app = Flask", "import app.plugin_logic\napp.plugin_logic.setup()\napp = Flask"
    )
    files = {
        "Dockerfile": image("COPY . .", "CMD uvicorn app.main:app"),
        "app/main.py": server,
        "app/plugin_logic.py": PLAIN + "\n\ndef setup():\n    pass\n",
    }
    found = read(tmp_path, **{**TOP, **files})
    assert "setup: Any = app.plugin_logic.setup\n" in found.files["plugin_logic.py"].decode()


def test_logic_in_the_server_itself_is_refused_with_its_line(tmp_path: Path) -> None:
    server = "from flask import Flask\n" + PLAIN
    refused = refusal(tmp_path, **{**TOP, "server.py": server})
    assert (refused.path, refused.line) == ("server.py", 2)
    assert "execute_plugin is defined in the server itself" in str(refused)


def test_a_server_that_calls_several_modules_is_refused(tmp_path: Path) -> None:
    server = "import one\nimport two\n\none.work()\ntwo.tidy()\n"
    files = {"server.py": server, "one.py": "def work(): pass\n", "two.py": "def tidy(): pass\n"}
    refused = refusal(tmp_path, **{**TOP, **files})
    assert "server.py calls work of one.py, tidy of two.py" in str(refused)


def test_nothing_but_the_logic_is_looked_for_in_other_folders(tmp_path: Path) -> None:
    found = read(tmp_path, **{"docs/server.py": "print()\n"})
    assert notes(found, "docs/server.py", "taken") == [": byte for byte"]
