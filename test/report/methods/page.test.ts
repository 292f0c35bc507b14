import { expect, test } from 'vitest';
import { methodsPage } from '../../../src/report/methods/page.js';
import { methodsFigure } from '../../../src/report/methods/sweeps.js';
import { plainText } from '../../../src/report/page/html.js';
import { renderPage } from '../../../src/report/page/shell.js';
import { figureSweeps, SCALES } from '../../../src/report/paper/figure.js';
import type { FinishedRun } from '../../../src/sweep/compare/run.js';
import type { TrainSpec } from '../../../src/train/spec/spec.js';
import { madeRun } from '../../sweep/compare/made-runs.js';

const sweeps = figureSweeps(methodsFigure, 'paper');

/** Every planned run, with accuracies that grow with the seed, and randomization better by `gain`. */
const planned = (gain = 0.05): FinishedRun[] =>
  sweeps.flatMap(({ plan }) =>
    plan.runs.map(({ spec, seed }, i) => {
      const own = spec as TrainSpec;
      const randomized = own.method === 'iterand' || own.refresh === 'randomize';
      return madeRun(own, seed, 0.5 + seed / 1000 + (randomized ? gain + (i % 3) / 1000 : 0));
    }),
  );

test('the sweeps: six rates a row, three tries a refresh, the table with seeds of its own, each rule alike', () => {
  const runs = (name: string) => sweeps.find(({ plan }) => plan.name === name)!.plan.runs;
  const seeds = (name: string) => [...new Set(runs(name).map(({ seed }) => seed))];
  expect(sweeps.map(({ plan }) => [plan.name, plan.runs.length])).toEqual([
    ['methods-mnist-rates', 8 * 6 * 2],
    ['methods-mnist-refreshes', 8 * 2 * 3],
    ['methods-mnist', (8 * 3 + 4) * 5],
    ['methods-cifar10-rates', 8 * 6],
    ['methods-cifar10', 8 * 3 * seeds('methods-cifar10').length],
  ]);
  for (const tuning of ['methods-mnist-rates', 'methods-mnist-refreshes', 'methods-cifar10-rates'])
    for (const seed of seeds(tuning))
      for (const table of ['methods-mnist', 'methods-cifar10']) expect(seeds(table)).not.toContain(seed);
});

test('the runs of a row differ in the refresh alone', () => {
  for (const { plan } of sweeps.filter(({ plan: { name } }) => !/-rates$|-refreshes$/.test(name))) {
    const rows = new Map<string, Set<string>>();
    for (const { spec } of plan.runs) {
      const { method, rule = 'edge-popup', sparsity, ...rest } = spec as TrainSpec;
      for (const key of ['refresh', 'period', 'rate', 'pairing', 'refreshedScore', 'scope'] as const)
        delete (rest as Partial<Record<typeof key, unknown>>)[key];
      const row = `${rule} ${sparsity}`;
      rows.set(row, (rows.get(row) ?? new Set()).add(JSON.stringify(Object.entries(rest).sort())));
    }
    for (const [row, settings] of rows) expect(settings.size, row).toBe(1);
  }
});

test('the page says what the tests decide, and claims nothing of one seed', () => {
  const page = methodsPage('paper', sweeps, planned())!;
  const answer = plainText(page.answer!);
  expect(answer).toContain('MNIST, 5 seeds: of 16 pairs of a rule and a refresh, 8 are better');
  const single = planned().filter(({ spec, seed }) => spec.data === 'mnist' || seed === 1 || seed > 100);
  const less = plainText(methodsPage('paper', sweeps, single)!.answer!);
  expect(less).toContain('CIFAR-10, one seed and 3 epochs: ');
  expect(less).toContain('decides nothing');
  const text = renderPage(page).replaceAll(/<script.*?<\/script>/gs, '');
  expect(text).not.toMatch(/Infinity|NaN|null|undefined/);
  for (const refresh of ['randomize', 'recycle'])
    expect(plainText({ markup: text })).toContain(`gates: ${refresh}`);
  const worse = plainText(methodsPage('paper', sweeps, planned(-0.05))!.answer!);
  expect(worse).toContain('0 are better than the rule without a refresh, 8 worse');
});

test('rows that learned nothing, and a best rate at the end of those tried, are named', () => {
  const findings = (runs: FinishedRun[]) =>
    plainText({
      markup: methodsPage('paper', sweeps, runs)!
        .findings.map((f) => f.markup)
        .join(' '),
    });
  // Equal accuracies everywhere: the lowest rate is taken.
  expect(findings(planned())).toContain('at the end of those tried for edge-popup, p = 0.5 (0.1)');
  expect(findings(planned())).not.toContain('nothing was learned');
  const dead = planned().map((run) => {
    const { data, sparsity } = run.spec;
    return data === 'cifar10' && sparsity === 0.9 ? madeRun(run.spec, run.seed, 0.1, 0.1) : run;
  });
  expect(findings(dead)).toContain(
    'nothing was learned in the time of the table for edge-popup, p = 0.9; edge-popup-abs, p = 0.9; biprop, p = 0.9 (',
  );
});

test('a page of some of the runs says what is missing; without one of the table there is none', () => {
  const runs = planned();
  expect(methodsPage('paper', sweeps, [])).toBeUndefined();
  const tuning = runs.filter(({ seed }) => seed > 100);
  expect(methodsPage('paper', sweeps, tuning)).toBeUndefined();
  const some = runs.filter(({ spec, seed }) => spec.data === 'mnist' && seed < 3);
  const stranger = madeRun({ method: 'sgd' }, 9, 0.1);
  const page = methodsPage('paper', sweeps, [...some, stranger])!;
  const text = renderPage(page);
  expect(text).toContain('56 of 140');
  expect(text).toContain(
    `0 of ${sweeps.find(({ plan }) => plan.name === 'methods-cifar10')!.plan.runs.length}`,
  );
  expect(text).not.toContain(stranger.name);
});

test.each(SCALES)('the page at scale %s names its command and its data', (scale) => {
  const own = figureSweeps(methodsFigure, scale);
  const runs = own.flatMap(({ plan }) =>
    plan.runs.map(({ spec, seed }) => madeRun(spec as TrainSpec, seed, 0.5 + seed / 10000)),
  );
  const page = methodsPage(scale, own, runs)!;
  const command = `npx iterand figure methods${scale === 'paper' ? '' : ' --scale smoke'}`;
  expect(plainText(page.provenance)).toContain(command);
  expect(page.sections.flatMap(({ data }) => data?.file ?? [])).toEqual(['table.json', 'runs.json']);
  if (scale === 'smoke') expect(plainText(page.answer!)).toContain('say nothing');
});
