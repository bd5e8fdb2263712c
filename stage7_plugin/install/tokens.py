"""The bearer token: from STAGE7_TOKEN, or from a file that `stage7-plugin login` writes.

Credentials come from the environment only, so that they are in no list of processes, and no
message has them or the token in it.
"""

from __future__ import annotations

import base64
import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from stage7_plugin.host.http_client import Address, NoAnswer, call
from stage7_plugin.install.host_api import LOGIN, HostUnusable

SECURITY_PORT = 5010
_LIFETIME = 3600.0
_HOW = (
    "Set STAGE7_CLIENT_SECRET (and STAGE7_COMPONENT, if it is not CapabilitiesManager), or "
    "STAGE7_EMAIL and STAGE7_PASSWORD"
)


def find_token(url: str, environment: Mapping[str, str]) -> str:
    """Return the token for a host. Raises HostUnusable if there is none."""
    if token := environment.get("STAGE7_TOKEN", "").strip():
        return token
    known = _read().get(url.rstrip("/"))
    if isinstance(known, dict) and known.get("expires", 0) > time.time():
        return str(known.get("token"))
    expired = "has expired" if known else "is missing"
    raise HostUnusable(f"the token for {url} {expired}: set STAGE7_TOKEN, or log in", LOGIN)


def login(url: str, security_url: str, environment: Mapping[str, str]) -> float:
    """Get a token from the SecurityManager and keep it; return when it expires, in Unix time.

    Args:
        url: The CapabilitiesManager that the token is for.
        security_url: The SecurityManager; empty for port 5010 on the same machine.
        environment: Where the credentials are.

    Raises:
        HostUnusable: There are no credentials, or they are not accepted.
    """
    try:
        address = Address.from_url(security_url or _security_url(url))
    except ValueError as error:
        raise HostUnusable(f"the SecurityManager's address is {error}") from error
    path, body = _credentials(environment)
    try:
        answer = call(address, "POST", path, payload=body, timeout=30.0)
    except NoAnswer as error:
        raise HostUnusable(
            f"POST {address}{path}: {error}", "docker compose ps securitymanager"
        ) from error
    document = answer.document if isinstance(answer.document, dict) else {}
    if document.get("requireMfa"):
        raise HostUnusable(
            "this user logs in with a second factor; use STAGE7_CLIENT_SECRET, or STAGE7_TOKEN"
        )
    token = document.get("token") or document.get("accessToken")
    if answer.status != 200 or not isinstance(token, str):
        # Not the body: nothing says that a server does not repeat what it was sent.
        raise HostUnusable(f"{address}{path} gave no token: it answered {answer.status}. {_HOW}")
    expires = _expires(token)
    known = {k: v for k, v in _read().items() if v.get("expires", 0) > time.time()}
    _write({**known, url.rstrip("/"): {"token": token, "expires": expires}})
    return expires


def token_file() -> Path:
    """Return where tokens are kept, readable only by the user."""
    base = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(base) / "stage7-plugin" / "tokens.json"


def _credentials(environment: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    if secret := environment.get("STAGE7_CLIENT_SECRET"):
        component = environment.get("STAGE7_COMPONENT") or "CapabilitiesManager"
        return "/auth/service", {"componentType": component, "clientSecret": secret}
    email, password = environment.get("STAGE7_EMAIL"), environment.get("STAGE7_PASSWORD")
    if email and password:
        return "/login", {"email": email, "password": password}
    raise HostUnusable(f"there are no credentials. {_HOW}")


def _security_url(url: str) -> str:
    parts = urlsplit(url)
    host = parts.hostname or ""
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}:{SECURITY_PORT}"


def _expires(token: str) -> float:
    """When a JSON web token expires; within the hour for any other."""
    latest = time.time() + _LIFETIME
    try:
        part = token.split(".")[1]
        payload = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        return min(float(payload["exp"]), latest)
    except (IndexError, KeyError, TypeError, ValueError):
        return latest


def _read() -> dict[str, Any]:
    try:
        known = json.loads(token_file().read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def _write(known: Mapping[str, Any]) -> None:
    path = token_file()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = path.with_suffix(f".{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(known, file)
    temporary.replace(path)
