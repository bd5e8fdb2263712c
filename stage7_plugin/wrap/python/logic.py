"""The plugin_logic.py that calls a wrapped function."""

from __future__ import annotations

from collections.abc import Sequence

from stage7_plugin.rendering.escaping import docstring, json_string

FOLDER = "wrapped"
"""Where the source's files are in the plugin; its lint leaves them alone."""

_TEXT = '''\
"""What the plugin does when it is called: it calls {function} in {file}.

`stage7-plugin wrap` wrote this file, and it is yours. What it calls is in `wrapped/`, as it is in
the source; `stage7-plugin wrap --again` brings newer versions of both.
"""

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent / "wrapped"))

{imported}


def execute_plugin(inputs: dict[str, Any], context: dict[str, Any]) -> dict[str, Any]:
    """{summary}"""
{call}
    return {{"success": True, "outputs": {{{output}: result}}}}
'''


def logic(
    module: str, name: str, positional: Sequence[str], keywords: Sequence[str], output: str
) -> str:
    """Return the text of plugin_logic.py.

    Args:
        module: By which name the module is imported.
        name: The function's.
        positional: The inputs that it takes by position.
        keywords: Those that it takes by name.
        output: What its result is called.
    """
    imported = f"from {module} import {name}  # type: ignore[import-not-found]  # noqa: E402"
    lines = [f"    result = {name}(" if positional or keywords else f"    result = {name}()"]
    lines += [f"        inputs[{json_string(one)}]," for one in positional]
    if keywords:
        listed = ", ".join(map(json_string, keywords))
        lines.append(f"        **{{name: inputs[name] for name in [{listed}] if name in inputs}},")
    if len(lines) > 1:
        lines.append("    )")
    return _TEXT.format(
        function=f"{name}()",
        file=f"{FOLDER}/{module.replace('.', '/')}.py",
        imported=imported,
        summary=docstring(f"Call {name}() with the inputs.", indent=4),
        call="\n".join(lines),
        output=json_string(output),
    )
