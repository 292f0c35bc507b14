import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stream } from '../../../src/core/rng.js';
import {
  kaimingUniform,
  normal,
  parseDistribution,
  signedConstant,
  twoValued,
  uniform,
  type WeightDistribution,
} from '../../../src/theory/problem/distribution.js';
import { big, math, relativeError } from '../big.js';
import { binomialPValue, FALSE_ALARM, kolmogorovPValue } from '../statistics.js';

const require = createRequire(import.meta.url);
const normalCdf =
  require('@stdlib/stats-base-dists-normal-cdf') as typeof import('@stdlib/stats-base-dists-normal-cdf');
const uniformCdf =
  require('@stdlib/stats-base-dists-uniform-cdf') as typeof import('@stdlib/stats-base-dists-uniform-cdf');

const scale = fc.double({ min: 0.05, max: 3, noNaN: true });
const center = fc.double({ min: -1, max: 1, noNaN: true });
const half = fc.double({ min: 0.01, max: 1, noNaN: true });

describe('masses', () => {
  it('are differences of the CDF (@stdlib)', () => {
    fc.assert(
      fc.property(scale, center, half, (a, c, h) => {
        // A difference of CDF values is good to 1e-15 absolute.
        expect(
          Math.abs(uniform(a).mass(c, h) - (uniformCdf(c + h, -a, a) - uniformCdf(c - h, -a, a))),
        ).toBeLessThan(2e-15 / Math.min(1, a));
        expect(
          Math.abs(normal(a).mass(c, h) - (normalCdf(c + h, 0, a) - normalCdf(c - h, 0, a))),
        ).toBeLessThan(5e-15);
      }),
    );
  });

  it('of the normal law keep their digits in narrow windows and far tails (120-digit series of the integral)', () => {
    const cases = [
      [1, 0.05, 1],
      [1, 0.05, 0.1],
      [1, 0.05, 0.05],
      [1, 1e-12, 0.2],
      [0.3, 0.7, 0.05],
      [-1, 1, 0.1],
      [0, 2, 3],
    ] as const;
    for (const [c, h, sigma] of cases) {
      const [low, high] = [big(c).minus(big(h)).div(big(sigma)), big(c).plus(big(h)).div(big(sigma))];
      const reference = erfSeries(high).minus(erfSeries(low));
      expect(relativeError(normal(sigma).mass(c, h), reference)).toBeLessThan(1e-13);
    }
    expect(normal(0.01).mass(1, 0.001)).toBe(0);
    expect(normal(0.01).mass(0, 1)).toBeLessThanOrEqual(1);
  });

  it('of a narrow window of the uniform law are its width, cut at the ends', () => {
    expect(uniform(1).mass(1, 1e-15)).toBe(5e-16);
    expect(uniform(1).mass(0.3, 1e-15)).toBe(1e-15);
    expect(uniform(1).mass(1.2, 0.1)).toBe(0);
    expect(uniform(1).mass(0, 5)).toBe(1);
    expect(uniform(2).mass(-1, 0.5)).toBe(0.25);
  });

  it('of two values count them', () => {
    expect([0.05, 0.3, 2].map((h) => twoValued(0.9).mass(1, h))).toEqual([0, 0.5, 1]);
    expect(signedConstant(2).mass(1, 0)).toBe(0.5);
  });
});

