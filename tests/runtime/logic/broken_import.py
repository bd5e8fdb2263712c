"""Needs a package that nobody has."""

import package_that_is_not_installed  # type: ignore[import-not-found]  # noqa: F401
