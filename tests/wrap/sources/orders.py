"""Models of pydantic."""

from decimal import Decimal

from pydantic import BaseModel, Field


class Line(BaseModel):
    article: str
    price: Decimal = Field(gt=0)
    count: int = Field(default=1, ge=1)


class Order(BaseModel):
    customer: str
    lines: list[Line]


class Total(BaseModel):
    customer: str
    net: Decimal
    gross: Decimal


def total(order: Order, vat: float = 0.19) -> Total:
    """Add up an order, with and without tax.

    :param order: What was ordered.
    :param vat: The rate of the tax.
    """
    net = sum((line.price * line.count for line in order.lines), Decimal())
    return Total(customer=order.customer, net=net, gross=net * (1 + Decimal(str(vat))))
