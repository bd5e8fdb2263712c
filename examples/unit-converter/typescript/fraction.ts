/** Exact fractions, so that a result is rounded once, at its end. */

/** `over` by `under`, which is above 0. */
export type Fraction = { over: bigint; under: bigint };

export function fraction(over: bigint, under = 1n): Fraction {
  return { over, under };
}

/** The fraction as which a number is written: 0.1 is 1 / 10, and the binary number is one next to it. */
export function written(value: number): Fraction {
  const [digits = '', exponent = '0'] = String(value).split('e');
  const [whole = '', decimals = ''] = digits.split('.');
  const power = BigInt(exponent) - BigInt(decimals.length);
  const over = BigInt(whole + decimals);
  return power < 0n ? fraction(over, 10n ** -power) : fraction(over * 10n ** power);
}

export function plus(a: Fraction, b: Fraction): Fraction {
  return { over: a.over * b.under + b.over * a.under, under: a.under * b.under };
}

export function minus(a: Fraction, b: Fraction): Fraction {
  return plus(a, { over: -b.over, under: b.under });
}

export function times(a: Fraction, b: Fraction): Fraction {
  return { over: a.over * b.over, under: a.under * b.under };
}

/** `a` by `b`, which is above 0. */
export function by(a: Fraction, b: Fraction): Fraction {
  return { over: a.over * b.under, under: a.under * b.over };
}

/** With so many decimal places; a half goes to the even digit. */
export function rounded({ over, under }: Fraction, places: number): Fraction {
  const scale = 10n ** BigInt(places);
  const size = (over < 0n ? -over : over) * scale;
  const twice = (size % under) * 2n;
  let whole = size / under;
  if (twice > under || (twice === under && whole % 2n === 1n)) whole += 1n;
  return { over: over < 0n ? -whole : whole, under: scale };
}

/** The number that is nearest; Infinity if it is too large for one. */
export function nearest({ over, under }: Fraction): number {
  // No number, and no middle between two, has more than 1075 places. A last 1 says that the fraction goes on.
  const scaled = over * 10n ** 1075n;
  return Number(`${scaled / under}${scaled % under === 0n ? 0 : 1}e-1076`);
}
