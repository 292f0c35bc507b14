import * as v from 'valibot';

/** A whole number in [least, most]. */
export const whole = (least: number, most = 1e9) =>
  v.pipe(
    v.number(),
    v.integer('must be a whole number'),
    v.minValue(least, `must be at least ${least}`),
    v.maxValue(most, `must be at most ${most}`),
  );

/** A finite number in [low, high]. */
export const finite = (low: number, high: number) =>
  v.pipe(
    v.number(),
    v.finite('must be finite'),
    v.minValue(low, `must be at least ${low}`),
    v.maxValue(high, `must be at most ${high}`),
  );

/** A number in (0, most]. */
export const positive = (most: number) => v.pipe(finite(0, most), v.gtValue(0, 'must be greater than 0'));

/** A number in [0, 1]. */
export const fraction = finite(0, 1);
