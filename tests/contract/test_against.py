"""`stage7-plugin check --against`: where the older manifest comes from, and what is said."""

from __future__ import annotations

import http.server
import json
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from stage7_plugin.cli import main
from stage7_plugin.contract import against as module
from stage7_plugin.host.engine import EngineError
from stage7_plugin.spec.openapi import openapi
from tests.support.git_template import Workplace
from tests.support.template import TEMPLATE

RENDERED = TEMPLATE / "examples" / "rendered" / "text-echo"


def check(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["check", *arguments])
    return done.exit_code, done.output


def change(folder: Path, **changes: Any) -> None:
    path = folder / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), **changes}), "utf-8")


@pytest.fixture
def plugin(tmp_path: Path) -> Path:
    """A plugin with a tag v1.0.0, and a breaking change since."""
    place = Workplace(tmp_path, with_template=False)
    folder = tmp_path / "text-echo"
    folder.mkdir()
    shutil.copy(RENDERED / "manifest.json", folder)
    place.git(folder, "init", "--quiet")
    place.commit(folder, "Start")
    place.git(folder, "tag", "v1.0.0")
    change(folder, verb="OTHER", version="1.1.0")
    return folder


@pytest.mark.parametrize("name", ["v1.0.0", "1.0.0", "HEAD", str(RENDERED)])
def test_a_step_that_is_too_small(plugin: Path, name: str) -> None:
    status, output = check(str(plugin), "--against", name)
    assert status == 1
    assert output.splitlines() == [
        f"text-echo 1.1.0, against 1.0.0 ({name})",
        "  major  verb: TEXT_ECHO became OTHER",
        "  1.1.0 is too small a step: major changes need 2.0.0 or higher",
    ]


def test_a_step_that_is_large_enough(plugin: Path) -> None:
    change(plugin, version="2.0.0")
    status, output = check(str(plugin), "--against", "v1.0.0")
    assert status == 0
    assert "2.0.0 is a large enough step: major changes need 2.0.0" in output
    status, output = check(str(plugin), "--against", str(plugin / "manifest.json"))
    assert (status, "nothing has changed for callers" in output) == (0, True)


def test_a_tag_of_one_plugin_among_many(plugin: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    place = Workplace(tmp_path / "other", with_template=False)
    fleet = tmp_path / "fleet"
    shutil.copytree(plugin, fleet / "text-echo", ignore=shutil.ignore_patterns(".git"))
    place.git(fleet, "init", "--quiet")
    change(fleet / "text-echo", verb="FIRST")
    place.commit(fleet, "Start")
    place.git(fleet, "tag", "text-echo/v1.0.0")
    change(fleet / "text-echo", verb="SECOND")
    status, output = check(str(fleet), "--against", "v1.0.0")
    assert (status, "FIRST became SECOND" in output) == (1, True)


def test_the_report_for_programs(plugin: Path, tmp_path: Path) -> None:
    status, output = check(str(plugin), "--against", "v1.0.0", "--json", "-")
    (report,) = json.loads(output)["plugins"]
    assert status == 1
    assert (report["enough"], report["step"], report["lowest_version"]) == (False, "major", "2.0.0")
    assert report["changes"][0]["place"] == "verb"
    assert check(str(plugin), "--against", "v1.0.0", "--json", str(tmp_path / "no" / "x"))[0] == 2


@pytest.fixture
def served() -> Iterator[dict[str, bytes]]:
    """Answers by path; the address is under `url`."""
    pages: dict[str, bytes] = {}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path in pages else 404)
            self.end_headers()
            self.wfile.write(pages.get(self.path, b""))

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    pages["url"] = f"127.0.0.1:{server.server_address[1]}".encode()
    yield pages
    server.shutdown()
    server.server_close()


def test_a_running_plugin(plugin: Path, served: dict[str, bytes]) -> None:
    url = served["url"].decode()
    manifest = json.loads((RENDERED / "manifest.json").read_text("utf-8"))
    served["/openapi.json"] = json.dumps(openapi(manifest)).encode()
    served["/m.json"] = json.dumps(manifest).encode()
    for place in (url, f"http://{url}/", f"http://{url}/m.json"):
        status, output = check(str(plugin), "--against", place)
        assert (status, "TEXT_ECHO became OTHER" in output) == (1, True), output
    served["/openapi.json"] = b"<html>"
    assert "is not JSON" in check(str(plugin), "--against", url)[1]
    del served["/openapi.json"]
    assert "plugins of older templates do not serve it" in check(str(plugin), "--against", url)[1]


def test_a_plugin_against_itself_through_its_document(
    plugin: Path, served: dict[str, bytes]
) -> None:
    """The document has everything that is compared."""
    manifest = json.loads((plugin / "manifest.json").read_text("utf-8"))
    manifest["configuration"] = [
        {"key": "A", "required": True, "type": "secret", "description": "a", "value": "hunter2"}
    ]
    change(plugin, configuration=manifest["configuration"])
    served["/openapi.json"] = json.dumps(openapi(manifest)).encode()
    assert b"hunter2" not in served["/openapi.json"]
    status, output = check(str(plugin), "--against", served["url"].decode())
    assert (status, "nothing has changed for callers" in output) == (0, True), output


def test_an_image(plugin: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    manifest = json.loads((RENDERED / "manifest.json").read_text("utf-8"))
    monkeypatch.setattr(module, "connect", lambda: None)
    monkeypatch.setattr(module, "manifest_in_image", lambda _client, _image: manifest)
    assert check(str(plugin), "--against", "stage7/text-echo:1.0.0")[0] == 1
    monkeypatch.setattr(module, "manifest_in_image", lambda _client, _image: None)
    assert "has no manifest.json" in check(str(plugin), "--against", "stage7/x:1.0.0")[1]

    def no_engine() -> None:
        raise EngineError("there is no engine")

    monkeypatch.setattr(module, "connect", no_engine)
    status, output = check(str(plugin), "--against", "v9.9.9")
    assert status == 2
    assert (
        f"'v9.9.9' is not a folder, not a commit in {plugin} and not an image: there is no engine"
        in output
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[]", "must hold a JSON object"),
        ("{", "is not JSON"),
        ('{"version": "1"}', "cannot be compared"),
        ('{"inputDefinitions": [1]}', "cannot be compared"),
    ],
)
def test_a_manifest_that_cannot_be_compared(plugin: Path, content: str, said: str) -> None:
    (plugin / "old.json").write_text(content, "utf-8")
    status, output = check(str(plugin), "--against", str(plugin / "old.json"))
    assert (status, said in output) == (2, True), output
