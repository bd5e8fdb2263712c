"""Every rule, one subject per file. Importing this registers them, in the order of the report."""
# ruff: noqa: I001

from stage7_plugin.contract.rules import (
    manifest,
    build,
    lifecycle,
    unread_output,
    environment,
    execute,
    errors,
    http_errors,
    generated,
    secrets,
    load,
    limits,
    memory,
    hardened,
)

__all__ = [
    "build",
    "environment",
    "errors",
    "execute",
    "generated",
    "hardened",
    "http_errors",
    "lifecycle",
    "limits",
    "load",
    "manifest",
    "memory",
    "secrets",
    "unread_output",
]
