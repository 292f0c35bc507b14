import { describe, expect, test } from 'vitest';
import { planSweep, runText } from '../../src/sweep/plan.js';
import { selectRuns } from '../../src/sweep/select.js';
import { trainingJobs } from '../../src/sweep/training.js';
import { resolveTrainSpec, trainRunName } from '../../src/train/spec/spec.js';

const plan = (value: unknown) => planSweep(value, 'sweep s.json', [trainingJobs]);
const sweep = {
  name: 'two-curves',
  job: 'train',
  base: { data: 'mnist', network: 'conv2', epochs: 2 },
  grid: { width: [0.25, 0.5], batch: [32, 64, 128] },
  cases: [
    { label: 'SGD', method: 'sgd' },
    { method: 'iterand', param: 'sc' },
  ],
  seeds: [3, 1],
};

test('every point of the grid with every case and seed, the first key slowest, as `train` names them', () => {
  const { runs, name, kind } = plan(sweep);
  expect([name, kind.name]).toEqual(['two-curves', 'train']);
  const expected = [0.25, 0.5].flatMap((width) =>
    [32, 64, 128].flatMap((batch) =>
      [{ method: 'sgd' }, { method: 'iterand', param: 'sc' }].flatMap((one) =>
        [3, 1].map((seed) => trainRunName(resolveTrainSpec({ ...sweep.base, width, batch, ...one }), seed)),
      ),
    ),
  );
  expect(runs.map((run) => run.name)).toEqual(expected);
  expect(new Set(expected).size).toBe(24);
  expect(runs[2]).toMatchObject({
    seed: 3,
    settings: { width: 0.25, batch: 32, method: 'iterand', param: 'sc' },
    point: { width: 0.25, batch: 32 },
    curve: 'method iterand, param sc',
  });
  expect(runText(runs[1]!)).toBe('SGD, width 0.25, batch 32, seed 1');
});

test('a case goes before the base; without grid, cases and seeds there is one run', () => {
  const own = { base: { ...sweep.base, method: 'sgd', width: 0.5 }, cases: [{ width: 0.25 }, {}] };
  const widths = plan({ name: 's', job: 'train', ...own }).runs.map(
    (r) => (r.spec as { width: number }).width,
  );
  expect(widths).toEqual([0.25, 0.5]);
  const one = plan({ name: 's', job: 'train', base: { ...sweep.base, method: 'sgd' } });
  expect(one.runs.map(runText)).toEqual(['seed 1']);
});

describe('a bad sweep is refused with what is wrong and where', () => {
  const cases: [string, object, string][] = [
    ['no object', [] as unknown as object, 'sweep s.json: holds no object'],
    ['no name', { job: 'train' }, 'sweep s.json: name: is missing'],
    ['no object as its base', { ...sweep, base: [] }, 'base Array: must be an object'],
    [
      'a key of its own',
      { ...sweep, sedes: [1] },
      "sweep s.json: 'sedes': is no known key .* did you mean 'seeds'",
    ],
    ['a job', { ...sweep, job: 'trian' }, "job 'trian': must be one of train; did you mean 'train'"],
    ['a name that leads elsewhere', { ...sweep, name: '../x' }, 'name "../x": must be at most 100 letters'],
    ['a key of the base', { ...sweep, base: { dta: 'mnist' } }, "base: 'dta': .* did you mean 'data'"],
    ['a key of the grid', { ...sweep, grid: { widht: [1] } }, "grid: 'widht': .* did you mean 'width'"],
    [
      'a key that JavaScript knows',
      { ...sweep, base: { constructor: 1 } },
      "base: 'constructor': is no known key",
    ],
    [
      'a key of a case',
      { ...sweep, cases: [{}, { lable: 'x' }] },
      "case 2: 'lable': .* did you mean 'label'",
    ],
    ['a value in the place of a list', { ...sweep, grid: { width: 0.5 } }, 'grid: width: must be a list'],
    [
      'an empty list',
      { ...sweep, grid: { width: [] } },
      'grid: width: must be a list with at least one value',
    ],
    ['a value twice', { ...sweep, grid: { width: [1, 0.5, 1] } }, 'grid: width: holds 1 twice'],
    ['a seed twice', { ...sweep, seeds: [1, 2, 1] }, 'seeds: holds 1 twice'],
    ['a seed', { ...sweep, seeds: [1.5] }, 'seeds.0 1.5: must be a whole number'],
    ['no seeds', { ...sweep, seeds: [] }, 'seeds 0: must hold at least one seed'],
    ['a key of grid and base', { ...sweep, grid: { epochs: [1] } }, 'grid: epochs: is given in base too'],
    [
      'a key of grid and cases',
      { ...sweep, grid: { method: ['sgd'] } },
      'grid: method: is given in cases too',
    ],
    ['an empty label', { ...sweep, cases: [{ label: ' ', method: 'sgd' }] }, 'label " ": must be a text'],
    [
      'a value',
      { ...sweep, grid: { width: [0.5, -1] } },
      'width -1, label SGD, method sgd \\(case 1\\): training spec: width -1',
    ],
    [
      'a data set',
      { ...sweep, base: { ...sweep.base, data: 'minst' } },
      "data 'minst': .* did you mean 'mnist'",
    ],
    [
      'a setting its method does not have',
      { ...sweep, base: { ...sweep.base, period: 4 } },
      'SGD, method sgd \\(case 1\\): training spec: period 4: means nothing for sgd',
    ],
    [
      'runs that are the same by a default',
      { ...sweep, cases: [{ method: 'iterand' }, { method: 'iterand', period: 5 }] },
      'method iterand, period 5: is the same run as .*method iterand \\(conv2-iterand-mnist-\\w+/seed-3\\)',
    ],
    [
      'too many runs',
      { ...sweep, grid: { width: range(400), batch: range(400) } },
      '640000 runs: are more than 100000',
    ],
  ];
  test.each(cases)('%s', (_what, value, message) => {
    expect(() => plan(value)).toThrow(new RegExp(message));
  });
});

function range(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i + 1);
}

describe('--only', () => {
  const all = plan(sweep);
  const chosen = (pattern: string) => selectRuns(all, pattern).map(runText);

  test('settings, seed and case must all match; defaults are settings too', () => {
    expect(chosen('seed=1,width=0.5,method=sgd')).toEqual(
      [32, 64, 128].map((b) => `SGD, width 0.5, batch ${b}, seed 1`),
    );
    expect(chosen('case=SGD, seed=3, batch=32')).toHaveLength(2);
    expect(chosen('score=ku')).toHaveLength(12);
  });

  test('names by their start, and * for anything', () => {
    expect(chosen('conv2-sgd')).toHaveLength(12);
    expect(chosen('*/seed-3')).toHaveLength(12);
    expect(chosen(all.runs[4]!.name)).toEqual([runText(all.runs[4]!)]);
    expect(() => chosen('conv2.sgd')).toThrow('names none of the 24 runs');
  });

  test('an unknown setting is no empty choice', () => {
    expect(() => chosen('widht=0.5')).toThrow(/the setting 'widht': must be one of .*; did you mean 'width'/);
    expect(() => chosen('width=0.75')).toThrow('names none of the 24 runs; look at them with --list');
  });
});
