"""FastAPI with a typed body; a plain function, because plugin logic is plain code."""

import time
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class Execution(BaseModel):
    inputs: dict[str, Any]
    context: dict[str, Any] = {}


@app.get("/health")
def health():
    return {"status": "healthy"}


@app.post("/execute")
def execute(execution: Execution):
    inputs = execution.inputs
    if seconds := inputs.get("seconds", {}).get("value"):
        time.sleep(seconds)
    return {"success": True, "outputs": {"result": inputs["text"]["value"]}}
