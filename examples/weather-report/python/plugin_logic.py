"""Weather Report: the weather in a city, from a service that wants a key."""

import os
from typing import Any

import weather_service

service: weather_service.Service | None = None


def setup() -> None:
    """Read the settings; nothing is fetched yet, so that the plugin starts without a network."""
    global service
    service = weather_service.Service(os.environ["WEATHER_URL"], os.environ["WEATHER_API_KEY"])


def execute_plugin(inputs: dict[str, Any], context: dict[str, Any]) -> dict[str, Any]:
    """Fetch the weather in `city`."""
    assert service is not None, "setup() runs first"
    try:
        weather = service.current(inputs["city"])
    except weather_service.ServiceError as error:
        return {"success": False, "error": str(error)}
    return {"success": True, "outputs": weather}
