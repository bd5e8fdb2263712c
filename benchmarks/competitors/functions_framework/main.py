"""One HTTP function, as functions-framework has it: it gets every path."""

import time

import functions_framework


@functions_framework.http
def main(request):
    if request.path == "/health":
        return {"status": "healthy"}
    inputs = request.get_json()["inputs"]
    if seconds := inputs.get("seconds", {}).get("value"):
        time.sleep(seconds)
    return {"success": True, "outputs": {"result": inputs["text"]["value"]}}
