import { InputError, requireInteger, requireNumber, requireProbability } from '../../core/errors.js';

/** What a bound is asked for. */
export interface Problem {
  /** d_0, ..., d_l: the target's layer widths, each at least 1. */
  readonly widths: readonly number[];
  /** Allowed error of the whole network, in (0, 1]. */
  readonly epsilon: number;
  /** Allowed failure probability, in (0, 1). */
  readonly delta: number;
  /** R: independent samples per entry (itself and R-1 re-samplings), 1 to 1e9. */
  readonly resamplings: number;
}

/** Checks a problem at the edge. @throws InputError that names what is wrong with it */
export function requireProblem(problem: Problem): Problem {
  requireWidths(problem.widths);
  requireProbability('delta', problem.delta);
  if (!(problem.epsilon > 0 && problem.epsilon <= 1))
    throw new InputError(
      `epsilon ${problem.epsilon}`,
      'must lie in (0, 1]',
      'pass the allowed error, such as 0.1',
    );
  requireInteger('resamplings', problem.resamplings, 1, 1e9);
  return problem;
}

/** d_0, ..., d_l as a target may have them. @throws InputError that names the bad width or the overflow */
export function requireWidths(widths: readonly number[]): readonly number[] {
  if (widths.length < 2)
    throw new InputError(
      `widths ${widths.join(',')}`,
      'must list d_0 to d_l, at least two',
      'pass e.g. 784,300,100,10',
    );
  for (const d of widths)
    if (!Number.isInteger(d) || d < 1)
      throw new InputError(
        `widths ${widths.join(',')}`,
        `${d} is not a positive integer`,
        'pass e.g. 784,300,100,10',
      );
  for (let i = 1; i < widths.length; i++)
    requireNumber(
      `entries d_${i - 1} x d_${i} of widths ${widths.join(',')}:`,
      widths[i - 1]! * widths[i]!,
      1,
      2 ** 31,
    );
  return widths;
}

/** A hidden width D_i. @throws InputError unless it is an integer from 1 to 1e18 */
export function requireWidth(name: string, width: number): number {
  return requireInteger(name, width, 1, 1e18);
}
