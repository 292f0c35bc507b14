/** A number for people: 4 significant digits, thousands grouped, powers of ten outside [1e-3, 1e7), whole numbers up to 1e9 in full. */
export function formatNumber(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  const whole = Number.isInteger(value) && size < 1e9;
  if (!whole && (size < 1e-3 || size >= 1e7)) {
    const [digits, exponent] = value.toExponential(3).split('e');
    return `${Number(digits)}e${Number(exponent)}`;
  }
  if (whole) return value.toLocaleString('en-US');
  return Number(value.toPrecision(4)).toLocaleString('en-US', { maximumFractionDigits: 7 });
}
