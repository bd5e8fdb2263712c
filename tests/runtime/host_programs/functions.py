"""A Python plugin of the host that only has functions; its main answers with an example."""

import json

print("imported")


def one(inputs):
    return {"success": True, "result": inputs}


def several(action, payload=7, **kwargs):
    return [{"success": True, "name": "result", "result": [action, payload, kwargs]}]


async def waiting(inputs):
    return {"success": False, "error": f"not {inputs['do']}"}


if __name__ == "__main__":
    print(json.dumps({"success": True, "result": "an example"}))
