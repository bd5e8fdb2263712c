"""What only Python itself knows: a decorator that adds a parameter, a default that is computed."""

import functools
import inspect

WIDTH = max(3, 5) * 2


def with_prefix(function):
    @functools.wraps(function)
    def call(*arguments, prefix: str = "> ", **named):
        return prefix + function(*arguments, **named)

    signature = inspect.signature(function)
    extra = inspect.Parameter("prefix", inspect.Parameter.KEYWORD_ONLY, default="> ", annotation=str)
    call.__signature__ = signature.replace(parameters=[*signature.parameters.values(), extra])
    return call


@with_prefix
def pad(text: str, width: int = WIDTH) -> str:
    """Fill a text up to a width."""
    return text.ljust(width, ".")
