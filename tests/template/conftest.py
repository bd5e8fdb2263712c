"""How the tests of the template make a plugin: with pytest-cookies, hook included."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import pytest
from pytest_cookies.plugin import Cookies

from tests.support.template import ANSWERS


class Bake(Protocol):
    """Makes a plugin from the usual answers and these; returns its folder."""

    def __call__(self, **answers: str) -> Path: ...


@pytest.fixture
def bake(cookies: Cookies) -> Bake:
    def make(**answers: str) -> Path:
        result = cookies.bake(extra_context={**ANSWERS, **answers})
        assert result.exception is None, result.exception
        return Path(result.project_path)

    return make
