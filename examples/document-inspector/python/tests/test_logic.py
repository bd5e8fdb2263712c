"""What Document Inspector finds."""

import base64
from typing import Any

import pytest
from conftest import lacking
from plugin_call import run

import language_model

TEXTS = {
    "de": "Alle Menschen sind frei und gleich an Würde und Rechten geboren.",
    "en": "All human beings are born free and equal in dignity and rights.",
    "es": "Todos los seres humanos nacen libres e iguales en dignidad y derechos.",
    "fr": "Tous les êtres humains naissent libres et égaux en dignité et en droits.",
}
DOCUMENTS = {
    "application/pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
    "image/png": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01",
    "text/plain": b"2 + 2 = 4",
}


@pytest.fixture(scope="module")
def model() -> language_model.Model:
    model = language_model.Model()
    model.load()
    return model


def inspect(content: str) -> dict[str, Any]:
    """Inspect a document; the machine needs libmagic for it, which the image has."""
    if reason := lacking("setup"):
        pytest.skip(reason)
    return run({"content": content})


@pytest.mark.parametrize("language", TEXTS)
def test_languages(model: language_model.Model, language: str) -> None:
    guess = model.guess(TEXTS[language])
    assert guess is not None
    assert guess[0] == language
    assert 0.5 < guess[1] <= 1


def test_too_short_a_text_has_no_language(model: language_model.Model) -> None:
    assert model.guess("und the") is None


@pytest.mark.parametrize("mime_type", DOCUMENTS)
def test_types(mime_type: str) -> None:
    answer = inspect(base64.b64encode(DOCUMENTS[mime_type]).decode("ascii"))
    assert answer == {"success": True, "outputs": {"mime_type": mime_type}}


def test_the_example(example: dict[str, Any]) -> None:
    outputs = inspect(example["content"])["outputs"]
    assert outputs["mime_type"] == "text/plain"
    assert outputs["language"] == "en"


def test_what_is_not_base64() -> None:
    assert "content is not base64" in inspect("not base64")["error"]
