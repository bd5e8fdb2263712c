"""The manifest itself."""

from stage7_plugin.contract.context import Context
from stage7_plugin.contract.rule import rule
from stage7_plugin.spec.manifest import manifest_problems


@rule(
    "manifest.valid",
    "The manifest is one that the host stores, understands and executes",
    todo="Correct the named fields of manifest.json; the host drops a wrong manifest silently.",
)
def valid(context: Context) -> None:
    """The host drops a wrong manifest silently, or fails at the first execution.

    Request: None; manifest.json is read.
    Expected: It keeps to the schema, and names, verb and permissions are ones that the host
        takes.
    """
    problems = manifest_problems(dict(context.manifest))
    context.note("manifest.json", "; ".join(problems) or "no problem")
    context.expect(not problems, "no problem")
