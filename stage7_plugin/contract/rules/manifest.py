"""The manifest itself."""

from stage7_plugin.contract.check import Check
from stage7_plugin.contract.model import rule
from stage7_plugin.spec.manifest import manifest_problems


@rule(
    "manifest.valid",
    "The manifest is one that the host stores, understands and executes",
    todo="Correct the named fields of manifest.json; the host drops a wrong manifest silently.",
)
def valid(check: Check) -> None:
    problems = manifest_problems(dict(check.manifest))
    check.note("manifest.json", "; ".join(problems) or "no problem")
    check.expect(not problems, "no problem")
