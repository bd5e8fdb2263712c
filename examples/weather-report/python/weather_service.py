"""A client of the weather service: one GET, a timeout, and errors in one sentence."""

import http.client
import json
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

TIMEOUT = 3.0  # seconds; the host waits 10 for the whole execution
LARGEST = 100_000  # bytes of an answer
REASONS = {
    401: "the weather service does not accept WEATHER_API_KEY",
    403: "the weather service does not accept WEATHER_API_KEY",
    404: "the weather service knows no such city",
    429: "the weather service has had too many requests: try again later",
}


class ServiceError(Exception):
    """The weather is not known, and why."""


class Service:
    """The service at an address, for the owner of a key."""

    def __init__(self, url: str, key: str) -> None:
        if not url.startswith(("http://", "https://")):
            raise ValueError(f"WEATHER_URL must begin with https://, but is {url!r}")
        self._url = url.rstrip("/")
        self._key = key

    def current(self, city: str) -> dict[str, Any]:
        """The temperature, and the sky if it is known.

        Raises:
            ServiceError: it does not answer, refuses, or answers something else.
        """
        query = urllib.parse.urlencode({"city": city})
        request = urllib.request.Request(
            f"{self._url}/current?{query}", headers={"Authorization": f"Bearer {self._key}"}
        )
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
                document = json.loads(answer.read(LARGEST))
                return {"temperature": float(document["temperature"]), "sky": document.get("sky")}
        except urllib.error.HTTPError as error:
            reason = f"the weather service answered {error.code}"
            raise ServiceError(REASONS.get(error.code, reason)) from error
        except (OSError, http.client.HTTPException) as error:
            raise ServiceError(f"the weather service cannot be reached: {error}") from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ServiceError("the weather service answered something else") from error
