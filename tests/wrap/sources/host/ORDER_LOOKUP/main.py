"""Looks up an order: reads its inputs on standard input, prints a list of outputs."""

import json
import logging
import sys

from shelf import ORDERS

logging.basicConfig(level=logging.INFO)


class PluginOutput:
    def __init__(self, success, name, result_type, result, description, error=None):
        self.fields = {
            "success": success,
            "name": name,
            "resultType": result_type,
            "result": result,
            "resultDescription": description,
        }
        if error:
            self.fields["error"] = error


def value_of(inputs, name, default=None):
    found = inputs.get(name)
    return default if found is None else found["value"]


def execute_plugin(inputs):
    number = value_of(inputs, "number")
    detail = value_of(inputs, "detail", "all")
    if "__auth_token" not in inputs:
        logging.warning("there is no token")
    if detail not in ("all", "state", "audit"):
        raise ValueError(f"unknown detail {detail}")
    order = ORDERS.get(number)
    if order is None:
        return [PluginOutput(False, "error", "error", None, "No order", f"no order {number}")]
    outputs = [PluginOutput(True, "state", "string", order["state"], "The state")]
    if detail == "audit":
        outputs.append(PluginOutput(True, "audit", "array", [detail, number], "Who asked"))
    if detail == "all":
        lines = order["lines"][: int(value_of(inputs, "limit", 99))]
        outputs.append(PluginOutput(True, "lines", "array", lines, "The lines"))
    return outputs


if __name__ == "__main__":
    found = execute_plugin(dict(json.loads(sys.stdin.read())))
    print(json.dumps([output.fields for output in found]))
