import { expect, test } from 'vitest';
import { InputError } from '../../../src/core/errors.js';
import { compare } from '../../../src/sweep/compare/compare.js';
import { comparedKeys, SPEC_KEYS } from '../../../src/sweep/compare/keys.js';
import { TRAIN_SPEC_KEYS } from '../../../src/train/spec/spec.js';
import { madeMethods, madeRun } from './made-runs.js';

test('runs are compared by what differs and does not follow from it', () => {
  expect(comparedKeys(madeMethods())).toEqual({ by: ['method'], places: [] });
  const rates = [0.1, 1].map((rate) => madeRun({ method: 'iterand', rate }, 1, 0.8));
  expect(comparedKeys(rates)).toEqual({ by: ['rate'], places: [] });
  const widths = ['sgd', 'iterand'].flatMap((method) =>
    [0.5, 1].map((width) => madeRun({ method, width }, 1, 0.8)),
  );
  expect(comparedKeys(widths)).toEqual({ by: ['method'], places: ['width'] });
  expect(comparedKeys(widths, ['width'])).toMatchObject({ by: ['width'] });
  expect(comparedKeys(widths.slice(0, 1))).toEqual({ by: ['method'], places: [] });
});

test('every setting can be compared by, and what is left out as its default has a name', () => {
  expect([...SPEC_KEYS].sort()).toEqual([...TRAIN_SPEC_KEYS].sort());
  const biases = ['trained', 'none'].map((which) => madeRun({ method: 'sgd', biases: which }, 1, 0.8));
  const { keys, curves } = compare(biases);
  expect(keys.by).toEqual(['biases']);
  expect(curves.map(({ label }) => label)).toEqual(['biases none', 'biases trained']);
  // What follows from the rule does not stand beside it.
  const rules = ['supermask', 'gates'].map((rule) => madeRun({ rule }, 1, 0.8));
  expect(comparedKeys(rules)).toEqual({ by: ['rule'], places: [] });
});

test('means, deviations and Student intervals over the seeds, by method in their order', () => {
  const { groups, curves } = compare(madeMethods());
  expect(curves.map(({ label }) => label)).toEqual(['SGD', 'edge-popup', 'IteRand']);
  // Of 80, 82 and 84: 82 -+ 4.302653 * 2 / sqrt 3.
  const { estimate, values } = groups[1]!;
  expect(values.map((value) => Math.round(1e6 * value) / 1e6)).toEqual([80, 82, 84]);
  expect(estimate.mean).toBeCloseTo(82, 10);
  expect(estimate.deviation).toBeCloseTo(2, 10);
  expect(estimate.interval.low).toBeCloseTo(82 - (4.302652729911275 * 2) / Math.sqrt(3), 8);
});

test('differences pair runs of equal seeds, whatever order they come in, and leave out what has no partner', () => {
  const { differences } = compare([
    madeRun({ method: 'iterand' }, 3, 0.9),
    madeRun({ method: 'iterand' }, 1, 0.85),
    madeRun({ method: 'edge-popup' }, 1, 0.8),
    madeRun({ method: 'edge-popup' }, 2, 0.99),
    madeRun({ method: 'edge-popup' }, 3, 0.83),
  ]);
  expect(differences).toHaveLength(1);
  const [{ of, minus, pairs, estimate }] = differences as [(typeof differences)[number]];
  expect([of.label, minus.label]).toEqual(['IteRand', 'edge-popup']);
  expect(pairs.map(({ label }) => label)).toEqual(['seed 1', 'seed 3']);
  expect(estimate.mean).toBeCloseTo(6, 10);
  // t of one degree of freedom at 0.975 is tan(0.475 pi).
  expect(estimate.interval.high).toBeCloseTo(6 + (Math.tan(0.475 * Math.PI) * Math.SQRT2) / Math.SQRT2, 6);
});

test('at several widths, curves are compared width by width; of two settings, pairs differ in one', () => {
  const runs = [0.5, 1].flatMap((width) =>
    ['edge-popup', 'iterand'].flatMap((method) =>
      ['ku', 'sc'].map((param, i) => madeRun({ method, width, param }, 1, 0.5 + 0.1 * i + width / 10)),
    ),
  );
  const { places, groups, differences } = compare(runs, { by: ['method', 'param'] });
  expect(places.map(({ label }) => label)).toEqual(['width 0.5', 'width 1']);
  expect(groups).toHaveLength(8);
  expect(differences.map(({ of, minus, place }) => `${place.label}: ${of.label} - ${minus.label}`)).toEqual(
    ['width 0.5', 'width 1'].flatMap((place) => [
      `${place}: edge-popup, SC - edge-popup, KU`,
      `${place}: IteRand, KU - edge-popup, KU`,
      `${place}: IteRand, SC - edge-popup, SC`,
      `${place}: IteRand, SC - IteRand, KU`,
    ]),
  );
  // Paired over seed and width, the widths are one sample.
  const pooled = compare(runs, { by: ['method', 'param'], pairBy: ['seed', 'width'] });
  expect(pooled.places.map(({ label }) => label)).toEqual(['']);
  expect(pooled.differences[1]!.pairs.map(({ label }) => label)).toEqual([
    'seed 1, width 0.5',
    'seed 1, width 1',
  ]);
});

test('validation accuracy is that after the last epoch', () => {
  const { groups } = compare([madeRun({ method: 'sgd' }, 1, 0.9, 0.7)], { metric: 'validation' });
  expect(groups[0]!.values[0]).toBeCloseTo(70, 10);
});

test('two runs that are not told apart are refused, with their names', () => {
  const [a, b] = [0.1, 0.2].map((learningRate) => madeRun({ method: 'sgd', learningRate }, 1, 0.9));
  expect(compare([a!, b!]).curves).toHaveLength(2);
  const same = () => compare([a!, b!], { by: ['method'], places: [] });
  expect(same).toThrow(InputError);
  expect(same).toThrow(a!.name);
  expect(same).toThrow(b!.name);
});
