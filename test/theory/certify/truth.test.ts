import { expect, test } from 'vitest';
import { stream } from '../../../src/core/rng.js';
import { certify } from '../../../src/theory/certify/certify.js';
import { cube } from '../../../src/theory/certify/ranges.js';
import { big } from '../big.js';
import { bigSquaredError, pointsOf, randomPair } from './pairs.js';

/** ITERAND_CERTIFY_NETWORKS=100000 tries as many as docs/theory.md states; the suite takes a part. */
const NETWORKS = Number(process.env.ITERAND_CERTIFY_NETWORKS ?? 1500);

test(`brackets of ${NETWORKS} random networks hold in 120-digit arithmetic: no upper end below the error at a point tried, no lower end above the error at its point`, async () => {
  for (let i = 0; i < NETWORKS; i++) {
    const { uniform } = stream(i, 'truth');
    const widths = Array.from({ length: 2 + Math.floor(3 * uniform()) }, () => 1 + Math.floor(3 * uniform()));
    const pair = randomPair({
      widths,
      change: 10 ** (-15 * uniform()),
      zeros: uniform() < 0.3 ? 0.5 : 0,
      same: uniform() < 0.3 ? 0.5 : 0,
      seed: i,
    });
    const bracket = await certify(pair, { gap: 0, seconds: 1e6, nodes: 7, starts: 2, seed: i });
    const points = [bracket.witness, ...pointsOf(cube(widths[0]!), 3, i)];
    const truths = points.map(bigSquaredError(pair));
    for (const { name, bound } of bracket.uppers) {
      const square = big(bound).pow(2);
      if (truths.some((truth) => square.lessThan(truth)))
        expect.fail(`network ${i}: ${name} is below the truth`);
    }
    if (big(bracket.lower).pow(2).greaterThan(truths[0]!))
      expect.fail(`network ${i}: the lower end is above the truth`);
    expect(bracket.upper).toBe(Math.min(...bracket.uppers.map(({ bound }) => bound)));
  }
}, 3_600_000);
