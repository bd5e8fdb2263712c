#!/usr/bin/env python3
"""HTTP server for the container plugin."""

import json
import logging
import os
import sys
from datetime import datetime

from flask import Flask, jsonify, request

from plugin_logic import execute_plugin

logging.basicConfig(
    level=logging.INFO, format="%(asctime)s - %(name)s - %(levelname)s - %(message)s"
)
logger = logging.getLogger(__name__)

app = Flask(__name__)

PLUGIN_ID = os.environ.get("PLUGIN_ID", "container-plugin-template")
PLUGIN_VERSION = os.environ.get("PLUGIN_VERSION", "1.0.0")


@app.route("/health", methods=["GET"])
def health():
    """Health check endpoint."""
    return jsonify(
        {
            "status": "healthy",
            "plugin_id": PLUGIN_ID,
            "version": PLUGIN_VERSION,
            "timestamp": datetime.utcnow().isoformat(),
        }
    )


@app.route("/execute", methods=["POST"])
def execute():
    """Plugin execution endpoint."""
    try:
        data = request.get_json()
        if not data:
            return jsonify({"success": False, "error": "No JSON data provided"}), 400
        inputs = data.get("inputs", {})
        context = data.get("context", {})
        logger.info("Executing plugin with inputs: %s", json.dumps(list(inputs)))
        return jsonify(execute_plugin(inputs, context))
    except Exception as e:
        logger.exception("Plugin execution failed")
        return jsonify({"success": False, "error": str(e)}), 500


@app.route("/info", methods=["GET"])
def info():
    """Plugin information endpoint."""
    with open("manifest.json") as f:
        return jsonify(json.load(f))


if __name__ == "__main__":
    port = int(os.environ.get("PORT", 8080))
    logger.info("Starting on port %d, Python %s", port, sys.version)
    app.run(host="0.0.0.0", port=port, debug=False)
