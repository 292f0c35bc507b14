import { requireInteger, requireProbability } from '../../core/errors.js';
import type { Probability } from './exact.js';
import { integrate } from './quadrature.js';

/**
 * Two hidden neurons, f(x) = x, D_param = U[-1,1]: does any subnetwork at all come within epsilon? One neuron must give
 * a slope v*u >= 1-epsilon for x > 0 (u, v > 0), the other for x < 0 (u, v < 0), so the best of all subnetworks succeeds
 * iff max(u) max(v) >= 1-epsilon on one neuron and max(-u) max(-v) >= 1-epsilon on the other, all four positive (docs/theory.md, section 3).
 *
 * The exact probability, by quadrature of positive terms: with X = max(u), Y = max(-u) of a neuron and H(x,y) =
 * P(X < x, Y < y) = ((x+y)/2)^R, let q = P(no good pair for x > 0) and e = P(none on either side); then
 * P(fail) = 2e - e^2 + 2(q-e)^2.
 *
 * @param epsilon allowed error, in (0, 1)
 * @param R samples per entry, 1 to 1e9
 */
export function twoNeuronExistence(epsilon: number, R: number): Probability {
  requireProbability('epsilon', epsilon);
  requireInteger('resamplings', R, 1, 1e9);
  // With x = exp(-s): c = exp(-depth), c/x = exp(-(depth-s)), and every integrand is smooth whatever epsilon is.
  const depth = -Math.log1p(-epsilon);
  // P(fail) <= 16 ((1+sqrt c)/2)^(2R), each failure needing two of the eight maxima below sqrt c.
  if (Math.log(16) + 2 * R * Math.log1p(Math.expm1(-depth / 2) / 2) < -745) return { failure: 0, success: 1 };
  // The integrands vary like exp(R s/2): panels enough for a factor e^4 each, at least 8.
  const panels = Math.max(8, Math.ceil((R * depth) / 8));
  const over = (f: (s: number) => number) => integrate(f, depth / 2, depth / 2, panels);
  // ((x+y)/2)^exponent with x = exp(-s), y = exp(-t), exact near 1.
  const power = (s: number, t: number, exponent: number) =>
    Math.exp(exponent * Math.log1p((Math.expm1(-s) + Math.expm1(-t)) / 2));
  const q =
    power(0, depth, R) + over((s) => (R / 2) * power(0, s, R - 1) * power(0, depth - s, R) * Math.exp(-s));
  const oneReaches = over((s) => (R / 2) * power(s, depth, R - 1) * power(0, depth - s, R) * Math.exp(-s));
  const density = (R * (R - 1)) / 4;
  const bothReach =
    R === 1
      ? 0
      : over((s) =>
          over((t) => density * power(s, t, R - 2) * power(depth - s, depth - t, R) * Math.exp(-s - t)),
        );
  const e = power(depth, depth, R) + 2 * oneReaches + bothReach;
  const failure = e * (2 - e) + 2 * (q - e) ** 2;
  return { failure, success: 1 - failure };
}
