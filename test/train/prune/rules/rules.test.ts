import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../../../src/core/errors.js';
import { stream } from '../../../../src/core/rng.js';
import { describeNetwork } from '../../../../src/train/networks/index.js';
import { initialState } from '../../../../src/train/prune/initial.js';
import { drawNoise } from '../../../../src/train/prune/noise.js';
import { arrayOps } from '../../../../src/train/prune/rules/arrays.js';
import { makeRule, RULES, ruleKind } from '../../../../src/train/prune/rules/index.js';
import { requireRule } from '../../../../src/train/prune/rules/require.js';
import type { Rule } from '../../../../src/train/prune/rules/rule.js';
import { effectiveWeight, settledMask, thresholdsOf } from '../../../../src/train/prune/thresholds.js';
import { ORACLES, topMask } from '../../../support/rule-oracle.js';

/** Layers of up to 60 weights, with ties and zeros among the scores. */
const layers = fc
  .array(
    fc.record({
      weight: fc.double({ min: -2, max: 2, noNaN: true }),
      score: fc.oneof(fc.double({ min: -3, max: 3, noNaN: true }), fc.constantFrom(0, 0.5, -0.5, 1)),
      dw: fc.double({ min: -1, max: 1, noNaN: true }),
      noise: fc.double({ min: 0.01, max: 0.99, noNaN: true }),
    }),
    { minLength: 2, maxLength: 60 },
  )
  .map((rows) => {
    const of = (key: 'weight' | 'score' | 'dw' | 'noise') => Float32Array.from(rows, (r) => r[key]);
    return { weights: of('weight'), scores: of('score'), dw: of('dw'), noise: of('noise') };
  });
const sparsity = fc.double({ min: 0, max: 0.99, noNaN: true });

const close = (actual: Float32Array, expected: readonly number[]) => {
  expect(actual.length).toBe(expected.length);
  const scale = Math.max(1e-3, ...expected.map(Math.abs));
  for (const [i, v] of expected.entries()) expect(Math.abs(actual[i]! - v) / scale).toBeLessThan(2e-6);
};

const maskIn = (rule: Rule, scores: Float32Array, p: number): Float32Array =>
  rule.selection.kind === 'top'
    ? settledMask(rule, scores, thresholdsOf(rule.selection, 'layer', p, [scores])[0])
    : settledMask(rule, scores);

test('every rule has its oracle', () => {
  expect([...new Set(ORACLES.map(([name]) => name))].sort()).toEqual(RULES.map((r) => r.name).sort());
});

describe.each(ORACLES)('%s %j over arrays is the oracle', (name, settings, oracle) => {
  const rule = makeRule(name, settings);

  test('mask and effective weight of an evaluation', () => {
    fc.assert(
      fc.property(layers, sparsity, ({ weights, scores }, p) => {
        const mask = maskIn(rule, scores, p);
        const expected = oracle.key
          ? topMask(Array.from(scores, oracle.key), p)
          : Array.from(scores, oracle.settled!);
        close(mask, expected);
        close(effectiveWeight(rule, weights, mask), oracle.effective([...weights], expected));
        const pruned = [...mask.keys()].filter((i) => mask[i] === 0);
        for (const i of pruned) expect(Object.is(effectiveWeight(rule, weights, mask)[i], 0)).toBe(true);
      }),
    );
  });

  test('mask and score gradient of a step', () => {
    fc.assert(
      fc.property(layers, sparsity, ({ weights, scores, dw, noise }, p) => {
        const { selection } = rule;
        const mask =
          selection.kind === 'top' ? maskIn(rule, scores, p) : selection.mask(arrayOps, scores, noise);
        const drawn = oracle.drawn;
        if (drawn) {
          // Where the noise lies at a mask's edge, rounding decides.
          fc.pre(
            [...scores].every(
              (s, i) => Math.abs(drawn(s, noise[i]! + 1e-6) - drawn(s, noise[i]! - 1e-6)) < 0.5,
            ),
          );
          close(
            mask,
            Array.from(scores, (s, i) => drawn(s, noise[i]!)),
          );
        }
        const gradient = rule.scoreGradient?.(arrayOps, { dw, weight: weights, score: scores, mask });
        expect(gradient === undefined).toBe(oracle.gradient === undefined);
        if (gradient)
          close(
            gradient,
            oracle.gradient!([...dw], { weights: [...weights], scores: [...scores] }, [...mask]),
          );
      }),
    );
  });

  test('a permutation of the weights permutes what is computed', () => {
    fc.assert(
      fc.property(layers, sparsity, fc.nat(1e6), ({ weights, scores }, p, seed) => {
        const { uniform } = stream(seed, 'permutation');
        const order = [...weights.keys()].map((i) => [uniform(), i] as const).sort(([a], [b]) => a - b);
        const permuted = (values: Float32Array) => Float32Array.from(order, ([, i]) => values[i]!);
        const plain = effectiveWeight(rule, weights, maskIn(rule, scores, p));
        const other = effectiveWeight(rule, permuted(weights), maskIn(rule, permuted(scores), p));
        close(other, [...permuted(plain)]);
      }),
    );
  });
});

