import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../../src/core/errors.js';
import { stream } from '../../../src/core/rng.js';
import { describeNetwork } from '../../../src/train/networks/index.js';
import { stateTensors } from '../../../src/train/networks/tensors.js';
import { DISTRIBUTIONS, draw } from '../../../src/train/prune/distributions.js';
import { initialState } from '../../../src/train/prune/initial.js';
import { maskOf, maskThreshold, thresholdRank } from '../../../src/train/prune/mask.js';
import { randomizeNaive, randomizePartial } from '../../../src/train/prune/randomize.js';
import { kthSmallest } from '../../../src/train/prune/select.js';

const kept = (mask: Uint8Array) => mask.reduce((a, b) => a + b, 0);
const sparsity = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const finite = fc.float({ noNaN: true, noDefaultInfinity: true });

describe('selection', () => {
  test('is what sorting gives', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(fc.float({ noNaN: true }), { minLength: 1, maxLength: 300 }),
          fc.array(fc.constantFrom(0, 1, 1 + 2 ** -23, -1, 1e-40), { minLength: 1, maxLength: 300 }),
        ),
        fc.nat(),
        (values, at) => {
          const data = Float32Array.from(values);
          const k = 1 + (at % data.length);
          expect(kthSmallest(data, k)).toBe(data.slice().sort()[k - 1]);
        },
      ),
    );
  });

  test('is what sorting gives for many values, whatever their order and ties', () => {
    const n = 50_000;
    const { uniform } = stream(1, 'selection');
    const random = Float32Array.from({ length: n }, () => uniform() - 0.5);
    const inputs: Record<string, Float32Array> = {
      random,
      sorted: random.slice().sort(),
      'without a middle': random.map((x) => (x < 0 ? x - 1e30 : x + 1e30)),
      'half of them zero': random.map((x) => Math.max(x, 0)),
      equal: new Float32Array(n).fill(-2.5),
      'two values': random.map((x) => (x < 0.3 ? -1 : 1)),
      // Every value that the first bracket samples is larger than all others; and the same for the second's.
      'an unlucky first sample': random.map((x, i) =>
        Math.floor(Math.ceil((i * 512) / n) * (n / 512)) === i ? 9 : x,
      ),
      'outliers and infinities': random.map((x, i) => (i % 7 === 0 ? x * 1e38 : i % 11 === 0 ? Infinity : x)),
    };
    for (const [name, data] of Object.entries(inputs)) {
      const sorted = data.slice().sort();
      for (const k of [1, 2, 500, n / 10, n / 2, n / 2 + 1, 0.9 * n, n - 1, n])
        expect([name, k, kthSmallest(data, k)]).toEqual([name, k, sorted[k - 1]]);
    }
  });

  test('is exact where the second bracket misses', () => {
    const [n, samples] = [1 << 16, 512];
    const sampled = (size: number, i: number) =>
      Math.floor(Math.ceil((i * samples) / size) * (size / samples)) === i;
    // The first bracket is [-1, 1]: it holds each 8th value, and those at which the first sample looks.
    const data = Float32Array.from({ length: n }, (_, i) => (sampled(n, i) ? 1 : 2) * (i % 2 ? 1 : -1));
    const sample = Array.from({ length: n }, (_, i) => i).filter((i) => sampled(n, i));
    sample.forEach((i, s) => {
      data[i] = s % 2 ? 1 : -1;
    });
    for (let i = 1; i < n; i += 8) if (!sampled(n, i)) data[i] = 0;
    // Within it, the second sample sees large values alone.
    const inside = [...data.keys()].filter((i) => Math.abs(data[i]!) <= 1);
    inside.forEach((i, at) => {
      if (data[i] === 0) data[i] = sampled(inside.length, at) ? 0.5 : (at % 1000) * 1e-4;
    });
    const sorted = data.slice().sort();
    for (const k of [n / 2 - 100, n / 2, n / 2 + 100]) expect(kthSmallest(data, k)).toBe(sorted[k - 1]);
  });

  test('takes a view and refuses a rank out of range', () => {
    const view = new Float32Array([9, 9, 3, 1, 2]).subarray(2);
    expect([1, 2, 3].map((k) => kthSmallest(view, k))).toEqual([1, 2, 3]);
    for (const k of [0, 4, 1.5]) expect(() => kthSmallest(view, k)).toThrow(RangeError);
  });
});

