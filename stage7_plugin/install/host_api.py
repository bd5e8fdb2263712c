"""The CapabilitiesManager's API as an installation uses it. The token is in no message."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping
from typing import Any

from stage7_plugin.host.http_client import Address, NoAnswer, call
from stage7_plugin.install.refused import Refused

BUILD_SECONDS = 900.0
"""How long one execution may take: the host builds the image in it."""

LOGIN = "stage7-plugin login   # in a plugin: make login"
_SECONDS = 60.0
_TOKEN = re.compile(r"[\x21-\x7e]+")


class HostUnusable(Refused):
    """Nothing can be installed: the host does not answer, or the token is not accepted."""


class HostApi:
    """One host.

    Args:
        url: Its CapabilitiesManager, such as http://localhost:5060.
        token: A bearer token.

    Raises:
        HostUnusable: The URL or the token cannot be used.
    """

    def __init__(self, url: str, token: str) -> None:
        try:
            self._address = Address.from_url(url)
        except ValueError as error:
            raise HostUnusable(f"STAGE7_URL is {error}") from error
        if not _TOKEN.fullmatch(token):
            raise HostUnusable(
                "STAGE7_TOKEN has characters that no token has, such as a space or a line break",
                LOGIN,
            )
        self._token = token

    def plugins(self) -> list[dict[str, Any]]:
        """Return every manifest that the host lists."""
        status, body = self._call("GET", "/plugins")
        listed = body.get("plugins") if isinstance(body, dict) else None
        if status != 200 or not isinstance(listed, list):
            raise HostUnusable(
                f"{self._address} does not list its plugins: it answered {status}",
                details=self.shown(body),
            )
        return [one for one in listed if isinstance(one, dict)]

    def store(self, manifest: Mapping[str, Any]) -> None:
        """Post a manifest. Raises Refused with what the host answered."""
        status, body = self._call("POST", "/plugins", manifest)
        if status != 201:
            raise Refused(
                f"the host did not store it: it answered {status}", details=self.shown(body)
            )

    def read(self, plugin_id: str) -> dict[str, Any] | None:
        """Return the manifest that the host has for an id, or None."""
        status, body = self._call("GET", f"/plugins/{plugin_id}")
        plugin = body.get("plugin") if status == 200 and isinstance(body, dict) else None
        return plugin if isinstance(plugin, dict) else None

    def execute(self, verb: str, inputs: Mapping[str, Any]) -> tuple[int, Any]:
        """Execute a step with the host's records of inputs; return status and body."""
        step = {
            "id": str(uuid.uuid4()),
            "missionId": str(uuid.uuid4()),
            "actionVerb": verb,
            "inputValues": inputs,
            "outputs": {},
        }
        return self._call("POST", "/executeAction", step, BUILD_SECONDS)

    def shown(self, body: Any) -> str:
        """Return a body of the host's as text, without the token."""
        text = body if isinstance(body, str) else json.dumps(body, indent=2, ensure_ascii=False)
        return text.replace(self._token, "[token]")

    def _call(
        self, method: str, path: str, payload: Any = None, timeout: float = _SECONDS
    ) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {self._token}"}
        try:
            answer = call(
                self._address, method, path, payload=payload, headers=headers, timeout=timeout
            )
        except NoAnswer as error:
            raise HostUnusable(
                f"{method} {self._address}{path}: {error}", "docker compose ps capabilitiesmanager"
            ) from error
        if answer.status == 401:
            raise HostUnusable(
                f"{self._address} does not accept the token: it answered {answer.summary()}",
                LOGIN,
            )
        document = answer.document
        return answer.status, answer.text if document is None else document
