"""Everything behind the container plugin template: rules, filters, hooks and commands."""

__version__ = "0.1.0"
