/** A number for people: 4 significant digits, thousands grouped, powers of ten outside [1e-3, 1e7), whole numbers up to 1e9 in full, `infinite`, `not a number`. */
export function formatNumber(value: number): string {
  if (value === 0) return '0';
  if (Number.isNaN(value)) return 'not a number';
  if (!Number.isFinite(value)) return value > 0 ? 'infinite' : '-infinite';
  const size = Math.abs(value);
  const whole = Number.isInteger(value) && size < 1e9;
  if (!whole && (size < 1e-3 || size >= 1e7)) {
    const [digits, exponent] = value.toExponential(3).split('e');
    return `${Number(digits)}e${Number(exponent)}`;
  }
  if (whole) return value.toLocaleString('en-US');
  return Number(value.toPrecision(4)).toLocaleString('en-US', { maximumFractionDigits: 7 });
}

/** `1 h 02 min`, `3 min 20 s` or `7 s`. */
export function duration(seconds: number): string {
  const s = Math.round(seconds);
  const two = (value: number) => String(value).padStart(2, '0');
  if (s >= 3600) return `${Math.floor(s / 3600)} h ${two(Math.floor((s % 3600) / 60))} min`;
  return s >= 60 ? `${Math.floor(s / 60)} min ${two(s % 60)} s` : `${s} s`;
}

/** A share as `12.34 %`. */
export const formatPercent = (share: number): string => `${(100 * share).toFixed(2)} %`;
