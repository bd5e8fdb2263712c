// Unit Converter: lengths, masses and temperatures.

package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/big"
	"strconv"
)

// unit is one by its base unit: base value = value * factor + offset.
type unit struct {
	quantity       string
	factor, offset *big.Rat
}

// Exact by definition: the international yard and pound agreement of 1959, and the kelvin scale.
var units = map[string]unit{
	"mm": {"length", rat("1/1000"), rat("0")},
	"cm": {"length", rat("1/100"), rat("0")},
	"m":  {"length", rat("1"), rat("0")},
	"km": {"length", rat("1000"), rat("0")},
	"in": {"length", rat("0.0254"), rat("0")},
	"ft": {"length", rat("0.3048"), rat("0")},
	"yd": {"length", rat("0.9144"), rat("0")},
	"mi": {"length", rat("1609.344"), rat("0")},
	"g":  {"mass", rat("1/1000"), rat("0")},
	"kg": {"mass", rat("1"), rat("0")},
	"t":  {"mass", rat("1000"), rat("0")},
	"oz": {"mass", rat("0.028349523125"), rat("0")},
	"lb": {"mass", rat("0.45359237"), rat("0")},
	"K":  {"temperature", rat("1"), rat("0")},
	"C":  {"temperature", rat("1"), rat("273.15")},
	"F":  {"temperature", rat("5/9"), rat("229835/900")},
}

func rat(text string) *big.Rat {
	value, ok := new(big.Rat).SetString(text)
	if !ok {
		panic(text + " is not a fraction")
	}
	return value
}

// convert returns the exact value in another unit of the same quantity.
func convert(value float64, source, target string) (*big.Rat, error) {
	from, to := units[source], units[target]
	if from.quantity != to.quantity {
		return nil, fmt.Errorf("%s is a unit of %s, %s one of %s: there is no conversion between them",
			source, from.quantity, target, to.quantity)
	}
	// As it is written: -459.67 F is absolute zero, and the binary number next to it is below.
	result := rat(strconv.FormatFloat(value, 'g', -1, 64))
	result.Add(result.Mul(result, from.factor), from.offset)
	if result.Sign() < 0 && from.quantity == "temperature" {
		return nil, errors.New("value is below absolute zero, which is 0 K, -273.15 C or -459.67 F")
	}
	return result.Quo(result.Sub(result, to.offset), to.factor), nil
}

// round returns the value with so many decimal places; a half goes to the even digit.
func round(value *big.Rat, places int64) *big.Rat {
	scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(places), nil)
	scaled := new(big.Rat).Mul(value, new(big.Rat).SetInt(scale))
	whole, rest := new(big.Int).DivMod(scaled.Num(), scaled.Denom(), new(big.Int))
	half := rest.Lsh(rest, 1).Cmp(scaled.Denom())
	if half > 0 || half == 0 && whole.Bit(0) == 1 {
		whole.Add(whole, big.NewInt(1))
	}
	return new(big.Rat).SetFrac(whole, scale)
}

// Setup has nothing to prepare.
func Setup(ctx context.Context) error { return nil }

// Execute converts Value from FromUnit to ToUnit, rounded to Precision places if given.
func Execute(ctx context.Context, in Inputs) (Outputs, error) {
	if in.Precision != nil && *in.Precision != math.Trunc(*in.Precision) {
		return Outputs{}, errors.New("precision must be a whole number, such as 2")
	}
	exact, err := convert(in.Value, in.FromUnit, in.ToUnit)
	if err != nil {
		return Outputs{}, err
	}
	if in.Precision != nil {
		exact = round(exact, int64(*in.Precision))
	}
	result, _ := exact.Float64()
	if math.IsInf(result, 0) {
		return Outputs{}, errors.New("the result is too large: convert to a larger unit")
	}
	return Outputs{Result: result, Unit: in.ToUnit}, nil
}
