"""What is measured side by side."""

from __future__ import annotations

from pathlib import Path

from benchmarks.languages.stacks import LANGUAGE_STACKS
from benchmarks.stack import PORT, Stack

HERE = Path(__file__).parent
COMPETITORS = HERE / "competitors"
OURS = "ours"
FLASK = "flask_of_today"
FUNCTIONS_FRAMEWORK = "functions_framework"
STATIC_C = "static_c"
BARE_PYTHON = "bare_python"
GROWN = "repository with history and a virtual environment"
NO_BYTE_CODE = "image, standard library without byte code"
"""A case of the start that is only measured for what users have today."""

STACKS = (
    Stack(
        OURS,
        "this template",
        ("{bin}/python", "-E", "-s", "server.py"),
        # The default of this plugin is 8 at once (16 for each CPU, and it asks for half of one).
        {"PLUGIN_PORT": "{port}", "PLUGIN_CONCURRENCY": "64"},
        has_image=True,
    ),
    Stack(
        FLASK,
        "Flask template of today",
        ("{bin}/python", "server.py"),
        PORT,
        has_image=True,
    ),
    Stack(
        FUNCTIONS_FRAMEWORK,
        "functions-framework",
        ("{bin}/python", "{bin}/functions-framework", "--target=main", "--port={port}"),
        has_image=True,
    ),
    Stack(
        "fastapi_uvicorn",
        "FastAPI + uvicorn",
        ("{bin}/python", "{bin}/uvicorn", "main:app", "--port={port}"),
        has_image=True,
    ),
    Stack(
        "cog",
        "cog",
        ("{bin}/python", "-m", "cog.server.http"),
        {"PORT": "{port}", "COG_PREDICT_TYPE_STUB": "predict.py:Predictor"},
        has_image=True,
        health="/health-check",
        healthy="READY",
        endpoint="/predictions",
        speaks_to_host=False,
    ),
    Stack(
        "bare_waitress",
        "limit: waitress alone",
        ("{bin}/python", "server.py"),
        PORT,
        limit=True,
        speaks_to_host=False,
    ),
    Stack(
        "socket_loop",
        "limit: socket loop in Python",
        ("{bin}/python", "socket_loop.py"),
        PORT,
        limit=True,
        works=False,
        speaks_to_host=False,
    ),
    Stack(
        STATIC_C,
        "limit: static C server",
        ("./server",),
        PORT,
        has_image=True,
        base="",
        limit=True,
        works=False,
    ),
    Stack(
        BARE_PYTHON,
        "limit: bare interpreter",
        ("{bin}/python", "-c", "pass"),
        limit=True,
        works=False,
        serves=False,
        speaks_to_host=False,
    ),
)
BY_NAME = {stack.name: stack for stack in (*STACKS, *LANGUAGE_STACKS)}
