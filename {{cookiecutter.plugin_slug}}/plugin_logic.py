"""What the plugin does when it is called.

{{ ("Plugin: " ~ plugin.name) | docstring(indent=0) }}
{{ ("Task: " ~ plugin.description) | docstring(indent=0) }}

This file is yours. It is still a stub: execute_plugin() only shows that every declared input
arrives and every declared output leaves. Replace its body with your own code.
"""

import logging
from typing import {{ plugin.inputs | typing_names }}

logger = logging.getLogger(__name__)

STUB_ANSWER = "not written yet: this value comes from the stub in plugin_logic.py"


def execute_plugin(inputs: dict[str, Any], context: dict[str, Any]) -> dict[str, Any]:
    """Answer one request.

    The host runs a failing step up to six times, with the same context["step_id"]: make it
    harmless to run twice.

    Args:
        inputs: The declared inputs, already checked against manifest.json, defaults filled in:
{{ plugin.inputs | parameter_docs(12) }}
        context: "trace_id", "plugin_id" and "version" of the execution, "step_id" of the plan's
            step, "args" that came with the inputs, and "host_inputs", which the host sent
            without being asked.

    Returns:
        {"success": True, "outputs": {...}} with every declared output:
{{ plugin.outputs | parameter_docs(12) }}
        or {"success": False, "error": "one sentence that says what to change"}.
        An exception is answered as a failure too.
    """
{{ plugin.inputs | input_locals(4) }}

    # Report a failure like this:
    #     return {"success": False, "error": "the text must not be empty"}

    received = [
{{ plugin.inputs | received_list(8) }}
    ]
    logger.warning(
        "execute_plugin() in plugin_logic.py is still a stub; it was given %d input(s)",
        sum(value is not None for value in received),
    )
    return {
        "success": True,
        "outputs": {
{{ plugin.outputs | output_values(12) }}
        },
    }
