import type { BigNumber } from 'mathjs';
import { describe, expect, it, test } from 'vitest';
import { closedNeurons, type Rates, uniformRates } from '../../../src/theory/bounds/closed-form.js';
import { big, one, power } from '../big.js';

/** Nodes and weights of Gauss-Legendre quadrature with 16 points on [-1, 1], by Newton's method. */
const legendre: (readonly [BigNumber, BigNumber])[] = Array.from({ length: 16 }, (_, i) => {
  const n = 16;
  let x = big(Math.cos((Math.PI * (i + 0.75)) / (n + 0.5)));
  let slope = one;
  for (let round = 0; round < 5; round++) {
    let [before, value] = [one, x];
    for (let k = 2; k <= n; k++) {
      const next = x.times(value).times(2 * k - 1);
      [before, value] = [value, next.minus(before.times(k - 1)).div(k)];
    }
    slope = x.times(value).minus(before).times(n).div(x.times(x).minus(1));
    x = x.minus(value.div(slope));
  }
  return [x, big(2).div(one.minus(x.times(x)).times(slope).times(slope))] as const;
});

/** The integral of g against the density of the largest of R samples from U[-1,1], over [low, high] in equal panels. */
function integral(R: number, low: number, high: number, g: (u: BigNumber) => BigNumber): BigNumber {
  const panels = 6;
  const half = big(high)
    .minus(big(low))
    .div(2 * panels);
  let sum = big(0);
  for (let i = 0; i < panels; i++)
    for (const [x, weight] of legendre) {
      const u = big(low).plus(half.times(x.plus(2 * i + 1)));
      const density = u
        .plus(1)
        .div(2)
        .pow(R - 1)
        .times(R)
        .div(2);
      sum = sum.plus(g(u).times(density).times(weight).times(half));
    }
  return sum;
}

const below = (R: number, u: number) => big(u).plus(1).div(2).pow(R);

/** lambda and q of the theorem's formulas. */
function bigRates({ form, beta, theta }: Rates, R: number): { lambda: BigNumber; q: BigNumber } {
  const b = big(beta);
  const q = below(R, 1 - beta).plus(
    integral(R, 1 - beta, 1, (u) => one.minus(u.plus(b).minus(1).div(u.times(2))).pow(R)),
  );
  if (form === 'moment') {
    const values = Array.from({ length: R + 1 }, (_, k) => power(big(k + 1), big(-theta!)));
    const moment = (u: BigNumber) => {
      const p = one.minus(b.div(u)).div(2);
      let mass = one.minus(p).pow(R);
      let sum = mass;
      for (let k = 0; k < R; k++) {
        mass = mass
          .times(R - k)
          .div(k + 1)
          .times(p)
          .div(one.minus(p));
        sum = sum.plus(mass.times(values[k + 1]!));
      }
      return sum;
    };
    return { lambda: below(R, beta).plus(integral(R, beta, 1, moment)), q };
  }
  // The rate is 1 - beta/u up to u = 2 beta, then 1/2. With r = 1 - beta/u, (1 - (1-r)^(R+1))/((R+1) r).
  const corner = Math.min(1, 2 * beta);
  const gamma = (r: BigNumber) => one.minus(one.minus(r).pow(R + 1)).div(r.times(R + 1));
  const lambda = below(R, beta)
    .plus(integral(R, beta, corner, (u) => gamma(one.minus(b.div(u)))))
    .plus(one.minus(below(R, corner)).times(gamma(big(0.5))));
  return { lambda, q };
}

/** f_n by the theorem's recursion. */
function bigFailure(rates: Rates, R: number, t: number, n: number): BigNumber {
  const { lambda, q } = bigRates(rates, R);
  const ratio = big(rates.beta).div(big(t));
  let term = rates.form === 'level' ? ratio.times(2).minus(1) : power(ratio, big(rates.theta!));
  let f = one;
  for (let k = 0; k < n; k++) {
    f = q.times(f).plus(one.minus(q).times(term.lt(1) ? term : one));
    term = term.times(lambda);
  }
  return f;
}

const first = 0.1 / (6 * Math.sqrt(784 * 784 * 300));
const share = 0.01 / (2 * 784 * 300 + 300 * 100 + 100 * 10);

describe('the closed form', () => {
  it.each([
    [1, 1e-3, 0.1],
    [1, first, share],
    [2, 1e-3, 0.01],
    [5, 1e-6, 1e-9],
    [10, first, share],
    [16, 1e-15, 1e-300],
    [32, 1e-3, 0.01],
  ])('holds in 120 digits at the n it gives: R = %d, t = %d, delta = %d', (R, t, delta) => {
    const { neurons, rates } = closedNeurons(uniformRates(R), t, Math.log(delta));
    expect(bigFailure(rates, R, t, neurons).lte(big(delta))).toBe(true);
    // One per cent fewer break it for these rates: the number is not rounded up by more.
    expect(bigFailure(rates, R, t, Math.floor(neurons * 0.99) - 1).gt(big(delta))).toBe(true);
  });

  it('has the values known for t = 1e-3, delta = 0.1 and 0.01 (docs/theory-width.md, section 4)', () => {
    const table = new Map([
      [1, [237, 324]],
      [2, [72, 97]],
      [4, [25, 33]],
      [8, [11, 14]],
      [16, [6, 7]],
      [32, [4, 5]],
    ]);
    for (const [R, expected] of table) {
      const n = (delta: number) => closedNeurons(uniformRates(R), 1e-3, Math.log(delta)).neurons;
      expect([n(0.1), n(0.01)]).toEqual(expected);
    }
  });

  it('is safe at the ends: R to 1e9, t to 1e-15, delta to 1e-300', () => {
    let before = Number.POSITIVE_INFINITY;
    for (const R of [1, 3, 10, 100, 1e4, 1e6, 1e9]) {
      const { neurons } = closedNeurons(uniformRates(R), 1e-15, Math.log(1e-300) - Math.log(2 ** 31));
      expect(Number.isInteger(neurons) && neurons >= 2 && neurons <= before).toBe(true);
      before = neurons;
    }
  });
});

test('is at most ceil(18 log(2/(t delta))/log(1+R)) + ceil(26 log(2/delta)/R), for every R', () => {
  for (const R of [1, 2, 3, 5, 8, 13, 21, 34, 49, 50, 81, 82, 1000, 1e6])
    for (const t of [0.3, 1e-3, 1e-9])
      for (const delta of [0.5, 1e-2, 1e-30]) {
        const explicit =
          Math.ceil((18 * Math.log(2 / (t * delta))) / Math.log1p(R)) +
          Math.ceil((26 * Math.log(2 / delta)) / R);
        expect(closedNeurons(uniformRates(R), t, Math.log(delta)).neurons).toBeLessThanOrEqual(explicit);
      }
});
