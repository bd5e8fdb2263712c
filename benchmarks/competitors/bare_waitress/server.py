"""waitress with nothing around it: what a widely used WSGI server costs by itself."""

import json
import os
import time

from waitress import serve


def app(environ, start_response):
    if environ["PATH_INFO"] == "/health":
        body = b'{"status": "healthy"}'
    else:
        inputs = json.loads(environ["wsgi.input"].read())["inputs"]
        if seconds := inputs.get("seconds", {}).get("value"):
            time.sleep(seconds)
        outputs = {"result": inputs["text"]["value"]}
        body = json.dumps({"success": True, "outputs": outputs}).encode()
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    start_response("200 OK", headers)
    return [body]


serve(app, host="127.0.0.1", port=int(os.environ["BENCHMARK_PORT"]), threads=8, _quiet=True)
