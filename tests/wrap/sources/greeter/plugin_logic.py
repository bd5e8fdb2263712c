"""Greets."""


def execute_plugin(inputs, context):
    who = inputs.get("who", {}).get("value")
    return {"success": True, "outputs": {"greeting": f"Hello, {who}!"}}
