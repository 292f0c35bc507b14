import { expect, test } from 'vitest';
import { plainText } from '../../../src/report/page/html.js';
import { renderPage } from '../../../src/report/page/shell.js';
import { computeTarget } from '../../../src/report/targets/compute.js';
import { targetPage } from '../../../src/report/targets/page.js';
import { boundByName } from '../../../src/theory/bounds/index.js';
import { uniform } from '../../../src/theory/problem/distribution.js';
import { makeTarget } from '../../../src/theory/problem/target.js';
import { constructionFor, exactProbability } from '../../../src/theory/search/construction.js';

const made = makeTarget('gaussian', [6, 5, 3], 1);
/** As a trained network has them: norms above 1. */
const trained = { ...made, matrices: made.matrices.map((matrix, k) => matrix.map((w) => w * (3 + k))) };
const inputs = Float64Array.from({ length: 6 * 40 }, (_, i) => Math.abs(Math.sin(i)));
const digits = { inputs, labels: Int32Array.from({ length: 40 }, (_, i) => i % 3) };
const settings = {
  ...{ epsilon: 0.1, delta: 0.01, resamplings: [2, 8], drawn: 24, bracketSeconds: 2, seed: 1, workers: 1 },
};

test('every number of the page holds for a small target', async () => {
  const figures = await computeTarget(trained, digits, settings);
  expect(figures.scale).toBeCloseTo(12, 9);
  expect(figures).toMatchObject({ widths: [6, 5, 3], weights: 45, examples: 40 });
  expect(figures.subnetworks.map(({ schedule, resamplings }) => `${schedule} ${resamplings}`)).toEqual([
    'theorem 2',
    'theorem 8',
    'coarse 2',
    'coarse 8',
  ]);
  for (const { schedule, unserved, bracket, neurons, hidden, hits, promised } of figures.subnetworks) {
    expect(unserved).toBe(0);
    expect(bracket!.lower).toBeLessThanOrEqual(bracket!.upper);
    expect(bracket!.upper).toBeLessThanOrEqual(bracket!.proof);
    expect(hidden).toEqual([2 * 6 * neurons[0]!, 5 * neurons[1]!]);
    if (schedule === 'theorem') {
      expect(bracket!.proof).toBeLessThan(settings.epsilon);
      // An error within epsilon / 10 leaves the classes of these inputs as they are.
      expect(hits).toBe(figures.hits);
      for (const [k, n] of neurons.entries()) expect(n).toBeLessThanOrEqual(promised![k]!);
    }
  }
  // What is stored is decoded to its precision: at the theorem's, the classes are f's own.
  expect(figures.stored.map(({ hits }) => hits).slice(0, 3)).toEqual([
    figures.hits,
    figures.hits,
    figures.hits,
  ]);
  expect(figures.stored[0]!.bytes).toBe(4 * 45);
  // The projection map's n keeps the promise, layer by layer, and little less does not.
  for (const { resamplings, neurons } of figures.projection) {
    const problem = { widths: [6, 5, 3], epsilon: 0.1, delta: 0.01, resamplings };
    const { layers, ...rest } = constructionFor(problem, boundByName('corrected'), uniform(1));
    for (const [k, layer] of layers.entries()) {
      const alone = { widths: [layer.inputs, layer.outputs], matrices: [made.matrices[k]!] };
      const failure = (n: number) =>
        exactProbability({ ...rest, layers: [{ ...layer, neurons: Math.round(n) }] }, alone).failure;
      expect(failure(neurons[k]!)).toBeLessThanOrEqual(0.005);
      expect(failure(0.999 * neurons[k]!)).toBeGreaterThan(0.005);
    }
  }
  const { workers: _, ...rest } = settings;
  const page = targetPage({ run: 'a-run', network: 'small' }, rest, figures);
  expect(plainText(page.answer!)).toMatch(
    /in \d of 4 cases, and less than rounding f to the same precision in \d:/,
  );
  expect(renderPage(page)).toContain('a-run');
  // What is shown of a certified bracket covers it.
  for (const [k, row] of page.sections[0]!.table!.rows.entries()) {
    const { lower, upper, proof } = figures.subnetworks[k]!.bracket!;
    const shown = [row[6]!, row[7]!].flatMap((cell) =>
      plainText(cell).replace(/[[\]]/g, '').split(', ').map(Number),
    );
    expect(shown[0]).toBeLessThanOrEqual(lower);
    expect(shown[1]).toBeGreaterThanOrEqual(upper);
    expect(shown[2]).toBeGreaterThanOrEqual(proof);
  }
}, 60_000);
