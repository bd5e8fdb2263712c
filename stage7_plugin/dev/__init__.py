"""The host on a developer's machine: run a plugin, call it as the host does, a page for it."""
