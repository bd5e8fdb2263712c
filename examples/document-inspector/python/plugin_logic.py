"""Document Inspector: the type of a document by libmagic, its language by a small model."""

import base64
import binascii
from typing import Any

import magic

import language_model

MODEL = language_model.Model()


def setup() -> None:
    """Load the model, and libmagic's database, before the first document comes."""
    MODEL.load()
    magic.from_buffer(b"", mime=True)


def execute_plugin(inputs: dict[str, Any], context: dict[str, Any]) -> dict[str, Any]:
    """Inspect the document `content`."""
    try:
        content = base64.b64decode(inputs["content"], validate=True)
    except binascii.Error as error:
        return {"success": False, "error": f"content is not base64: {error}"}
    mime_type = magic.from_buffer(content, mime=True)
    outputs: dict[str, Any] = {"mime_type": mime_type}
    if mime_type.startswith("text/") and (guess := MODEL.guess(content.decode("utf-8", "replace"))):
        outputs["language"], outputs["certainty"] = guess
    return {"success": True, "outputs": outputs}
