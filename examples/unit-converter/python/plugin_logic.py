"""Unit Converter: lengths, masses and temperatures."""

from fractions import Fraction
from typing import Any, NamedTuple


class Unit(NamedTuple):
    """A unit by its base unit: base value = value * factor + offset."""

    quantity: str
    factor: Fraction
    offset: Fraction = Fraction(0)


# Exact by definition: the international yard and pound agreement of 1959, and the kelvin scale.
UNITS = {
    "mm": Unit("length", Fraction(1, 1000)),
    "cm": Unit("length", Fraction(1, 100)),
    "m": Unit("length", Fraction(1)),
    "km": Unit("length", Fraction(1000)),
    "in": Unit("length", Fraction("0.0254")),
    "ft": Unit("length", Fraction("0.3048")),
    "yd": Unit("length", Fraction("0.9144")),
    "mi": Unit("length", Fraction("1609.344")),
    "g": Unit("mass", Fraction(1, 1000)),
    "kg": Unit("mass", Fraction(1)),
    "t": Unit("mass", Fraction(1000)),
    "oz": Unit("mass", Fraction("0.028349523125")),
    "lb": Unit("mass", Fraction("0.45359237")),
    "K": Unit("temperature", Fraction(1)),
    "C": Unit("temperature", Fraction(1), Fraction("273.15")),
    "F": Unit("temperature", Fraction(5, 9), Fraction("459.67") * Fraction(5, 9)),
}


class WrongInput(ValueError):
    """An input that has the right type, but no meaning."""


def convert(value: float, source: str, target: str) -> Fraction:
    """The exact value in another unit of the same quantity."""
    old, new = UNITS[source], UNITS[target]
    if old.quantity != new.quantity:
        raise WrongInput(
            f"{source} is a unit of {old.quantity}, {target} one of {new.quantity}: "
            "there is no conversion between them"
        )
    # As it is written: -459.67 F is absolute zero, and the binary number next to it is below.
    base = Fraction(repr(float(value))) * old.factor + old.offset
    if base < 0 and old.quantity == "temperature":
        raise WrongInput("value is below absolute zero, which is 0 K, -273.15 C or -459.67 F")
    return (base - new.offset) / new.factor


def execute_plugin(inputs: dict[str, Any], context: dict[str, Any]) -> dict[str, Any]:
    """Convert `value` from `from_unit` to `to_unit`, rounded to `precision` places if given."""
    places = inputs.get("precision")
    if places is not None and places != int(places):
        return {"success": False, "error": "precision must be a whole number, such as 2"}
    try:
        exact = convert(inputs["value"], inputs["from_unit"], inputs["to_unit"])
        result = float(exact if places is None else round(exact, int(places)))
    except WrongInput as error:
        return {"success": False, "error": str(error)}
    except OverflowError:
        return {"success": False, "error": "the result is too large: convert to a larger unit"}
    return {"success": True, "outputs": {"result": result, "unit": inputs["to_unit"]}}