describe('a rule that keeps the top', () => {
  const top = RULES.map((kind) => makeRule(kind.name)).filter((r) => r.selection.kind === 'top');

  test.each(top)('$name keeps 1 - p of distinct keys, and all that are tied with the threshold', (rule) => {
    const n = 1001;
    const { uniform } = stream(1, 'kept', rule.name);
    const scores = Float32Array.from({ length: n }, uniform);
    const kept = (values: Float32Array, p: number) => maskIn(rule, values, p).reduce((a, b) => a + b, 0);
    expect(new Set(scores).size).toBe(n);
    for (const p of [0, 0.5, 0.9, 0.999]) expect(kept(scores, p)).toBe(n - 1000 * p);
    const tied = Float32Array.from({ length: n }, (_, i) => (i < 900 ? 0.5 : 1 + i));
    expect(kept(tied, 0.95)).toBe(51);
    expect(kept(tied, 0.5)).toBe(n);
    expect(kept(new Float32Array(n).fill(0.25), 0.9)).toBe(n);
  });
});

describe('one threshold over all layers', () => {
  const { selection } = makeRule('edge-popup-abs');
  if (selection.kind !== 'top') throw new Error('not by rank');

  test('keeps 1 - p of all weights together', () => {
    fc.assert(
      fc.property(fc.array(layers, { minLength: 1, maxLength: 5 }), sparsity, (parts, p) => {
        const scores = parts.map((l) => l.scores);
        const thresholds = thresholdsOf(selection, 'global', p, scores);
        const joined = topMask(
          scores.flatMap((s) => Array.from(s, Math.abs)),
          p,
        );
        scores.forEach((s, l) => {
          const own = joined.splice(0, s.length);
          const mask = [...s].map((v) => (Math.abs(v) >= thresholds[l]! ? 1 : 0));
          // A layer that it would empty keeps its largest.
          if (own.some((m) => m === 1)) expect(mask).toEqual(own);
          else
            expect(mask).toEqual([...s].map((v) => (Math.abs(v) === Math.max(...s.map(Math.abs)) ? 1 : 0)));
        });
      }),
    );
  });
});

test('first scores: gates open alike, magnitude by the weights, random uniform and of no ties', () => {
  const network = describeNetwork({ network: 'conv2', width: 0.1, imageSize: 8 });
  const of = (name: string, settings = {}) =>
    initialState(network, 'score', { weights: 'sc', scores: 'sc', rule: makeRule(name, settings), seed: 3 });
  expect(new Set(of('gates').get('conv1.score'))).toEqual(new Set([0.5]));
  expect(new Set(of('gates', { gate: 0.25 }).get('conv1.score'))).toEqual(new Set([0.25]));
  const magnitude = of('magnitude');
  expect(magnitude.get('conv1.score')).toEqual(magnitude.get('conv1.weight')!.map(Math.abs));
  // Distributions of two values would tie: random does not take them.
  const random = of('random').get('conv1.score')!;
  expect(new Set(random).size).toBe(random.length);
  expect(of('random')).toEqual(of('random'));
  expect(of('edge-popup')).toEqual(initialState(network, 'score', { weights: 'sc', scores: 'sc', seed: 3 }));
});

