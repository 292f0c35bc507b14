import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatBound, formatInterval, formatNumber } from '../../src/report/format.js';

describe('formatNumber', () => {
  it.each([
    [0, '0'],
    [2, '2'],
    [67820, '67,820'],
    [0.011284510422541083, '0.01128'],
    [1.8e-4, '1.8e-4'],
    [3.2e14, '3.2e14'],
    [-0.5, '-0.5'],
    [Number.POSITIVE_INFINITY, 'infinite'],
    [Number.NEGATIVE_INFINITY, '-infinite'],
    [Number.NaN, 'not a number'],
  ])('%d is %s', (value, text) => expect(formatNumber(value)).toBe(text));

  it('shows at least three digits', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-15, max: 1e18, noNaN: true }), (x) => {
        const shown = Number(formatNumber(x).replaceAll(',', ''));
        expect(Math.abs(shown - x)).toBeLessThanOrEqual(5.01e-3 * x);
      }),
    );
  });
});

describe('formatInterval', () => {
  it('covers the interval', () => {
    const unit = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(unit, unit, (a, b) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        const shown = formatInterval({ low, high }).slice(1, -1).split(', ').map(Number);
        expect(shown[0]).toBeLessThanOrEqual(low);
        expect(shown[1]).toBeGreaterThanOrEqual(high);
      }),
    );
  });
});

describe('formatBound', () => {
  it('is a bound on the same side, within a unit of the fourth digit', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-300, max: 1e300, noNaN: true }), (x) => {
        const [low, high] = (['lower', 'upper'] as const).map((side) =>
          Number(formatBound(x, side).replaceAll(',', '')),
        );
        expect(low).toBeLessThanOrEqual(x);
        expect(high).toBeGreaterThanOrEqual(x);
        expect(high! - low!).toBeLessThanOrEqual(1.0001e-3 * x);
      }),
    );
    expect(formatBound(0.00123449, 'lower')).toBe('0.001234');
    expect(formatBound(0.00123449, 'upper')).toBe('0.001235');
    expect(formatBound(9.9996e-5, 'upper')).toBe('1e-4');
    expect(formatBound(Number.POSITIVE_INFINITY, 'upper')).toBe('infinite');
  });
});
