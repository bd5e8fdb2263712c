"""Has a function; its main answers with an example, whatever its inputs are."""

import json


def execute_plugin(inputs):
    action = inputs.get("action")
    payload = inputs.get("payload", {})
    actions = {"total": lambda: sum(payload["amounts"]), "count": lambda: len(payload["amounts"])}
    if action not in actions:
        return {"success": False, "error": f"Unknown action: {action}", "result": {}}
    return {"success": True, "result": {"success": True, action: actions[action]()}}


if __name__ == "__main__":
    test_input = {"action": "total", "payload": {"amounts": [150.0, 2]}}
    print(json.dumps(execute_plugin(test_input), indent=2))
