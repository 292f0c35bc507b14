/**
 * Outward rounding. JavaScript rounds to nearest and has no directed modes, so results are moved outward by a bound of
 * their error: a sum of n products computed in doubles, in any order, is off by at most g_n T with g_n = n u/(1 - n u),
 * u = 2^-53, and T the sum of the products' sizes (Higham, Accuracy and Stability of Numerical Algorithms, Section
 * 3.1). {@link slack} is more than twice that, which also covers T itself being computed, up to four more roundings in
 * each product, and the addition that moves the result. 2^-1000 covers underflow. docs/theory.md, section 9, has the proof.
 */
const TINY = 2 ** -1000;

/** Relative error allowed for a sum of `terms` products, below 2^40 of them. */
export const slack = (terms: number): number => (terms + 8) * 2 ** -52;

/** At least what `sum`, computed from `terms` products whose sizes add to `magnitude`, stands for. */
export const above = (sum: number, magnitude: number, terms: number): number =>
  sum + (slack(terms) * magnitude + TINY);

/** At most what it stands for. */
export const below = (sum: number, magnitude: number, terms: number): number =>
  sum - (slack(terms) * magnitude + TINY);

/** The next double above x, or a later one: at least the exact result of one operation that was rounded to x. */
export const up = (x: number): number => x + (Math.abs(x) * 2 ** -52 + Number.MIN_VALUE);

/** The next double below x, or an earlier one. */
export const down = (x: number): number => x - (Math.abs(x) * 2 ** -52 + Number.MIN_VALUE);

/** At least the root of a sum of so many squares. */
export const rootAbove = (squares: number, terms: number): number =>
  up(Math.sqrt(above(squares, squares, terms)));

/** At least the 2-norm of a vector that is at most |values| entry by entry. */
export const normAbove = (values: Float64Array): number => rootAbove(squaresOf(values), values.length);

/** At most the 2-norm of a vector that is at least |values| entry by entry. */
export function normBelow(values: Float64Array): number {
  const squares = squaresOf(values);
  return Math.max(0, down(Math.sqrt(Math.max(0, below(squares, squares, values.length)))));
}

function squaresOf(values: Float64Array): number {
  let squares = 0;
  for (let k = 0; k < values.length; k++) squares += values[k]! * values[k]!;
  return squares;
}
