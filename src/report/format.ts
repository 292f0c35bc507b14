import { formatNumber } from '../core/format.js';
import type { Interval } from '../core/intervals.js';
import type { Probability } from '../theory/probability/exact.js';

export { formatNumber };

/** A failure probability, as `1 − success` where it would round to 1. */
export function formatFailure({ success, failure }: Probability): string {
  return failure > 0.9999 && success > 0 ? `1 − ${formatNumber(success)}` : formatNumber(failure);
}

/** `[low, high]`, rounded outward to 4 digits, so that what is shown covers what was computed. */
export function formatInterval({ low, high }: Interval): string {
  return `[${formatBound(low, 'lower')}, ${formatBound(high, 'upper')}]`;
}

/** A bound rounded outward to 4 digits, so that what is shown is a bound too. */
export const formatBound = (value: number, side: 'lower' | 'upper'): string =>
  formatNumber(outward(value, side === 'lower' ? -1 : 1));

function outward(value: number, direction: 1 | -1): number {
  if (!Number.isFinite(value) || (Number.isInteger(value) && Math.abs(value) < 1e9)) return value;
  const [digits, exponent] = value.toExponential(3).split('e');
  const shown = Number(`${digits}e${exponent}`);
  if (direction * (shown - value) >= 0) return shown;
  return Number(`${(Number(digits) + direction * 0.001).toFixed(3)}e${exponent}`);
}
