"""What `add`, `remove` and `rename` refuse: each says why, and what to write."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.editing import made, run, state


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("add", "input", "limit:numbr"), "did you mean number?"),
        (("add", "input", "text:any"), "there is already an input or output called text"),
        (("add", "output", "text:any"), "there is already an input or output called text"),
        (("add", "output", "error:any"), "an output must not be called"),
        (("add", "permission", "net.ftch"), "did you mean net.fetch?"),
        (("add", "setting", "api-url=1"), "example: API_URL=1\n"),
        (("add", "setting", "9=1"), "must be NAME=value"),
        (("add", "setting", "DB_PIN:secret"), '{"key": "DB_PIN", "type": "secret"'),
        (("add", "setting", "db_pin:string!secret"), '{"key": "DB_PIN", "type": "secret"'),
        (("add", "setting", "api_token=x"), '{"key": "API_TOKEN", "type": "secret"'),
        (("add", "setting", "API_URL"), "example: API_URL=value\n"),
        (("add", "setting", "API_URL: https://a"), "example: API_URL=https://a\n"),
        (("add", "setting", "export API_URL = x y"), "example: API_URL=x y\n"),
        (("add", "setting", "LIMIT:number(1..9)=5"), "example: LIMIT=5\n"),
        (
            ("add", "setting", "WEATHER_API_TOKEN=abc"),
            '{"key": "WEATHER_API_TOKEN", "type": "secret"',
        ),
        (("add", "setting", "API_KEY"), "write the value into .env"),
        (("add", "setting", "PLUGIN_ENV=test"), "is 'production' already"),
        (("add", "input"), "Missing argument 'TEXT'"),
        (("remove", "input", "text"), "a plugin needs at least one input"),
        (("remove", "input", "nothing"), "there is no input nothing; there is text"),
        (("remove", "input", "text:string"), "there is text. Write input text\n"),
        (("remove", "input", "Texts"), "there is text. Write input text\n"),
        (("remove", "input", "result"), "result is an output: write output result\n"),
        (("remove", "setting", "PLUGIN_ENV=x"), "there is PLUGIN_ENV. Write setting PLUGIN_ENV\n"),
        (("remove", "permission", "1"), "there is no permission fs.read; there is none\n"),
        (("rename", "output", "text", "a"), "text is an input: write input text\n"),
        (("rename", "input", "text", "all words:string"), "example: all_words\n"),
        (("remove", "permission", "fs.read"), "there is no permission fs.read; there is none"),
        (("remove", "setting", "NOTHING"), "there is no setting NOTHING; there is PLUGIN_ENV"),
        (("rename", "input", "nothing", "a"), "there is no input nothing"),
        (("rename", "input", "text", "class"), "must not be a Python keyword"),
        (
            ("rename", "input", "text", "result"),
            "there is already an input or output called result",
        ),
        (("rename", "output", "result", "status"), "an output must not be called"),
    ],
)
def test_what_cannot_be_done_says_why_and_changes_nothing(
    tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    project = made(tmp_path, "text:string")
    before = state(project)
    status, told = run(project, *arguments)
    assert status == 2, told
    assert said in told
    assert state(project) == before


def test_a_setting_of_the_configuration_is_named_as_one(tmp_path: Path) -> None:
    project = made(tmp_path, "text:string")
    path = project / "manifest.json"
    token = {"key": "DB_PIN", "type": "secret", "required": True, "description": "Of the database"}
    manifest = {**json.loads(path.read_text("utf-8")), "configuration": [token]}
    path.write_text(json.dumps(manifest, indent=2) + "\n", "utf-8")
    told = run(project, "remove", "setting", "DB_PIN")[1]
    assert "DB_PIN is in `configuration` of manifest.json: remove it there\n" in told
