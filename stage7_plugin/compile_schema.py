"""Compile manifest.schema.json into _manifest_validator.py: python -m stage7_plugin.compile_schema

Needs fastjsonschema, which the compiled module does not: the check of a manifest must work
wherever Cookiecutter is installed.
"""

from __future__ import annotations

import json
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
SCHEMA = PACKAGE.parent / "{{cookiecutter.plugin_slug}}" / "manifest.schema.json"
VALIDATOR = PACKAGE / "_manifest_validator.py"

_HEADER = '''"""Compiled from manifest.schema.json; do not edit.

To compile it anew: python -m stage7_plugin.compile_schema
"""

# ruff: noqa
# mypy: ignore-errors

'''
_FOREIGN_IMPORT = "from fastjsonschema import JsonSchemaValueException, JsonSchemaValuesException"
_OWN_IMPORT = _FOREIGN_IMPORT.replace("fastjsonschema", "stage7_plugin.schema_errors")


def compiled() -> str:
    """The source of the validator for the present schema."""
    import fastjsonschema

    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    code: str = fastjsonschema.compile_to_code(schema, use_default=False, fast_fail=False)
    if code.count(_FOREIGN_IMPORT) != 1:
        raise RuntimeError(f"fastjsonschema wrote another import than: {_FOREIGN_IMPORT}")
    return _HEADER + code.replace(_FOREIGN_IMPORT, _OWN_IMPORT)


if __name__ == "__main__":
    VALIDATOR.write_text(compiled(), encoding="utf-8", newline="\n")
    print(f"wrote {VALIDATOR}")
