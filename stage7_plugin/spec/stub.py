"""How a stub is told from a plugin that has been written: what it logs when it is called."""

MARK = "execute_plugin() in plugin_logic.py is still a stub"
"""Stands in the stub's own code, and with every execution in its log."""
