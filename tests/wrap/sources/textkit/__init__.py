"""A package: its function is imported from another module of it."""

from .inner.core import translate

__all__ = ["translate"]
