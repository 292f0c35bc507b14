import { formatNumber } from '../core/format.js';

/** The ends of an axis, both positive. */
export type Domain = readonly [low: number, high: number];

/** A logarithmic axis, as Observable Plot takes it. @param most ticks */
export const logAxis = (domain: Domain, most: number) => ({
  type: 'log' as const,
  domain: [...domain],
  ticks: ticks(domain, most),
  tickFormat: powerText,
});

/** Powers of ten within the domain, thinned to about `most`; where there are too few, 1, 2 and 5 times them. */
export function ticks([low, high]: Domain, most: number): number[] {
  const inside = (value: number) => value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9);
  const first = Math.floor(Math.log10(low));
  const powers = Array.from({ length: Math.ceil(Math.log10(high)) - first + 1 }, (_, k) => first + k);
  const tens = powers.filter((power) => inside(10 ** power));
  if (tens.length < 2)
    return powers.flatMap((power) => [1, 2, 5].map((m) => Number(`${m}e${power}`))).filter(inside);
  const every = Math.ceil(tens.length / Math.max(2, most));
  return tens.filter((power) => power % every === 0).map((power) => Number(`1e${power}`));
}

/** A number on an axis: 5, 2,000, 10⁷. */
export function powerText(value: number): string {
  if (value >= 0.01 && value < 1e5) return formatNumber(value);
  const power = Math.floor(Math.log10(value) + 1e-9);
  const mantissa = Number((value / 10 ** power).toPrecision(3));
  return `${mantissa === 1 ? '' : `${mantissa}·`}10${superscript(power)}`;
}

const superscript = (n: number) =>
  [...String(n)].map((c) => (c === '-' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(c)])).join('');
