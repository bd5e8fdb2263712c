from flask import Flask, jsonify, request

from plugin_logic import execute_plugin

app = Flask(__name__)


@app.get("/health")
def health():
    return jsonify(status="healthy")


@app.post("/execute")
def execute():
    body = request.get_json()
    return jsonify(execute_plugin(body["inputs"], body.get("context", {})))


@app.get("/info")
def info():
    return jsonify(name="greeter")


app.run("0.0.0.0", 8080)