describe('quantiles', () => {
  it('invert the CDF', () => {
    fc.assert(
      fc.property(scale, fc.double({ min: 1e-12, max: 1 - 1e-12, noNaN: true }), (a, x) => {
        expect(uniformCdf(uniform(a).quantile(x), -a, a)).toBeCloseTo(x, 14);
        expect(normalCdf(normal(a).quantile(x), 0, a)).toBeCloseTo(x, 12);
      }),
    );
  });

  it('are finite at both ends of [0, 1), and symmetric', () => {
    const { quantile } = normal(1);
    expect(quantile(0)).toBeGreaterThan(-9);
    expect(quantile(1 - 2 ** -53)).toBe(-quantile(0));
    expect(uniform(1).quantile(0)).toBe(-1);
    expect(uniform(1).quantile(1 - 2 ** -53)).toBeLessThan(1);
    expect([0, 0.499, 0.5, 0.99].map(twoValued(0.3).quantile)).toEqual([-0.3, -0.3, 0.3, 0.3]);
  });

  // Exact binomial tests, false alarm FALSE_ALARM each.
  it('hit a window as often as its mass says', () => {
    const laws: readonly WeightDistribution[] = [
      uniform(1),
      uniform(0.7),
      normal(0.5),
      twoValued(0.9),
      kaimingUniform(20),
    ];
    for (const law of laws)
      for (const [c, h] of [
        [1, 0.2],
        [-1, 0.35],
        [0.25, 0.1],
      ] as const) {
        const random = stream(5, law.name, c);
        let hits = 0;
        for (let i = 0; i < 20_000; i++) if (Math.abs(law.quantile(random.uniform()) - c) <= h) hits++;
        expect(binomialPValue(hits, 20_000, law.mass(c, h))).toBeGreaterThan(FALSE_ALARM);
      }
  });
});

describe('sampleWithin', () => {
  // Dvoretzky-Kiefer-Wolfowitz against the conditional CDF, false alarm FALSE_ALARM each.
  it.each([
    [uniform(1), 1, 0.05],
    [uniform(1), -0.3, 0.2],
    [uniform(0.9), 1, 0.5],
    [normal(1), 1, 0.05],
    [normal(0.2), 1, 0.3],
    [normal(0.2), -0.1, 0.6],
    [normal(0.5), -1, 0.8],
  ] as const)('%o around %d by %d has the conditional law', (law, c, h) => {
    const random = stream(6, law.name, c, h);
    const values = Array.from({ length: 4000 }, () => law.sampleWithin(c, h, random));
    for (const x of values) expect(Math.abs(x - c)).toBeLessThanOrEqual(h * (1 + 1e-15));
    const cdf = (x: number) => {
      const below = (x - (c - h)) / 2;
      return law.mass(c - h + below, below) / law.mass(c, h);
    };
    expect(kolmogorovPValue(values, cdf)).toBeGreaterThan(FALSE_ALARM);
  });

  it('of two values gives the one inside, or either', () => {
    const random = stream(7, 'two values');
    expect(twoValued(0.9).sampleWithin(1, 0.2, random)).toBe(0.9);
    expect(twoValued(0.9).sampleWithin(-1, 0.2, random)).toBe(-0.9);
    const ups = Array.from({ length: 2000 }, () => twoValued(0.9).sampleWithin(0, 1, random)).filter(
      (x) => x > 0,
    );
    expect(binomialPValue(ups.length, 2000, 0.5)).toBeGreaterThan(FALSE_ALARM);
  });
});

describe('parseDistribution', () => {
  it('reads back every name', () => {
    for (const law of [uniform(1), normal(0.3), twoValued(1 / 3), kaimingUniform(7), signedConstant(7)])
      expect(parseDistribution(law.name).name).toBe(law.name);
    expect(parseDistribution('ku:24').quantile(0)).toBe(-0.5);
    expect(parseDistribution('sc:8').quantile(0)).toBe(-0.5);
  });

  it.each([
    '',
    'uniform',
    'uniform:',
    'uniform:0',
    'uniform:-1',
    'uniform:x',
    'uniform:1:2',
    'gauss:1',
    'constructor:1',
    'sc:Infinity',
    'normal:NaN',
  ])("refuses '%s'", (text) => {
    expect(() => parseDistribution(text)).toThrow(expect.objectContaining({ name: 'InputError' }));
  });
});

/** Phi(z) - 1/2 = z exp(-z^2/2) (1 + z^2/3 + z^4/15 + ...)/sqrt(2 pi), all terms of one sign. */
function erfSeries(z: ReturnType<typeof big>): ReturnType<typeof big> {
  const square = z.times(z);
  let [term, sum] = [z, z];
  for (let k = 1; k < 2000; k++) {
    term = term.times(square).div(2 * k + 1);
    sum = sum.plus(term);
    if (term.isZero() || term.abs().lt(sum.abs().times('1e-110'))) break;
  }
  const pi = math.bignumber(math.evaluate('pi'));
  return sum.times(square.div(-2).exp()).div(pi.times(2).sqrt());
}
