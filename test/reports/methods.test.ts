import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { rateChoices, refreshChoices } from '../../src/report/methods/choice.js';
import { methodsPage } from '../../src/report/methods/page.js';
import { methodsFigure } from '../../src/report/methods/sweeps.js';
import { writePage } from '../../src/report/page/write.js';
import { figureSweeps } from '../../src/report/paper/figure.js';
import { readStoredRuns, withTickets } from '../../src/sweep/compare/stored.js';
import { ticketIn } from '../../src/train/archive/network.js';
import { refreshOf } from '../../src/train/spec/pruning.js';
import type { TrainSpec } from '../../src/train/spec/spec.js';
import { scoreTicket } from '../../src/train/ticket/score.js';

const home = 'reports/methods';
const tickets = join(home, 'tickets');
const runs = withTickets(readStoredRuns(join(home, 'data/runs.json')), tickets);
const sweeps = figureSweeps(methodsFigure, 'paper');
const planned = (name: string) => sweeps.find(({ plan }) => plan.name === name)!.plan.runs;
const finished = (name: string) => {
  const names = new Set(planned(name).map((run) => run.name));
  return runs.filter((run) => names.has(run.name));
};

test('the committed page is made again from its committed runs', () => {
  const out = mkdtempSync(join(tmpdir(), 'iterand-methods-'));
  try {
    writePage(out, methodsPage('paper', sweeps, runs)!);
    for (const file of ['index.html', 'data/table.json', 'data/runs.json'])
      expect(readFileSync(join(out, 'methods', file), 'utf8')).toBe(readFileSync(join(home, file), 'utf8'));
  } finally {
    rmSync(out, { recursive: true });
  }
});

test('every run is there, and the table has the settings that its tries chose', () => {
  for (const name of sweeps.map(({ plan }) => plan.name))
    expect(finished(name).length, name).toBe(planned(name).length);
  const refreshes = new Map(refreshChoices(finished('methods-mnist-refreshes')).map((c) => [c.of, c.chosen]));
  expect(refreshes.size).toBe(2);
  for (const [tries, ...users] of [
    ['methods-mnist-rates', 'methods-mnist-refreshes', 'methods-mnist'],
    ['methods-cifar10-rates', 'methods-cifar10'],
  ] as const) {
    const rates = rateChoices(finished(tries));
    expect(rates.length).toBe(8);
    for (const { chosen } of rates)
      for (const name of users) {
        const { rule, sparsity, learningRate } = chosen.spec;
        const row = planned(name)
          .map(({ spec }) => spec as TrainSpec)
          .filter((spec) => spec.rule === rule || (rule === undefined && spec.method === 'iterand'))
          .filter((spec) => spec.sparsity === sparsity);
        expect(row.length, name).toBeGreaterThan(0);
        for (const spec of row) expect(spec.learningRate, name).toBe(learningRate);
      }
  }
  for (const name of ['methods-mnist', 'methods-cifar10'])
    for (const { spec } of planned(name)) {
      const { period, rate, ...own } = spec as TrainSpec;
      const chosen = refreshes.get(refreshOf(own))?.spec;
      expect([period, rate], name).toEqual([chosen?.period, chosen?.rate]);
    }
});

test('README’s accuracies are those of the table', () => {
  const readme = readFileSync('README.md', 'utf8').replaceAll(/\s+/g, ' ');
  const { cells, gains } = JSON.parse(readFileSync(join(home, 'data/table.json'), 'utf8')) as {
    cells: {
      data: string;
      rule: string;
      sparsity?: number;
      refresh: string;
      mean: number;
      values: number[];
      kept: number;
      weights: number;
    }[];
    gains: { data: string; what: string; mean: number; holm?: number }[];
  };
  const refreshes = ['none', 'randomize', 'recycle'];
  for (const [name, start] of [
    ['MNIST', 'In'],
    ['CIFAR-10', 'There, in'],
  ] as const) {
    const rows = new Map<string, string[]>();
    for (const { data, rule, sparsity, refresh, mean } of cells) {
      if (data !== name || rule === 'random' || rule === 'magnitude') continue;
      const row = rows.get(`| ${rule} | ${sparsity ?? ''} |`) ?? [];
      row[refreshes.indexOf(refresh)] = mean.toFixed(2);
      rows.set(`| ${rule} | ${sparsity ?? ''} |`, row);
    }
    expect(rows.size).toBe(8);
    for (const [head, row] of rows)
      expect(readme).toContain(`${head} ${row.join(' | ')} |`.replaceAll(/\s+/g, ' '));
    const own = gains.filter(({ data }) => data === name);
    const told = own.filter(({ holm = 1 }) => holm <= 0.05);
    expect(own).toHaveLength(16);
    expect(readme).toContain(
      `${start} ${own.filter(({ mean }) => mean > 0).length} of the 16 pairs of a rule and a refresh the mean is above that of the rule without a refresh; ${told.length || 'none'} can be told apart`,
    );
    for (const { what, mean } of told)
      expect(readme).toContain(`${what} (${mean > 0 ? '+' : '−'}${Math.abs(mean).toFixed(2)} points)`);
  }
  const shares = (rule: string) => {
    const all = cells
      .filter((c) => c.data === 'MNIST' && c.rule === rule)
      .map((c) => (100 * c.kept) / c.weights);
    return `${Math.min(...all).toFixed(1)} to ${Math.max(...all).toFixed(1)} %`;
  };
  expect(readme).toContain(`they keep ${shares('supermask')} and ${shares('gates')} of the weights`);
  const spreads = cells.flatMap(({ data, sparsity, values }) =>
    data === 'MNIST' && sparsity === 0.9 ? [Math.max(...values) - Math.min(...values)] : [],
  );
  expect(readme).toContain(
    `at p = 0.9 the seeds of a cell lie up to ${Math.floor(Math.max(...spreads))} points apart`,
  );
});

const names = runs.filter(({ ticket }) => ticket !== undefined).map(({ name }) => name);

test('every committed ticket is one of a run of the table', () => {
  expect(names.length).toBeGreaterThan(0);
  expect(readdirSync(tickets).sort()).toEqual(names.map((name) => ticketIn('', name)).sort());
});

test.each(names.filter((name) => name.includes('-mnist-')))(
  'scored again on the digits, the ticket of %s has the hits that its run says',
  { timeout: 60_000 },
  async (name) => {
    const run = runs.find((r) => r.name === name)!;
    const again = await scoreTicket(run.ticket!.path, 'test', { threads: 1 });
    // The last bits are the processor's: an image whose two largest logits are all but equal may turn.
    expect(Math.abs(again.hits - run.result.test.hits)).toBeLessThanOrEqual(2);
    expect(again.loss).toBeCloseTo(run.result.test.loss, 5);
  },
);
