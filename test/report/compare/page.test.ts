import { expect, test } from 'vitest';
import { accuracyFigure } from '../../../src/report/compare/accuracy.js';
import { comparisonCsv, comparisonJson } from '../../../src/report/compare/data.js';
import { differencesFigure } from '../../../src/report/compare/differences.js';
import { efficiencyFigure, sizedGroups, withoutTicket } from '../../../src/report/compare/efficiency.js';
import { epochsFigure } from '../../../src/report/compare/epochs.js';
import { comparedRunsPage } from '../../../src/report/compare/own.js';
import { trainCommand } from '../../../src/report/compare/repeat.js';
import { curveStyles } from '../../../src/report/compare/styles.js';
import { differenceText } from '../../../src/report/compare/words.js';
import { plainText } from '../../../src/report/page/html.js';
import { renderPage } from '../../../src/report/page/shell.js';
import { compare } from '../../../src/sweep/compare/compare.js';
import { resolveTrainSpec } from '../../../src/train/spec/spec.js';
import { madeMethods, madeRun } from '../../sweep/compare/made-runs.js';

type Trace = { x: number[]; y: number[]; hovertemplate: string | string[]; error_y?: { array: number[] } };
const traces = (data: unknown) => data as Trace[];

test('the accuracy figure has every run as a point that names it, and means with standard deviations', () => {
  const runs = madeMethods();
  const [panel] = accuracyFigure(compare(runs)).panels;
  const data = traces(panel!.data);
  expect(data).toHaveLength(6);
  expect(data[2]!.y.map(Math.round)).toEqual([80, 82, 84]);
  expect(data[2]!.hovertemplate).toEqual(
    runs
      .filter(({ spec }) => spec.method === 'edge-popup')
      .map(({ name }) => `edge-popup: %{y:.2f} %<br>${name}<extra></extra>`),
  );
  expect(data[3]!.y[0]).toBeCloseTo(82, 9);
  expect(data[3]!.error_y!.array[0]).toBeCloseTo(2, 9);
});

test('over widths, one panel a network and a joined curve a method', () => {
  const runs = ['conv2', 'conv6'].flatMap((network) =>
    ['edge-popup', 'iterand'].flatMap((method) =>
      [0.5, 1].map((width) => madeRun({ network, method, width }, 1, width / 2)),
    ),
  );
  const comparison = compare(runs, { by: ['method'] });
  const { panels } = accuracyFigure(comparison, { widths: [0.25, 0.5, 1] });
  expect(panels.map(({ title }) => plainText(title!))).toEqual(['Conv2', 'Conv6']);
  const [line, first, second] = traces(panels[0]!.data);
  expect(line!.y.map(Math.round)).toEqual([25, 50]);
  // At the second and third of three widths.
  expect([first!.x[0], second!.x[0]].map((x) => Math.round(x!))).toEqual([2, 3]);
  expect(epochsFigure(comparison).panels).toHaveLength(4);
});

test('differences have an interval from two pairs on', () => {
  const { differences } = compare(madeMethods());
  expect(traces(differencesFigure(differences).panels[0]!.data)).toHaveLength(6);
  const one = compare(madeMethods().filter(({ seed }) => seed === 1)).differences;
  expect(traces(differencesFigure(one).panels[0]!.data)).toHaveLength(3);
  expect(differenceText(one[2]!)).toBe(
    'IteRand is 5.00 points above edge-popup with one seed, which does not decide which is better.',
  );
});

test('the verdict is that of the interval of the paired differences', () => {
  const verdict = (iterand: readonly number[]) =>
    differenceText(compare(madeMethods(iterand)).differences[2]!);
  // Differences 5, 5.1, 4.9 points: t interval 5 -+ 4.303 * 0.1 / sqrt 3.
  expect(verdict([0.85, 0.871, 0.889])).toBe(
    'IteRand is 5.00 points above edge-popup in the mean of 3 seeds (95 % interval of the difference 4.75 to 5.25).',
  );
  expect(verdict([0.85, 0.77, 0.88])).toMatch(
    /^IteRand is 1\.33 points above .* do not decide which is better\.$/,
  );
  expect(verdict([0.75, 0.77, 0.79])).toMatch(/^IteRand is 5\.00 points below edge-popup/);
  expect(verdict([0.8, 0.82, 0.84])).toContain('IteRand is level with edge-popup');
});