describe('mask', () => {
  test('the rank rounds halves to the even integer', () => {
    // Python: [1 + round(p * (n - 1)) for p, n in ((.5, 2), (.5, 4), (.5, 6), (.6, 11), (0, 5), (.99, 3))]
    const ranks = [
      [0.5, 2],
      [0.5, 4],
      [0.5, 6],
      [0.6, 11],
      [0, 5],
      [0.99, 3],
    ].map(([p, n]) => thresholdRank(n!, p!));
    expect(ranks).toEqual([1, 3, 3, 7, 1, 3]);
  });

  test('keeps exactly n - k + 1 of n distinct scores, the largest', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(finite, { minLength: 1, maxLength: 400, comparator: (a, b) => a === b }),
        sparsity,
        (values, p) => {
          const scores = Float32Array.from(values);
          const mask = maskOf(scores, p);
          expect(kept(mask)).toBe(scores.length - thresholdRank(scores.length, p) + 1);
          const least = Math.min(...scores.filter((_, i) => mask[i] === 1));
          expect(scores.every((s, i) => mask[i] === 1 || s < least)).toBe(true);
        },
      ),
    );
  });

  test('does not change under increasing transforms', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 300 }),
        sparsity,
        (values, p) => {
          const mask = maskOf(Float32Array.from(values), p);
          for (const f of [
            (s: number) => 3 * s + 7,
            (s: number) => s ** 3,
            (s: number) => Math.atan(s / 100),
          ])
            expect(maskOf(Float32Array.from(values, f), p)).toEqual(mask);
        },
      ),
    );
  });

  test('keeps all tied with the threshold', () => {
    expect(maskOf(new Float32Array([1, 0, 1, 2, 1]), 0.5)).toEqual(Uint8Array.of(1, 0, 1, 1, 1));
    expect(maskThreshold(new Float32Array([5]), 0.9)).toBe(5);
  });

  test('a sparsity outside [0, 1) is refused', () => {
    for (const p of [-0.1, 1, 1.5, Number.NaN])
      expect(() => maskOf(new Float32Array(3), p)).toThrow(InputError);
  });
});

describe('randomize', () => {
  const redraw = (seed: number, size: number) => ({
    fresh: draw('ku', 27, size, stream(seed, 'randomize')),
    choice: stream(seed, 'choose'),
  });
  const layer = fc.array(fc.tuple(finite, fc.boolean()), { minLength: 1, maxLength: 300 }).map((pairs) => ({
    weights: Float32Array.from(pairs, ([w]) => w),
    mask: Uint8Array.from(pairs, ([, m]) => (m ? 1 : 0)),
  }));

  test('rate 0 is the identity', () => {
    fc.assert(
      fc.property(layer, fc.nat(), ({ weights, mask }, seed) => {
        expect(randomizePartial(weights, mask, 0, redraw(seed, mask.length))).toEqual({
          weights,
          replaced: new Int32Array(0),
        });
      }),
    );
  });

  test('rate 1, the naive form, replaces exactly the pruned', () => {
    fc.assert(
      fc.property(layer, fc.nat(), ({ weights, mask }, seed) => {
        const naive = randomizeNaive(weights, mask, redraw(seed, mask.length));
        expect(naive).toEqual(randomizePartial(weights, mask, 1, redraw(seed, mask.length)));
        expect(naive.replaced.length).toBe(mask.length - kept(mask));
        const bound = Math.fround(Math.sqrt(6 / 27));
        for (const [i, w] of naive.weights.entries()) {
          if (mask[i] === 1) expect(w).toBe(weights[i]);
          else expect(Math.abs(w)).toBeLessThanOrEqual(bound);
        }
      }),
    );
  });

  test('any rate puts the fresh value of the same place into the named pruned ones and leaves the rest; same seed, same bytes', () => {
    fc.assert(
      fc.property(
        layer,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.nat(),
        ({ weights, mask }, rate, seed) => {
          const before = weights.slice();
          const { weights: after, replaced } = randomizePartial(
            weights,
            mask,
            rate,
            redraw(seed, mask.length),
          );
          expect(weights).toEqual(before);
          const { fresh } = redraw(seed, mask.length);
          const places = new Set(replaced);
          expect(after.every((w, i) => Object.is(w, places.has(i) ? fresh[i] : weights[i]))).toBe(true);
          expect(replaced.every((i) => mask[i] === 0)).toBe(true);
          expect(randomizePartial(weights, mask, rate, redraw(seed, mask.length)).weights).toEqual(after);
        },
      ),
    );
  });

  test('the number replaced is Binomial(n, r)', () => {
    // 200 layers of 1000 pruned weights: the chi-square sum of 200 standardised counts lies in [95, 380] but for a chance of 1e-10
    // at each end (chi-square quantiles, 200 degrees).
    for (const rate of [0.1, 0.5]) {
      let sum = 0;
      for (let i = 0; i < 200; i++) {
        const { replaced } = randomizePartial(new Float32Array(1000), new Uint8Array(1000), rate, {
          fresh: new Float32Array(1000),
          choice: stream(i, 'binomial', rate),
        });
        sum += (replaced.length - 1000 * rate) ** 2 / (1000 * rate * (1 - rate));
      }
      expect(sum).toBeGreaterThan(95);
      expect(sum).toBeLessThan(380);
    }
  });

  test('bad rates and masks are refused', () => {
    for (const rate of [-0.1, 1.1, Number.NaN])
      expect(() => randomizePartial(new Float32Array(2), new Uint8Array(2), rate, redraw(1, 2))).toThrow(
        InputError,
      );
    expect(() => randomizePartial(new Float32Array(2), new Uint8Array(3), 1, redraw(1, 2))).toThrow(
      RangeError,
    );
  });
});

