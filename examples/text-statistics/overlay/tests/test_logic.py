"""What Text Statistics counts."""

from typing import Any

import pytest

from plugin_logic import count_sentences, execute_plugin


def examine(text: str, **inputs: Any) -> dict[str, Any]:
    result = execute_plugin({"text": text, "top": 10, "ignore": [], **inputs}, {})
    assert result["success"] is True
    outputs: dict[str, Any] = result["outputs"]
    return outputs


def test_words_and_sentences() -> None:
    outputs = examine("It works. Does it? It does!")
    assert (outputs["words"], outputs["sentences"]) == (6, 3)
    assert outputs["most_frequent"] == [
        {"word": "it", "count": 3},
        {"word": "does", "count": 2},
        {"word": "works", "count": 1},
    ]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("", 0),
        ("...", 0),
        ("no end", 1),
        ("Version 1.2.3 of server.py costs 3.50.", 1),
        ("Really?! Yes…", 2),
        ('He said "No." Then he left.', 2),
    ],
)
def test_sentence_ends(text: str, sentences: int) -> None:
    assert count_sentences(text) == sentences


def test_words_of_any_script() -> None:
    outputs = examine("Straße STRASSE don't e-mail naïve привет")
    assert outputs["words"] == 6
    assert outputs["most_frequent"][0] == {"word": "strasse", "count": 2}


def test_top_and_ignore() -> None:
    outputs = examine("a a b b c", top=1, ignore=["A"])
    assert outputs["most_frequent"] == [{"word": "b", "count": 2}]
    assert outputs["words"] == 5
    assert examine("a", top=0)["most_frequent"] == []


@pytest.mark.parametrize("top", [-1, 1.5])
def test_a_wrong_top_is_refused(top: float) -> None:
    result = execute_plugin({"text": "a", "top": top, "ignore": []}, {})
    assert result["success"] is False
    assert str(top) in result["error"]
