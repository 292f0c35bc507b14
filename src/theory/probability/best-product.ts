import { integrate } from './quadrature.js';

/**
 * P(U V >= 1 - t, U > 0) for U and V the largest of R samples each from U[-1,1]: one neuron has a pair of samples whose product is within t of 1. Positive terms only, so
 * that it keeps its digits where it is small (t^2/8 at R = 1).
 *
 * @param t in (0, 1)
 * @param R samples, 1 to 1e9
 */
export function bestProduct(t: number, R: number): number {
  // u = exp(-s), so that v has to be at least exp(-(depth - s)).
  const depth = -Math.log1p(-t);
  const atMost = (s: number) => Math.log1p(Math.expm1(-s) / 2);
  const panels = Math.max(8, Math.ceil((R * depth) / 8));
  return integrate(
    (s) => (R / 2) * Math.exp((R - 1) * atMost(s) - s) * -Math.expm1(R * atMost(depth - s)),
    depth / 2,
    depth / 2,
    panels,
  );
}
