"""As stage7-plugin wrap writes it; what differs comes from the environment."""

import os
from typing import Any

from plugin_runtime.host_plugin import HostPlugin  # type: ignore[import-not-found]

plugin = HostPlugin(
    main=os.environ.get("MAIN", "odd.py"),
    function=os.environ.get("FUNCTION", ""),
    renamed={"settings": "payload"},
)


def execute_plugin(inputs: dict[str, Any], context: dict[str, Any]) -> Any:
    return plugin.execute(inputs, context)
