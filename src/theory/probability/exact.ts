import { binomialPoints } from './binomial.js';
import { log1mexp } from './log-scale.js';

/**
 * The two sides of a probability, each to full relative accuracy: `success` may be within 1e-16 of 1 while
 * `failure` still has all its digits.
 */
export interface Probability {
  readonly success: number;
  readonly failure: number;
}

/** 1-(1-p)^R: one of R samples lands where one does with probability p (theory.md, section 2). */
export function hitProbability(p: number, R: number): number {
  return p >= 1 ? 1 : -Math.expm1(R * Math.log1p(-p));
}

/** (1-p)^R, accurate where {@link hitProbability} is within rounding of 1. */
export function missProbability(p: number, R: number): number {
  return p >= 1 ? 0 : Math.exp(R * Math.log1p(-p));
}

/**
 * One weight on one side (theory.md, section 2): of n neurons, each with R samples of u and R of v, none has a
 * sample of both within its window. P(fail) = (1 - q(pu) q(pv))^n.
 *
 * @param n neurons in the block, 0 to 1e18
 * @param R samples per entry, 1 to 1e9
 * @param pu mass of u's window, @param pv mass of v's window
 */
export function weightProbability(n: number, R: number, pu: number, pv: number): Probability {
  return complement(n * logNeitherServes(R, pu, pv));
}

/** log(1 - q(pu) q(pv)), the log of the probability that one neuron does not serve. */
export function logNeitherServes(R: number, pu: number, pv: number): number {
  const both = hitProbability(pu, R) * hitProbability(pv, R);
  if (both < 0.5) return Math.log1p(-both);
  const missU = missProbability(pu, R);
  return Math.log(missU + (1 - missU) * missProbability(pv, R));
}

/** Independent events: all succeed. */
export function all(parts: Iterable<Probability>): Probability {
  let logSuccess = 0;
  for (const { success, failure } of parts)
    logSuccess += failure < 0.5 ? Math.log1p(-failure) : Math.log(success);
  return { success: Math.exp(logSuccess), failure: 0 - Math.expm1(logSuccess) };
}

/** One output, or several of the same window mass, of a block. */
export interface OutputGroup {
  /** Mass of v's window around the outputs' target weights. */
  readonly pv: number;
  /** How many outputs have it. */
  readonly count: number;
}

/**
 * A block (theory.md, section 2): n neurons serve all outputs, u shared by the outputs, v free for each.
 * P(success) = E over A ~ Bin(n, q(pu)) of the product over outputs of 1 - (1 - q(pv))^A.
 */
export function blockProbability(
  n: number,
  R: number,
  pu: number,
  outputs: readonly OutputGroup[],
): Probability {
  const logMisses = outputs.map(({ pv, count }) => ({ logMiss: R * Math.log1p(-Math.min(pv, 1)), count }));
  let success = 0;
  let failure = 0;
  for (const { k, mass } of binomialPoints(n, hitProbability(pu, R), missProbability(pu, R))) {
    let logSuccess = 0;
    for (const { logMiss, count } of logMisses)
      if (count > 0) logSuccess += count * (k === 0 ? Number.NEGATIVE_INFINITY : log1mexp(k * logMiss));
    success += mass * Math.exp(logSuccess);
    failure += mass * -Math.expm1(logSuccess);
  }
  return { success: Math.min(1, success), failure: Math.min(1, failure) };
}

/** The probability that has the given log of its failure. */
function complement(logFailure: number): Probability {
  return { failure: Math.exp(logFailure), success: -Math.expm1(logFailure) };
}
