"""The same work in every stack: give a text back, after a while if asked to."""

import time


def execute_plugin(inputs, context):
    if seconds := inputs.get("seconds", {}).get("value"):
        time.sleep(seconds)
    return {"success": True, "outputs": {"result": inputs["text"]["value"]}}
