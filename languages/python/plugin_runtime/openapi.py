"""The OpenAPI 3.1 document of a plugin's API, from its manifest alone.

This file is also in every plugin, for GET /openapi.json: `make schema` copies it.
"""

from __future__ import annotations

from typing import Any

from plugin_runtime.json_schema import input_schema, output_schema

CONTRACT = "x-stage7-manifest"
"""Key of what `stage7-plugin check --against URL` compares."""

_CONTRACT_KEYS = ("id", "verb", "version", "inputDefinitions", "outputDefinitions", "security")
_FAILURES = {
    "400": "The body is not acceptable JSON, or the request is not valid HTTP",
    "413": "The body is too large, or would need more memory than is available",
    "415": "The body is not JSON in UTF-8",
    "422": "Inputs are missing, of the wrong type, or break a constraint; `errors` lists every one",
    "429": "All execution slots, or the memory, are in use",
    "500": "The plugin failed, or its outputs do not match the manifest",
    "503": "The plugin is starting or stopping, or could not start",
    "504": "The execution took longer than the manifest allows",
}
_AGAIN = ("429", "503")
"""Answers that carry Retry-After."""

_FAILURE_SCHEMA = {
    "type": "object",
    "required": ["success", "error"],
    "properties": {
        "success": {"const": False},
        "error": {"type": "string", "description": "One sentence"},
        "errors": {"type": "array", "items": {"type": "string"}, "description": "Every problem"},
        "trace_id": {"type": "string", "description": "What to look for in the log"},
    },
}
_HEALTH_SCHEMA = {
    "type": "object",
    "required": ["status", "plugin_id", "version"],
    "properties": {
        "status": {"enum": ["healthy", "starting", "stopping", "failed", "stuck"]},
        "plugin_id": {"type": "string"},
        "version": {"type": "string"},
        "in_flight": {"type": "integer"},
        "stuck": {"type": "integer"},
        "error": {"type": "string"},
    },
}
_CONTEXT_SCHEMA = {
    "type": ["object", "null"],
    "description": "trace_id, plugin_id and version, as the host sends them; anything is accepted",
}


def openapi(manifest: dict[str, Any]) -> dict[str, Any]:
    """Return the document.

    Args:
        manifest: A manifest without problems.
    """
    api = manifest["api"]
    health = manifest["container"].get("healthCheck", {}).get("path", "/health")
    info = {
        "title": manifest.get("name", manifest["id"]),
        "version": manifest["version"],
        "description": manifest.get("description", ""),
    }
    pages = {
        health: _health("health", "Whether the plugin is ready; the host polls this"),
        "/health/live": _health("live", "Whether the process answers"),
        "/health/ready": _health("ready", "Whether the plugin accepts executions"),
        "/metrics": _page("metrics", "Metrics in the Prometheus text format", "text/plain"),
        "/openapi.json": _page("openapi", "This document", "application/json"),
    }
    paths: dict[str, dict[str, Any]] = {path: {"get": page} for path, page in pages.items()}
    paths.setdefault(api["endpoint"], {})[api["method"].lower()] = _execution(manifest)
    return {
        "openapi": "3.1.0",
        "info": info,
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": {
                "Inputs": input_schema(manifest),
                "Outputs": output_schema(manifest),
                "Failure": _FAILURE_SCHEMA,
                "Health": _HEALTH_SCHEMA,
            }
        },
        CONTRACT: contract(manifest),
    }


def contract(manifest: dict[str, Any]) -> dict[str, Any]:
    """Return what callers of the plugin rely on in its manifest."""
    found = {key: manifest[key] for key in _CONTRACT_KEYS if key in manifest}
    found["inputDefinitions"] = [_without_secrets(one) for one in manifest["inputDefinitions"]]
    found["security"] = {"permissions": manifest.get("security", {}).get("permissions", [])}
    found["configuration"] = [
        {key: one[key] for key in ("key", "required", "type") if key in one}
        for one in manifest.get("configuration", ())
    ]
    resources = manifest["container"].get("resources", {})
    found["container"] = {"resources": {k: v for k, v in resources.items() if v is not None}}
    found["api"] = {key: value for key, value in manifest["api"].items() if key == "timeout"}
    return found


def _without_secrets(definition: dict[str, Any]) -> dict[str, Any]:
    if not definition.get("secret"):
        return definition
    hidden = ("default", "defaultValue", "example", "examples")
    return {key: value for key, value in definition.items() if key not in hidden}


def _execution(manifest: dict[str, Any]) -> dict[str, Any]:
    responses = {"200": _answer("The plugin has run", _success_schema())}
    for status, meaning in _FAILURES.items():
        responses[status] = _answer(meaning, {"$ref": "#/components/schemas/Failure"})
        if status in _AGAIN:
            responses[status]["headers"] = {"Retry-After": {"schema": {"type": "integer"}}}
    return {
        "operationId": "execute",
        "summary": manifest.get("description", ""),
        "requestBody": {"required": True, "content": _json(_request_schema())},
        "responses": responses,
    }


def _request_schema() -> dict[str, Any]:
    inputs = {"$ref": "#/components/schemas/Inputs"}
    return {
        "type": "object",
        "required": ["inputs"],
        "properties": {"inputs": inputs, "context": _CONTEXT_SCHEMA},
    }


def _success_schema() -> dict[str, Any]:
    outputs = {"$ref": "#/components/schemas/Outputs"}
    return {
        "type": "object",
        "required": ["success", "outputs"],
        "properties": {"success": {"const": True}, "outputs": outputs},
    }


def _health(name: str, summary: str) -> dict[str, Any]:
    health = {"$ref": "#/components/schemas/Health"}
    return {
        "operationId": name,
        "summary": summary,
        "responses": {"200": _answer("Yes", health), "503": _answer("No", health)},
    }


def _page(name: str, summary: str, media_type: str) -> dict[str, Any]:
    content: dict[str, Any] = {media_type: {}}
    if media_type == "application/json":
        content = _json({"type": "object"})
    return {
        "operationId": name,
        "summary": summary,
        "responses": {"200": {"description": summary, "content": content}},
    }


def _answer(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": _json(schema)}


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}