describe('distributions', () => {
  const n = 200_000;

  test('have their mean, variance and range', () => {
    const fanIn = 9;
    const expected = { ku: 2 / fanIn, kn: 2 / fanIn, sc: 2 / fanIn, uniform: 1 / 3 };
    const bound = { ku: Math.sqrt(6 / fanIn), kn: Infinity, sc: Math.sqrt(2 / fanIn), uniform: 1 };
    for (const distribution of DISTRIBUTIONS) {
      const values = draw(distribution, fanIn, n, stream(3, distribution));
      const variance = expected[distribution];
      const mean = values.reduce((a, b) => a + b, 0) / n;
      const square = values.reduce((a, b) => a + b * b, 0) / n;
      // 7 standard errors (2.6e-12 two-sided, normal): of the mean sqrt(v/n), of the square at most sqrt(2/n) v.
      expect(Math.abs(mean)).toBeLessThan(7 * Math.sqrt(variance / n));
      expect(Math.abs(square - variance)).toBeLessThan(7 * Math.sqrt(2 / n) * variance);
      expect(values.every((v) => Math.abs(v) <= Math.fround(bound[distribution]))).toBe(true);
    }
  });

  test('the signed constant takes two values', () => {
    expect(new Set(draw('sc', 2, 1000, stream(1, 'sc')))).toEqual(new Set([1, -1]));
  });
});

test('the first state is complete, addressed by layer, and the same for the same seed', () => {
  const net = describeNetwork({ network: 'resnet18', width: 0.05 });
  for (const mode of ['score', 'sgd'] as const) {
    const state = initialState(net, mode, { weights: 'sc', seed: 1 });
    expect([...state.keys()]).toEqual(stateTensors(net, mode).map((t) => t.name));
    expect(initialState(net, mode, { weights: 'sc', seed: 1 })).toEqual(state);
    expect(initialState(net, mode, { weights: 'sc', seed: 2 }).get('stem.weight')).not.toEqual(
      state.get('stem.weight'),
    );
  }
  const wide = describeNetwork({ network: 'resnet34', width: 0.05 });
  // The stem has the same address and size in both networks.
  const spec = { weights: 'kn', seed: 5 } as const;
  expect(initialState(wide, 'score', spec).get('stem.score')).toEqual(
    initialState(net, 'score', spec).get('stem.score'),
  );
});
