"""Plugins in other languages, and what is measured next to them."""

from __future__ import annotations

from benchmarks.stack import PORT, Stack

NODE_BASE = "node:24-slim"
TYPESCRIPT = "ours_typescript"
GO = "ours_go"
BARE_NODE = "bare_node"
BARE_NODE_WORKER = "bare_node_worker"
EXPRESS = "express"

LANGUAGE_STACKS = (
    Stack(
        TYPESCRIPT,
        "TypeScript plugin",
        ("{bin}/node", "--max-semi-space-size=2", "server.cts"),
        # As in the image, where `node server.cts --compile` has filled it, too.
        {"PLUGIN_PORT": "{port}", "NODE_COMPILE_CACHE": ".cache"},
        has_image=True,
        base=NODE_BASE,
    ),
    Stack(
        GO,
        "Go plugin",
        ("{bin}/plugin",),
        {"PLUGIN_PORT": "{port}"},
        has_image=True,
        base="",
    ),
    Stack(
        EXPRESS,
        "express",
        ("{bin}/node", "server.js"),
        {**PORT, "NODE_ENV": "production"},
        has_image=True,
        base=NODE_BASE,
    ),
    Stack(
        "fastify",
        "fastify",
        ("{bin}/node", "server.js"),
        {**PORT, "NODE_ENV": "production"},
        has_image=True,
        base=NODE_BASE,
    ),
    Stack(
        "functions_framework_node",
        "functions-framework for Node.js",
        ("{bin}/node", "node_modules/.bin/functions-framework", "--target=main", "--port={port}"),
        {"NODE_ENV": "production"},
        has_image=True,
        base=NODE_BASE,
    ),
    Stack(
        BARE_NODE,
        "limit: `node:http`",
        ("{bin}/node", "server.js"),
        PORT,
        has_image=True,
        base=NODE_BASE,
        limit=True,
    ),
    Stack(
        BARE_NODE_WORKER,
        "limit: `node:http` with one worker",
        ("{bin}/node", "server.js"),
        PORT,
        limit=True,
        speaks_to_host=False,
    ),
    Stack(
        "bare_go",
        "limit: `net/http`",
        ("{bin}/server",),
        PORT,
        has_image=True,
        base="",
        limit=True,
    ),
)

MEMORY = "256m"
LIMIT_MB = 256 * 1024 * 1024 / 1e6
"""That of the container that has to endure; the template's default."""
PLUGINS = ("ours", TYPESCRIPT, GO)
SPINNING = (*PLUGINS, EXPRESS)
ENDURING = (*PLUGINS, EXPRESS)
