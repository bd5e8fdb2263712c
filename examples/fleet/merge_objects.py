"""Merge Objects: a JSON merge patch, as RFC 7396 defines it."""

from typing import Any


def execute_plugin(inputs: dict[str, Any], context: dict[str, Any]) -> dict[str, Any]:
    """Apply `patch` to `base`; a null in the patch removes the key, unless `keep_nulls`."""
    changed: list[str] = []
    merged = _merge(inputs["base"], inputs["patch"], inputs["keep_nulls"], "", changed)
    return {
        "success": True,
        "outputs": {"merged": merged, "changed": changed, "identical": not changed},
    }


def _merge(base: Any, patch: Any, keep_nulls: bool, path: str, changed: list[str]) -> Any:
    """The merged value; the paths of what became different are added to `changed`."""
    if not isinstance(patch, dict):
        if type(base) is not type(patch) or base != patch:
            changed.append(path)
        return patch
    merged = dict(base) if isinstance(base, dict) else {}
    if not isinstance(base, dict):
        changed.append(path)
    for key, value in patch.items():
        inner = f"{path}/{key}"
        if value is None and not keep_nulls:
            if key in merged:
                del merged[key]
                changed.append(inner)
        elif key in merged:
            merged[key] = _merge(merged[key], value, keep_nulls, inner, changed)
        else:
            changed.append(inner)
            merged[key] = _merge({}, value, keep_nulls, inner, [])
    return merged
