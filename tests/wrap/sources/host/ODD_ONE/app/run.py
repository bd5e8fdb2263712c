import json
import sys

import yaml
from absent_helper import help_me

try:
    import pandas
except ImportError:
    pandas = None


def outputs(rows):
    assert isinstance(rows, list), help_me(yaml, pandas)
    return [
        {"success": True, "name": "per cent", "resultType": "number", "result": 5},
        {"success": True, "name": "body", "resultType": "object", "result": {}},
        {"success": True, "name": "found", "resultType": "array", "result": rows},
        {"success": False, "name": "never", "resultType": "error", "result": None},
    ]


print(json.dumps(outputs(dict(json.load(sys.stdin))["rows"]["value"])))
