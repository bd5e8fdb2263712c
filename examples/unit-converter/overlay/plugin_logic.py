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
MOST_PLACES = 15


class WrongInput(ValueError):
    """An input that has the right type, but no meaning."""


def unit_named(name: str) -> Unit:
    """The unit of a symbol such as `km`."""
    try:
        return UNITS[name]
    except KeyError:
        raise WrongInput(f"{name!r} is no unit; use one of {', '.join(UNITS)}") from None


def convert(value: float, source: str, target: str) -> Fraction:
    """The exact value in another unit of the same quantity."""
    old, new = unit_named(source), unit_named(target)
    if old.quantity != new.quantity:
        raise WrongInput(
            f"{source} is a unit of {old.quantity}, {target} one of {new.quantity}: "
            "there is no conversion between them"
        )
    base = Fraction(value) * old.factor + old.offset
    if base < 0 and old.quantity == "temperature":
        raise WrongInput(f"{value} {source} is below absolute zero")
    return (base - new.offset) / new.factor


def execute_plugin(inputs: dict[str, Any], context: dict[str, Any]) -> dict[str, Any]:
    """Convert `value` from `from_unit` to `to_unit`, rounded to `precision` places if given."""
    places = inputs.get("precision")
    try:
        result = convert(inputs["value"], inputs["from_unit"], inputs["to_unit"])
        if places is not None:
            if places not in range(MOST_PLACES + 1):
                rule = f"a whole number from 0 to {MOST_PLACES}"
                raise WrongInput(f"precision must be {rule}, but is {places}")
            result = round(result, int(places))
    except WrongInput as error:
        return {"success": False, "error": str(error)}
    return {"success": True, "outputs": {"result": float(result), "unit": inputs["to_unit"]}}
