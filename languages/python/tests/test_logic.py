"""The plugin's own code. This file is yours: add what your plugin must do."""

from typing import Any

from plugin_call import run


def test_the_example(example: dict[str, Any]) -> None:
    answer = run(example)
    assert answer["success"], answer["error"]