test('what a network stores: its ticket, or the floats of SGD', () => {
  const comparison = compare(madeMethods());
  expect(sizedGroups(comparison).map(({ weights, kept, stored }) => [weights, kept, stored])).toEqual([
    [1000, 1000, 4400],
    [1000, 500, 100],
    [1000, 500, 100],
  ]);
  expect(efficiencyFigure(comparison).panels).toHaveLength(2);
  expect(plainText(withoutTicket(comparison))).toBe('');
  const bare = compare(comparison.groups.flatMap(({ runs }) => runs.map(({ ticket: _, ...run }) => run)));
  expect(plainText(withoutTicket(bare))).toContain('no ticket is there: edge-popup, IteRand;');
});

test('curves of several methods have their colours; those of one method a colour each', () => {
  const methods = [...curveStyles(compare(madeMethods()).curves).values()].map(({ colour }) => colour);
  expect(methods).toEqual(['$muted', '$paper', '$corrected']);
  const rates = [0, 0.01, 0.1, 1].map((rate) => madeRun({ method: 'iterand', rate }, 1, 0.5));
  const styles = [...curveStyles(compare(rates).curves).values()];
  expect(new Set(styles.map(({ colour }) => colour)).size).toBe(4);
  const params = ['ku', 'sc'].map((param) => madeRun({ method: 'iterand', param }, 1, 0.5));
  expect(
    compare([...params, madeRun({ method: 'sgd' }, 1, 0.5)], { by: ['method', 'param'] }).curves,
  ).toHaveLength(3);
});

test('the command of a run gives its spec again', () => {
  for (const settings of [
    { method: 'iterand', rate: 0.01, width: 0.25, data: 'cifar10', network: 'conv6', epochs: 100 },
    { method: 'sgd', network: 'resnet18', data: 'imagenet', warmup: 1, finalEpochs: 1 },
    { rule: 'biprop', refresh: 'recycle', scope: 'global', ramp: 1, sparsity: 0.9 },
    { rule: 'supermask', rescale: true, learningRate: 0.3 },
    { rule: 'gates', refresh: 'randomize', refreshedScore: 'fresh' },
    { rule: 'magnitude', sparsity: 0.9 },
  ]) {
    const run = madeRun(settings, 2, 0.5);
    const command = trainCommand(run);
    const flags = [...command.matchAll(/--([\w-]+)(?: (?!--)(\S+))?/g)].map(([, flag, value]) => [
      flag!.replaceAll(/-(\w)/g, (_, c: string) => c.toUpperCase()),
      value === undefined || (Number.isNaN(Number(value)) ? value : Number(value)),
    ]);
    const { seed, ...given } = Object.fromEntries(flags);
    expect(seed).toBe(2);
    expect(resolveTrainSpec(given)).toEqual(run.spec);
  }
});

test('commands that are shown can be given: flags without a value, words in quotation marks', () => {
  const run = madeRun(
    { rule: 'supermask', rescale: true, data: "folder:Ada's images", imageSize: 32 },
    1,
    0.5,
  );
  const command = trainCommand(run);
  expect(command).toContain(`--data 'folder:Ada'\\''s images'`);
  expect(command).toMatch(/ --rescale( --|$)/);
  const ticket = { path: 'my runs/a.ticket', bytes: 1 };
  const page = renderPage(comparedRunsPage(compare([{ ...run, ticket }]), 'npx iterand compare'));
  expect(page).toMatch(/npx iterand evaluate (&#39;|'|&apos;)my runs\/a.ticket(&#39;|'|&apos;)/);
});

test('the page shows every number once more in its tables, and no value that is none', () => {
  const comparison = compare(madeMethods().filter(({ seed, spec }) => seed === 1 || spec.method === 'sgd'));
  const page = renderPage(comparedRunsPage(comparison, 'npx iterand compare'));
  const text = page.replaceAll(/<script.*?<\/script>/gs, '');
  expect(text).not.toMatch(/Infinity|NaN|null|undefined/);
  for (const { name } of madeMethods().filter(({ seed }) => seed === 1)) expect(text).toContain(name);
  expect(text).toContain('95.33');
});

test('data and comma-separated values hold the same runs', () => {
  const comparison = compare(madeMethods());
  const json = comparisonJson(comparison, 'x');
  expect(JSON.parse(JSON.stringify(json))).toEqual(json);
  const lines = comparisonCsv(comparison).trimEnd().split('\n');
  expect(lines).toHaveLength(10);
  expect(lines[0]!.split(',')).toHaveLength(lines[1]!.split(',').length);
  expect(lines.slice(1).map((line) => line.split(',')[0])).toEqual(json.runs.map(({ name }) => name));
  const named = comparisonCsv(
    compare(
      [madeRun({ method: 'sgd', param: 'ku' }, 1, 0.5), madeRun({ method: 'sgd', param: 'sc' }, 1, 0.5)],
      { by: ['method', 'param'] },
    ),
  );
  expect(named).toContain('"SGD, KU"');
});
