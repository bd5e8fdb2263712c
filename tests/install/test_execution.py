"""What an installation says of an execution that failed in the host."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from stage7_plugin.install.execution import execute_example
from stage7_plugin.install.host_api import HostApi
from stage7_plugin.install.refused import Refused


class Refusing(HostApi):
    """A host in which every execution fails."""

    def execute(self, verb: str, inputs: Mapping[str, Any]) -> tuple[int, Any]:
        return 500, []


HOST = Refusing("http://localhost:5060", "token")


def test_settings_that_the_host_needs_are_named_where_an_execution_fails() -> None:
    settings = [
        {"key": "API_TOKEN", "type": "secret", "required": True},
        {"key": "SHOWN", "type": "string", "required": True},
        {"key": "GIVEN", "type": "string", "required": True, "value": "x"},
        {"key": "LEVEL", "type": "string", "required": False},
    ]
    manifest = {
        "id": "text-echo",
        "verb": "TEXT_ECHO",
        "inputDefinitions": [],
        "packageSource": {"branch": "v1.0.0", "url": "https://git.example.com/a.git"},
        "container": {"image": "stage7/text-echo:1.0.0", "environment": {"SHOWN": "x"}},
        "api": {},
        "configuration": settings,
    }
    with pytest.raises(Refused) as caught:
        execute_example(HOST, manifest, {})
    assert "without API_TOKEN in the host's environment it ends" in caught.value.details
    with pytest.raises(Refused) as caught:
        execute_example(HOST, {**manifest, "configuration": []}, {})
    assert "in the host's environment" not in caught.value.details
