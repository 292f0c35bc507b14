import { requireInteger, requireProbability } from '../../core/errors.js';
import { stream } from '../../core/rng.js';
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

/** Failures among trials `from` ... `to`-1 of an exhaustive search over the subnetworks of two drawn neurons. */
export function twoNeuronTrials(epsilon: number, R: number, seed: number, from: number, to: number): number {
  const samples = new Float64Array(4 * R);
  let failures = 0;
  for (let block = Math.floor(from / TRIALS_PER_STREAM); block * TRIALS_PER_STREAM < to; block++) {
    const random = stream(seed, 'two neurons', R, block);
    const end = Math.min(to, (block + 1) * TRIALS_PER_STREAM);
    for (let t = block * TRIALS_PER_STREAM; t < end; t++) {
      random.fill(samples);
      if (t >= from && !anySubnetworkSucceeds(samples, R, 1 - epsilon)) failures++;
    }
  }
  return failures;
}

/** Streams hold this many trials each; ranges of trials are best aligned to it. */
export const TRIALS_PER_STREAM = 1000;

/** samples: u of neuron 1, v of neuron 1, u of neuron 2, v of neuron 2, R uniforms on [0,1) each. */
function anySubnetworkSucceeds(samples: Float64Array, R: number, c: number): boolean {
  const best: number[] = [];
  for (let part = 0; part < 4; part++) {
    let low = 1;
    let high = 0;
    for (let r = part * R; r < (part + 1) * R; r++) {
      if (samples[r]! < low) low = samples[r]!;
      if (samples[r]! > high) high = samples[r]!;
    }
    best.push(2 * high - 1, 1 - 2 * low);
  }
  const reaches = (i: number, j: number) => best[i]! > 0 && best[j]! > 0 && best[i]! * best[j]! >= c;
  const [up1, down1, up2, down2] = [reaches(0, 2), reaches(1, 3), reaches(4, 6), reaches(5, 7)];
  return (up1 && down2) || (up2 && down1);
}
