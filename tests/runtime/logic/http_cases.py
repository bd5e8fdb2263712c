"""Does what the table in tests/cases/http.json asks for."""

from typing import Any


def execute_plugin(inputs: dict[str, Any], context: dict[str, Any]) -> dict[str, Any]:
    match inputs["do"]:
        case "fail":
            return {"success": False, "error": inputs["text"]}
        case "raise":
            raise RuntimeError(inputs["text"])
        case "outputs":
            return {"success": True, "outputs": inputs.get("data")}
        case "say":
            print(inputs["text"])
            return {"success": True, "outputs": {"result": None}}
        case "context":
            return {"success": True, "outputs": {"result": context}}
    return {"success": True, "outputs": {"result": inputs}}
