"""A batch file with twenty mistakes, and the schema of batch files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import stage7_plugin

SCHEMA_PATH = Path(stage7_plugin.__file__).parent / "batch" / "fleet.schema.json"
SCHEMA: dict[str, Any] = json.loads(SCHEMA_PATH.read_text("utf-8"))

TWENTY_MISTAKES = """\
defaults:
  author: Ada Lovelace
  memori: 64m                                # 1
plugins:
  - plugin_name: First
    version: "1.0"                           # 2
  - plugin_name: Second
    timeout_seconds: 4000                    # 3
  - plugin_name: Third
    permissions: [net.fech]                  # 4
  - plugin_name: Fourth
    inputs: "text:strng - A text"            # 5
  - plugin_name: Fifth
    inputs: [{name: class, type: string}]    # 6
  - plugin_name: Sixth
    outputs: []                              # 7
  - plugin_name: Seventh
    plugin_slug: Not A Slug                  # 8
  - plugin_name: Eighth
    verb: THINK                              # 9
  - plugin_name: First                       # 10
  - plugin_name: Ninth
    verb: SECOND                             # 11
  - description: It has no name at all       # 12
  - plugin_name: Tenth
    memory: 100 MB                           # 13
  - plugin_name: Eleventh
    cpu: 0                                   # 14
  - plugin_name: Twelfth
    license: GPL                             # 15
  - plugin_name: Thirteenth
    image_namespace: Stage7                  # 16
  - plugin_name: Fourteenth
    logic: missing.py                        # 17
  - plugin_name: Fifteenth
    logic: no_function.py                    # 18
  - plugin_name: Sixteenth
    requirements: ["--index-url https://x"]  # 19
  - plugin_name: Seventeenth
    build_image: required                    # 20
"""