describe('noise', () => {
  const n = 400_000;
  const drawn = (kind: 'uniform' | 'normal') => {
    const out = new Float32Array(n);
    drawNoise(kind, out, stream(1, 'noise test', kind));
    return out;
  };

  test('uniform lies within (0, 1), with its mean, variance and tails', () => {
    const out = drawn('uniform');
    expect(out.every((u) => u > 0 && u < 1)).toBe(true);
    // 7 standard errors each: 2.6e-12 two-sided.
    expect(Math.abs(out.reduce((a, b) => a + b, 0) / n - 0.5)).toBeLessThan(7 * Math.sqrt(1 / 12 / n));
    const variance = out.reduce((a, b) => a + (b - 0.5) ** 2, 0) / n;
    expect(Math.abs(variance - 1 / 12)).toBeLessThan(7 * Math.sqrt(1 / 180 / n));
  });

  test('normal has the moments of N(0, 1), and every quantile of it', () => {
    const out = drawn('normal');
    const moment = (k: number) => out.reduce((a, b) => a + b ** k, 0) / n;
    // 7 standard errors of the k-th moment, whose variances are 1, 2, 15 and 96; the table has 4th moment 3 - 0.003.
    expect(Math.abs(moment(1))).toBeLessThan(7 * Math.sqrt(1 / n));
    expect(Math.abs(moment(2) - 1)).toBeLessThan(7 * Math.sqrt(2 / n));
    expect(Math.abs(moment(3))).toBeLessThan(7 * Math.sqrt(15 / n));
    expect(Math.abs(moment(4) - 3)).toBeLessThan(7 * Math.sqrt(96 / n) + 0.003);
    // P(X < x) from tables of the normal distribution; 7 standard errors of a share.
    for (const [x, p] of [
      [-2.3263, 0.01],
      [-0.6745, 0.25],
      [0, 0.5],
      [1.2816, 0.9],
      [3.0902, 0.999],
    ] as const) {
      const share = out.reduce((a, v) => a + (v < x ? 1 : 0), 0) / n;
      expect(Math.abs(share - p), `${x}`).toBeLessThan(7 * Math.sqrt((p * (1 - p)) / n) + 1e-5);
    }
  });

  test('the same address gives the same noise, a longer layer begins alike', () => {
    for (const kind of ['uniform', 'normal'] as const) {
      const [long, short] = [new Float32Array(501), new Float32Array(300)];
      drawNoise(kind, long, stream(2, 'x'));
      drawNoise(kind, short, stream(2, 'x'));
      expect(long.subarray(0, 300)).toEqual(short);
    }
  });
});

describe('a rule of one’s own', () => {
  const good: Rule = { ...makeRule('edge-popup'), name: 'mine' };

  test('is taken as it is', () => {
    expect(requireRule(good)).toBe(good);
    for (const [name, settings] of ORACLES) expect(requireRule(makeRule(name, settings)).name).toBe(name);
  });

  const cut = (x: Float32Array) => x.subarray(1);
  const nan = (x: Float32Array) => x.map((v) => v / 0);
  type Plain = (ops: typeof arrayOps, at: Record<string, Float32Array>) => Float32Array;
  const bad: readonly (readonly [string, object, RegExp])[] = [
    ['a name of other letters', { name: 'My rule' }, /rule 'My rule': its name must be/],
    ['no selection', { selection: {} }, /selection\.kind: must be 'top' or 'drawn'/],
    ['a part that is no function', { effective: 1 }, /effective: must be a function/],
    [
      'noise that is unknown',
      { selection: { kind: 'drawn', noise: 'cauchy' } },
      /must be one of uniform, normal/,
    ],
    [
      'a key that is too short',
      { selection: { kind: 'top', key: (_: unknown, s: Float32Array) => cut(s) } },
      /selection\.key: gives 6 values for a layer of 7/,
    ],
    [
      'an effective weight that is too short',
      { effective: ((_o, { weight }) => cut(weight!)) as Plain },
      /effective: gives 6 values/,
    ],
    [
      'an effective weight of NaN',
      { effective: ((_o, { weight }) => nan(weight!)) as Plain },
      /effective: gives -?(Infinity|NaN)/,
    ],
    ['nothing returned', { effective: () => undefined }, /effective: gives undefined/],
    ['a gradient of NaN', { scoreGradient: ((_o, { dw }) => nan(dw!)) as Plain }, /scoreGradient: gives/],
    [
      'a formula that throws',
      {
        effective: () => {
          throw new Error('no luck');
        },
      },
      /effective: fails on a layer of 7 weights \(no luck\)/,
    ],
    [
      'a mask outside of [0, 1]',
      {
        selection: {
          kind: 'drawn',
          noise: 'normal',
          mask: (_: unknown, s: Float32Array) => s,
          settled: (_: unknown, s: Float32Array) => s,
        },
      },
      /outside of \[0, 1\]/,
    ],
  ];
  test.each(bad)('is refused with %s', (_, change, words) => {
    expect(() => requireRule({ ...good, ...change } as Rule)).toThrow(InputError);
    expect(() => requireRule({ ...good, ...change } as Rule)).toThrow(words);
  });

  test('is refused where its first scores do not fit the layer', () => {
    const network = describeNetwork({ network: 'conv2', width: 0.1, imageSize: 8 });
    const start = (scores: () => Float32Array) =>
      initialState(network, 'score', { weights: 'ku', seed: 1, rule: { ...good, initialScores: scores } });
    expect(() => start(() => new Float32Array(3))).toThrow(
      /initialScores of conv1: must be a Float32Array of \d+/,
    );
    expect(() => start(() => new Float32Array(0).fill(Number.NaN))).toThrow(InputError);
  });

  test('an unknown name names the nearest', () => {
    expect(() => ruleKind('biprob')).toThrow(
      /rule 'biprob': must be one of edge-popup, .*did you mean 'biprop'/,
    );
  });
});
