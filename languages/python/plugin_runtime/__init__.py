"""The HTTP server around `plugin_logic.py`. It belongs to the template, which updates it."""
