import fc from 'fast-check';
import { expect, test } from 'vitest';
import { InputError } from '../../../src/core/errors.js';
import { maskOf } from '../../../src/train/prune/mask.js';
import { recycle } from '../../../src/train/prune/recycle.js';

const layer = fc
  .array(fc.tuple(fc.float({ noNaN: true }), fc.integer({ min: -20, max: 20 })), {
    minLength: 1,
    maxLength: 200,
  })
  .map((pairs) => ({
    weights: Float32Array.from(pairs, ([w]) => w),
    keys: Float32Array.from(pairs, ([, k]) => k),
  }));
const rate = fc.double({ min: 0, max: 1, noNaN: true });
const sparsity = fc.double({ min: 0, max: 0.99, noNaN: true });

test('is what sorting gives, ties by place', () => {
  fc.assert(
    fc.property(
      layer,
      rate,
      sparsity,
      fc.constantFrom('rank', 'order'),
      ({ weights, keys }, r, p, pairing) => {
        const mask = maskOf(keys, p);
        const pruned = mask.filter((m) => m === 0).length;
        const order = [...keys.keys()].sort((a, b) => keys[a]! - keys[b]! || a - b);
        const count = Math.min(Math.round(r * keys.length), pruned);
        const expected = weights.slice();
        for (let i = 0; i < count; i++) {
          const from = pairing === 'rank' ? order[order.length - 1 - i]! : order[order.length - count + i]!;
          expected[order[i]!] = weights[from]!;
        }
        const { weights: after, replaced } = recycle(weights, mask, keys, r, pairing);
        expect(after).toEqual(expected);
        expect([...replaced]).toEqual(order.slice(0, count).sort((a, b) => a - b));
        // Nothing that is kept is ever refreshed.
        expect([...replaced].every((place) => mask[place] === 0)).toBe(true);
      },
    ),
  );
});

test('r = 0 is none, and draws nothing', () => {
  fc.assert(
    fc.property(layer, sparsity, ({ weights, keys }, p) => {
      const { weights: after, replaced } = recycle(weights, maskOf(keys, p), keys, 0, 'rank');
      expect([after, replaced.length]).toEqual([weights, 0]);
    }),
  );
});

test('refuses a rate outside [0, 1] and arrays that do not match', () => {
  const [weights, mask] = [new Float32Array(3), new Uint8Array(3)];
  for (const r of [-0.1, 1.1, Number.NaN])
    expect(() => recycle(weights, mask, weights, r, 'rank')).toThrow(InputError);
  expect(() => recycle(weights, mask, new Float32Array(2), 1, 'rank')).toThrow(RangeError);
});
