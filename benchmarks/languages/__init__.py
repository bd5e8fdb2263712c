"""The plugins of other languages than Python, next to what their users would choose instead."""
