"""The manifest itself."""

from stage7_plugin.contract.context import Context
from stage7_plugin.contract.rule import rule
from stage7_plugin.spec.manifest import manifest_problems


@rule(
    "manifest.valid",
    "The host can store, understand and execute the manifest",
    todo="Correct the named fields of manifest.json; the host silently drops an invalid manifest.",
)
def valid(context: Context) -> None:
    """The host silently drops an invalid manifest, or fails at the first execution.

    Request: None; manifest.json is read.
    Expected: It follows the schema, and the host accepts its names, verb and permissions.
    """
    problems = manifest_problems(dict(context.manifest))
    context.note("manifest.json", "; ".join(problems) or "no problem")
    context.expect(not problems, "no problem")
