"""Every rule, one subject a file. Importing this registers them, in the order of the report."""
# ruff: noqa: I001

from stage7_plugin.contract.rules import (
    manifest,
    build,
    lifecycle,
    environment,
    execute,
    errors,
    http_errors,
    secrets,
    load,
    limits,
    hardened,
)

__all__ = [
    "build",
    "environment",
    "errors",
    "execute",
    "hardened",
    "http_errors",
    "lifecycle",
    "limits",
    "load",
    "manifest",
    "secrets",
]
