/** Unit Converter: lengths, masses and temperatures. */
import { by, type Fraction, fraction, minus, nearest, plus, rounded, times, written } from './fraction.ts';
import type { Context, Inputs, PluginResult } from './plugin_types.ts';

type Symbol = Inputs['from_unit'];
/** A unit by its base unit: base value = value * factor + offset. */
type Unit = { quantity: string; factor: Fraction; offset: Fraction };

function unit(quantity: string, factor: Fraction, offset = fraction(0n)): Unit {
  return { quantity, factor, offset };
}

// Exact by definition: the international yard and pound agreement of 1959, and the kelvin scale.
const UNITS: Record<Symbol, Unit> = {
  mm: unit('length', fraction(1n, 1000n)),
  cm: unit('length', fraction(1n, 100n)),
  m: unit('length', fraction(1n)),
  km: unit('length', fraction(1000n)),
  in: unit('length', fraction(254n, 10_000n)),
  ft: unit('length', fraction(3048n, 10_000n)),
  yd: unit('length', fraction(9144n, 10_000n)),
  mi: unit('length', fraction(1_609_344n, 1000n)),
  g: unit('mass', fraction(1n, 1000n)),
  kg: unit('mass', fraction(1n)),
  t: unit('mass', fraction(1000n)),
  oz: unit('mass', fraction(28_349_523_125n, 1_000_000_000_000n)),
  lb: unit('mass', fraction(45_359_237n, 100_000_000n)),
  K: unit('temperature', fraction(1n)),
  C: unit('temperature', fraction(1n), fraction(27_315n, 100n)),
  F: unit('temperature', fraction(5n, 9n), fraction(5n * 45_967n, 900n)),
};

/** The exact value in another unit of the same quantity, or why there is none. */
function convert(value: number, source: Symbol, target: Symbol): Fraction | string {
  const from = UNITS[source];
  const to = UNITS[target];
  if (from.quantity !== to.quantity) {
    return `${source} is a unit of ${from.quantity}, ${target} one of ${to.quantity}: there is no conversion between them`;
  }
  // As it is written: -459.67 F is absolute zero, and the binary number next to it is below.
  const base = plus(times(written(value), from.factor), from.offset);
  if (base.over < 0n && from.quantity === 'temperature') {
    return 'value is below absolute zero, which is 0 K, -273.15 C or -459.67 F';
  }
  return by(minus(base, to.offset), to.factor);
}

/** Convert `value` from `from_unit` to `to_unit`, rounded to `precision` places if given. */
export async function executePlugin(inputs: Inputs, _context: Context): Promise<PluginResult> {
  const { value, from_unit, to_unit, precision } = inputs;
  if (precision !== undefined && !Number.isInteger(precision)) {
    return { success: false, error: 'precision must be a whole number, such as 2' };
  }
  const exact = convert(value, from_unit, to_unit);
  if (typeof exact === 'string') return { success: false, error: exact };
  const result = nearest(precision === undefined ? exact : rounded(exact, precision));
  if (!Number.isFinite(result)) {
    return { success: false, error: 'the result is too large: convert to a larger unit' };
  }
  return { success: true, outputs: { result, unit: to_unit } };
}
