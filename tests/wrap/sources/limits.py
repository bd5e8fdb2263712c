"""Annotated, with constraints and descriptions."""

from typing import Annotated, NewType, Optional, Union

from annotated_types import Ge, Gt, Le, Len
from pydantic import Field

Percent = Annotated[float, Ge(0), Le(100), "From 0 to 100"]
Currency = NewType("Currency", str)


def discount(
    price: Annotated[float, Gt(0)],
    percent: Percent,
    codes: Annotated[list[Annotated[str, Field(min_length=2)]], Len(0, 5)] = [],
    currency: Currency = Currency("EUR"),
    note: Annotated[Optional[str], Field(description="Printed below", max_length=40)] = None,
    rounding: Union[int, None] = 2,
) -> Annotated[float, "What is left to pay"]:
    """Take a discount off a price."""
    return round(price * (100 - percent) / 100 - len(codes), rounding)
