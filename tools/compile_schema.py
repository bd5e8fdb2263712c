"""Compile manifest.schema.json into _manifest_validator.py: python -m tools.compile_schema

It also copies the modules into the template that a plugin needs itself: it gives the same advice,
and means the same by a constraint.

Needs fastjsonschema, which the compiled module does not: the check of a manifest must work
wherever Cookiecutter is installed.
"""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SCHEMA = ROOT / "{{cookiecutter.plugin_slug}}" / "manifest.schema.json"
VALIDATOR = ROOT / "stage7_plugin" / "spec" / "_manifest_validator.py"
SPEC = ROOT / "stage7_plugin" / "spec"
PLUGIN = ROOT / "languages" / "python"
COPIES = {
    SPEC / "manifest_advice.py": PLUGIN / "tests" / "manifest_advice.py",
    SPEC / "compatibility.py": PLUGIN / "compatibility.py",
    SPEC / "constraints.py": PLUGIN / "plugin_runtime" / "constraints.py",
    SPEC / "json_schema.py": PLUGIN / "plugin_runtime" / "json_schema.py",
    SPEC / "openapi.py": PLUGIN / "plugin_runtime" / "openapi.py",
}

# What a copy imports from the server, where the original has it from the package.
_IMPORTS = {
    "from stage7_plugin.spec.value_types import has_type\n": (
        "from plugin_runtime.value_types import is_type as has_type\n"
    ),
    "from stage7_plugin.spec.constraints import": "from plugin_runtime.constraints import",
    "from stage7_plugin.spec.json_schema import": "from plugin_runtime.json_schema import",
}

_HEADER = '''"""Compiled from manifest.schema.json; do not edit.

To compile it again: python -m tools.compile_schema
"""

# ruff: noqa
# mypy: ignore-errors

'''
_FOREIGN_IMPORT = "from fastjsonschema import JsonSchemaValueException, JsonSchemaValuesException"
_DECIMAL_IMPORT = "from decimal import Decimal\n"
_DEFINITION = re.compile(r"definition=(\{.*\}), rule='(\w+)'")
_OWN_IMPORT = _FOREIGN_IMPORT.replace("fastjsonschema", "stage7_plugin.spec.schema_errors")


def compiled() -> str:
    """The source of the validator for the present schema."""
    import fastjsonschema

    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    code: str = fastjsonschema.compile_to_code(schema, use_default=False, fast_fail=False)
    if code.count(_FOREIGN_IMPORT) != 1:
        raise RuntimeError(f"fastjsonschema no longer writes the import: {_FOREIGN_IMPORT}")
    code = code.replace(_FOREIGN_IMPORT, _OWN_IMPORT)
    # The hook imports the module at every generation, and in a fresh clone compiles it: leave out
    # what is never read. JSON from the standard library holds no Decimal.
    code = code.replace(_DECIMAL_IMPORT, "").replace(", Decimal)", ")")
    return _HEADER + _DEFINITION.sub(_broken_rule_alone, code)


def _broken_rule_alone(match: re.Match[str]) -> str:
    definition, rule = ast.literal_eval(match[1]), match[2]
    kept = {rule: definition[rule]}
    return f"definition={kept}, rule={rule!r}"


def copied(source: Path) -> str:
    """The text of a module as a plugin has it."""
    text = source.read_text(encoding="utf-8")
    for ours, theirs in _IMPORTS.items():
        text = text.replace(ours, theirs)
    return text


if __name__ == "__main__":
    VALIDATOR.write_text(compiled(), encoding="utf-8", newline="\n")
    for source, target in COPIES.items():
        target.write_text(copied(source), encoding="utf-8", newline="\n")
    print(f"wrote {VALIDATOR} and {len(COPIES)} copies")
