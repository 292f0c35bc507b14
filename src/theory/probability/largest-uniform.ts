import { log1mexp, logSum } from './log-scale.js';

/**
 * The largest U of R samples from U[-1,1]: P(U <= u) = ((1+u)/2)^R.
 * An upper bound of log E g(U), for a g that is 1 below `start` and convex and nonincreasing on [start, 1]: g is replaced by its
 * chords on a grid, whose expectation is exact, and rounding is upward.
 *
 * @param R samples, 1 to 1e9
 * @param start in [0, 1)
 * @param logValue log g(u) on [start, 1]; logValue(start) = 0
 */
export function logExpectation(R: number, start: number, logValue: (u: number) => number): number {
  // By parts, E g = g(1) - int g' P(U <= u) du with g' the chord's slope: positive terms only.
  const depths = depthGrid(R, 1 - start);
  const terms = [logValue(1)];
  let upper = terms[0]!;
  for (let i = 1; i < depths.length; i++) {
    const [above, below] = [depths[i - 1]!, depths[i]!];
    const lower = i === depths.length - 1 ? 0 : Math.max(upper, logValue(1 - below));
    if (lower > upper) {
      const slope = lower + log1mexp(upper - lower) - Math.log(below - above);
      const shrink = (R + 1) * Math.log1p((above - below) / (2 - above));
      const mass = Math.log(2 / (R + 1)) + (R + 1) * Math.log1p(-above / 2) + log1mexp(shrink);
      terms.push(slope + mass);
    }
    upper = lower;
  }
  const value = logSum(terms);
  return Math.min(0, value + ROUNDING * (1 + Math.abs(value)));
}

/** More than what the sums of {@link logExpectation} lose by rounding. */
const ROUNDING = 1e-12;

/** Distances from u = 1, graded towards both ends, the first steps short against the spread 2/R of U. */
function depthGrid(R: number, length: number): number[] {
  const least = Math.min(length / 256, 1 / (16 * R));
  const grid = [0];
  for (let depth = least; depth < length; ) {
    grid.push(depth);
    depth += Math.max(least, 0.05 * Math.min(depth, length - depth));
  }
  return [...grid, length];
}
