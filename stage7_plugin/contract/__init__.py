"""The contract suite: what the host relies on, checked from outside, for a plugin in any language.

`stage7-plugin check TARGET` on the command line; `stage7_plugin.contract.pytest_suite` in pytest.
A rule is a small function under `rules/`; `rule.py` says what that is, `context.py` what it has
to work with, `targets/` how a folder, an image and a URL differ.
"""
