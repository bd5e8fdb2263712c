"""The template that users have today, written anew from its documentation page."""

import logging
import os

from flask import Flask, jsonify, request
from plugin_logic import execute_plugin

logging.basicConfig(level=logging.INFO)
logger = logging.getLogger(__name__)
app = Flask(__name__)


@app.route("/health", methods=["GET"])
def health():
    return jsonify({"status": "healthy"})


@app.route("/execute", methods=["POST"])
def execute():
    try:
        data = request.get_json()
        context = data.get("context", {})
        logger.info("Executing plugin, trace %s", context.get("trace_id"))
        return jsonify(execute_plugin(data.get("inputs", {}), context))
    except Exception as error:
        logger.exception("Plugin execution failed")
        return jsonify({"success": False, "error": str(error)}), 500


if __name__ == "__main__":
    app.run(host="0.0.0.0", port=int(os.environ.get("BENCHMARK_PORT", "8080")), threaded=True)
