import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writePage } from '../../../src/report/page/write.js';
import { FIGURES, figureSweeps, SCALES } from '../../../src/report/paper/figure.js';
import { paperFigures } from '../../../src/report/paper/figures.js';
import { figurePage } from '../../../src/report/paper/page.js';
import { figureProgress } from '../../../src/report/paper/progress.js';
import type { TrainSpec } from '../../../src/train/spec/spec.js';
import { captured } from '../../cli/captured.js';
import { madeRun } from '../../sweep/compare/made-runs.js';

const planned = (number: (typeof FIGURES)[number]) =>
  figureSweeps(paperFigures[number], 'paper').flatMap(({ plan }) => plan.runs);

test('the sweeps have the paper’s counts of runs', () => {
  const counts = FIGURES.map((number) =>
    figureSweeps(paperFigures[number], 'paper').map(({ plan }) => plan.runs.length),
  );
  // 4 values of r, 3 networks, 3 seeds (and at width 0.25 one network); 3 networks, 4 widths, 5 curves, 3 seeds; 8 points; 2 curves.
  expect(counts).toEqual([[36, 12], [180], [8, 2]]);
});

test('their settings are the published ones', () => {
  for (const { spec } of [...planned('1'), ...planned('2')]) {
    const { network, method, sparsity, learningRate, weightDecay, period, ...rest } = spec as TrainSpec;
    const resnet = String(network).startsWith('resnet');
    expect(rest).toMatchObject({
      data: 'cifar10',
      epochs: 100,
      batch: 128,
      momentum: 0.9,
      warmup: 0,
      finalEpochs: 0,
    });
    expect(learningRate).toBe(resnet ? 0.1 : method === 'sgd' ? 0.01 : 0.3);
    expect(weightDecay).toBe(resnet ? 5e-4 : 1e-4);
    expect(sparsity).toBe(method === 'sgd' ? undefined : resnet ? 0.6 : 0.5);
    expect(period).toBe(method === 'iterand' ? 300 : undefined);
  }
  for (const { spec } of planned('3')) {
    const { method, sparsity, period, rate, param, ...rest } = spec as TrainSpec;
    expect(rest).toMatchObject({
      ...{
        data: 'imagenet',
        imageSize: 224,
        width: 1,
        epochs: 105,
        warmup: 5,
        finalEpochs: 5,
        finalRate: 1e-5,
      },
      ...{ learningRate: 0.1, batch: 128, weightDecay: 1e-4, momentum: 0.9 },
    });
    const pruned = method !== 'sgd';
    expect([sparsity, param]).toEqual(pruned ? [0.7, 'sc'] : [undefined, 'ku']);
    expect([period, rate]).toEqual(method === 'iterand' ? [1000, 0.1] : [undefined, undefined]);
  }
});

test('Figure 3b’s runs are Figure 3a’s, so they count once', () => {
  const progress = figureProgress(figureSweeps(paperFigures[3], 'paper'), []);
  expect([progress.done, progress.planned]).toEqual([0, 8]);
});

test.each(FIGURES.flatMap((number) => SCALES.map((scale) => [number, scale] as const)))(
  'figure %s at scale %s makes its page of some of its runs, and none of none',
  (number, scale) => {
    const figure = paperFigures[number];
    const sweeps = figureSweeps(figure, scale);
    const planned = new Map(sweeps.flatMap(({ plan }) => plan.runs).map((run) => [run.name, run]));
    const runs = [...planned.values()]
      .filter(({ seed }) => seed === 1)
      .map(({ spec, seed }, i) => madeRun(spec as TrainSpec, seed, 0.5 + i / 1000));
    expect(figurePage(figure, scale, sweeps, [], () => '')).toBeUndefined();
    const stranger = madeRun({ method: 'sgd' }, 9, 0.1);
    const page = figurePage(figure, scale, sweeps, [...runs, stranger], (run) => run.name)!;
    const { done, planned: all } = figureProgress(sweeps, runs);
    expect(page.sections.find(({ id }) => id === 'progress')!.title).toBe(`${done} of ${all} runs`);
    expect(page.answer!.markup).toContain(`${done} of ${all}`);
    expect(JSON.stringify(page)).not.toContain(stranger.name);
    if (scale === 'smoke') expect(page.answer!.markup).toContain('say nothing about the paper');
  },
);

test.each(['1', '2'] as const)(
  'the committed page of figure %s is made again from the committed runs',
  async (number) => {
    const out = mkdtempSync(join(tmpdir(), 'iterand-figure-'));
    try {
      const { finished } = (await import('../../../src/sweep/compare/run.js')).readFinishedRuns(
        'reports/figure2/runs',
      );
      const figure = paperFigures[number];
      const evaluated = (run: (typeof finished)[number]) =>
        run.ticket?.path ?? join('reports/figure2/runs', run.name);
      const page = figurePage(figure, 'paper', figureSweeps(figure, 'paper'), finished, evaluated)!;
      writePage(out, page);
      for (const file of ['index.html', 'data/runs.json'])
        expect(readFileSync(join(out, `figure${number}`, file), 'utf8')).toBe(
          readFileSync(join('reports', `figure${number}`, file), 'utf8'),
        );
    } finally {
      rmSync(out, { recursive: true });
    }
  },
);

test('README’s accuracies of Figure 2 are those of its data', () => {
  const readme = readFileSync('README.md', 'utf8').replaceAll(/\s+/g, ' ');
  const { groups, runs, differences } = JSON.parse(
    readFileSync('reports/figure2/data/runs.json', 'utf8'),
  ) as {
    groups: { what: string; where: string; mean: number; seeds: number[] }[];
    runs: { name: string }[];
    differences: { of: string; minus: string; where: string; mean: number; interval: [number, number] }[];
  };
  const { done, planned: all } = figureProgress(figureSweeps(paperFigures[2], 'paper'), []);
  expect(done).toBe(0);
  expect(readme).toContain(`${runs.length} of ${all} runs`);
  for (const { what, where, mean, seeds } of groups)
    if (where === 'Conv6, width 0.25')
      expect(readme).toContain(`| ${what} | ${mean.toFixed(2)} % | ${seeds.length} |`);
  const { mean, interval } = differences.find(
    ({ of, minus, where }) =>
      of === 'IteRand (KU)' && minus === 'edge-popup (KU)' && where === 'Conv6, width 0.25',
  )!;
  expect(readme).toContain(
    `IteRand (KU) is ${mean.toFixed(2)} points above edge-popup (KU), with a 95 % interval of the difference by seed from ${interval[0].toFixed(2)} to ${interval[1].toFixed(2)}`,
  );
});

test.each([
  [['4'], 'must be one of 1, 2, 3'],
  [['2', '--scale', 'big'], '--scale'],
  [['2', '--page', '--only', 'x'], '--only with --page'],
  [['2', '--list', '--threads', '2'], '--threads with --list'],
  [['2', '--only', 'network=conv9'], 'names none of the 180 runs'],
  [
    ['3', '--page', '--out', '/tmp/none-of-it', '--runs', '/tmp/none-of-it'],
    'none of its 8 runs is finished',
  ],
  [['2', '--data-folder', '/nowhere'], 'is no folder'],
])('iterand figure %j is refused', async (args, words) => {
  const { code, stderr, stdout } = await captured(['figure', ...args]);
  expect(stderr + stdout).toContain(words);
  expect(code).toBe(2);
});
