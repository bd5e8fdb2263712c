"""The same work in every stack: give a text back, after a while if asked to."""

import time


def execute_plugin(inputs, context):
    time.sleep(inputs.get("seconds", {}).get("value", 0))
    return {"success": True, "outputs": {"result": inputs["text"]["value"]}}
