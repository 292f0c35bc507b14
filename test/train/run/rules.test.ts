import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { InputError } from '../../../src/core/errors.js';
import { pixelDataset } from '../../../src/train/data/pixels.js';
import { exportRun } from '../../../src/train/export/run.js';
import { NetworkBuilder } from '../../../src/train/networks/builder.js';
import { makeRule } from '../../../src/train/prune/rules/index.js';
import type { Rule } from '../../../src/train/prune/rules/rule.js';
import { openRun } from '../../../src/train/run/open.js';
import type { RunOptions, RunResult } from '../../../src/train/run/outcome.js';
import { scoreRun } from '../../../src/train/run/score.js';
import { trainRun } from '../../../src/train/run/train.js';
import { resolveTrainSpec, type TrainSpec } from '../../../src/train/spec/spec.js';
import { readTicketFile, scoreTicket } from '../../../src/train/ticket/score.js';
import { temporaryFolder } from '../data/temporary.js';

const net = new NetworkBuilder('tiny', [1, 8, 8]);
net.conv('conv', 8, { kernel: 3 });
net.batchNorm('norm');
net.relu('relu');
net.flatten('flat');
net.dense('head', 2);
const network = net.build();

const dataset = pixelDataset({
  name: 'stripes',
  classes: ['flat', 'striped'],
  channels: 1,
  size: 8,
  pixels: Uint8Array.from({ length: 60 * 64 }, (_, p) =>
    (p >> 6) % 2 ? 200 * (p % 2) : 90 + ((p * p) % 23),
  ),
  labels: Array.from({ length: 60 }, (_, i) => i % 2),
});
const options = (root: string): RunOptions => ({ root, dataset, threads: 1, workers: 1 });
const specOf = (settings: object, own?: Rule): TrainSpec =>
  resolveTrainSpec({ network, method: 'prune', data: 'stripes', epochs: 3, batch: 16, ...settings }, own);

async function finish(spec: TrainSpec, more: RunOptions): Promise<{ name: string; result: RunResult }> {
  const outcome = await trainRun(spec, 1, more);
  if (outcome.state !== 'finished') throw new Error('not finished');
  return { name: outcome.paths.name, result: outcome.result };
}

const period = 2;
/** What is trained, and why a ticket of it is refused, if it is. */
const RUNS = [
  ['biprop and randomize', { rule: 'biprop', refresh: 'randomize', period, rate: 0.5 }, undefined],
  ['biprop and recycle', { rule: 'biprop', refresh: 'recycle', period, rate: 0.3 }, undefined],
  [
    'supermask and randomize',
    { rule: 'supermask', rescale: true, refresh: 'randomize', period, rate: 0.5 },
    undefined,
  ],
  [
    'the mean of supermask',
    { rule: 'supermask', settle: 'mean' },
    /masks of 'supermask' hold values between 0 and 1/,
  ],
  [
    'gates and recycle',
    { rule: 'gates', refresh: 'recycle', period, rate: 0.3, gate: 0 },
    /masks of 'gates' hold values/,
  ],
  [
    'edge-popup and recycle, fresh scores',
    { rule: 'edge-popup', refresh: 'recycle', pairing: 'order', refreshedScore: 'fresh', period, rate: 0.3 },
    /recycled weights come from anywhere/,
  ],
  [
    'abs(s) over all layers, fresh scores',
    {
      rule: 'edge-popup-abs',
      scope: 'global',
      sparsity: 0.9,
      refresh: 'randomize',
      refreshedScore: 'fresh',
      period,
      rate: 0.5,
    },
    undefined,
  ],
  ['magnitude', { rule: 'magnitude', sparsity: 0.7 }, undefined],
  ['random', { rule: 'random', sparsity: 0.7 }, undefined],
] as const satisfies readonly (readonly [string, object, RegExp | undefined])[];

describe.each(RUNS)('%s', (_, settings, refused) => {
  const [whole, parts] = [temporaryFolder(), temporaryFolder()];
  const spec = specOf(settings);
  let name = '';
  let result: RunResult;
  beforeAll(async () => {
    ({ name, result } = await finish(spec, options(whole)));
  });

  test('stopped in its second epoch and resumed, has the bytes of a run that was not', async () => {
    let steps = 0;
    const stopped = await trainRun(spec, 1, {
      ...options(parts),
      callbacks: [{ between: () => ++steps === 6 }],
    });
    expect(stopped.state).toBe('stopped');
    const run = openRun(parts, name);
    await trainRun(run.spec, run.seed, options(parts));
    for (const file of ['steps.jsonl', 'epochs.jsonl', 'last.safetensors', 'best.safetensors', 'result.json'])
      expect(readFileSync(join(parts, name, file)).equals(readFileSync(join(whole, name, file))), file).toBe(
        true,
      );
  });

  test('is evaluated to its digits, the best checkpoint to the best epoch’s', async () => {
    const run = openRun(whole, name);
    expect(await scoreRun(run, 'last', 'test', { dataset, threads: 1 })).toEqual(result.test);
    const best = await scoreRun(run, 'best', 'validation', { dataset, threads: 1 });
    expect(best.hits).toBe(result.best.hits);
  });

  test(refused ? 'has no ticket, and the reason is said' : 'gives its digits from a ticket', async () => {
    const run = openRun(whole, name);
    const ticket = join(whole, `${spec.rule}.ticket`);
    const exported = exportRun(run, 'last', { ticket }, { dataset, threads: 1 });
    if (refused) {
      await expect(exported).rejects.toThrow(InputError);
      await expect(exported).rejects.toThrow(refused);
      return;
    }
    const sizes = await exported;
    const score = await scoreTicket(ticket, 'test', { dataset, threads: 1 });
    expect(score.hits).toBe(result.test.hits);
    const { ticket: read } = readTicketFile(ticket);
    const binary = read.layers.some((l) => l.signs);
    expect(binary).toBe(spec.rule === 'biprop' && spec.refresh === 'recycle');
    // Weights of seeds are the same bits; a mean of equal sizes is rounded once more.
    if (binary) expect(score.loss).toBeCloseTo(result.test.loss, 5);
    else expect(score).toEqual(result.test);
    const kept = read.layers.reduce((sum, l) => sum + l.mask.reduce((a, b) => a + b, 0), 0);
    const weights = read.layers.reduce((sum, l) => sum + l.mask.length, 0);
    // One bit a kept weight beside the mask: the bound, which is an entropy, says so too.
    if (binary) expect(sizes!.bound).toBeLessThanOrEqual(Math.ceil((weights + kept) / 8));
  });
});

describe('a rule of one’s own', () => {
  /** By abs(s), with gradients for the scores of kept weights alone. */
  const own: Rule = {
    name: 'kept-alone',
    selection: { kind: 'top', key: (ops, score) => ops.abs(score) },
    effective: (ops, { weight, mask }) => ops.mul(weight, mask),
    scoreGradient: (ops, { dw, weight, mask }) => ops.mul(ops.mul(dw, weight), mask),
  };

  test('trains, is resumed and evaluated, and has a ticket, each time passed beside the run', async () => {
    const root = temporaryFolder();
    const spec = specOf({ rule: 'kept-alone', refresh: 'randomize', period, scope: 'global' }, own);
    expect(spec).toMatchObject({ method: 'prune', sparsity: 0.6, scope: 'global', ramp: 3, rate: 0.1 });
    const machine = { ...options(root), rule: own };
    const { name, result } = await finish(spec, machine);
    expect(name).toMatch(/^tiny-kept-alone-randomize-global-stripes-/);
    const run = openRun(root, name);
    expect(await scoreRun(run, 'last', 'test', machine)).toEqual(result.test);
    const ticket = join(root, 'own.ticket');
    await exportRun(run, 'last', { ticket }, machine);
    expect(await scoreTicket(ticket, 'test', machine)).toEqual(result.test);
    const without = { dataset, threads: 1 };
    for (const attempt of [
      () => scoreRun(run, 'last', 'test', without),
      () => scoreTicket(ticket, 'test', without),
      () => trainRun(spec, 2, options(root)),
    ])
      await expect(attempt()).rejects.toThrow(
        /rule 'kept-alone': is none of the package's .* pass the rule beside the spec/,
      );
  });

  test('is refused before anything is written: wrong shapes, NaN, another name, settings that it has not', async () => {
    const root = join(temporaryFolder(), 'runs');
    const spec = specOf({ rule: 'kept-alone' }, own);
    const refused = async (rule: Rule, words: RegExp, of = spec) => {
      const run = trainRun(of, 1, { ...options(root), rule });
      await expect(run).rejects.toThrow(InputError);
      await expect(run).rejects.toThrow(words);
      expect(() => readFileSync(root)).toThrow('ENOENT');
    };
    await refused(
      { ...own, effective: (ops, { weight }) => ops.sum(weight) },
      /effective: gives 1 values for a layer of 7/,
    );
    await refused(
      { ...own, scoreGradient: (ops, { dw }) => ops.scale(dw, Number.NaN) },
      /scoreGradient: gives NaN/,
    );
    await refused(
      { ...own, initialScores: () => new Float32Array(3) },
      /score ku: means nothing for kept-alone/,
    );
    await refused({ ...own, name: 'other' }, /rule 'kept-alone' with a rule of one's own, 'other'/);
    await refused(
      { ...own, name: 'biprop' },
      /rule 'biprop' with a rule of one's own/,
      specOf({ rule: 'biprop' }),
    );
    const { selection } = makeRule('supermask');
    await refused(
      { ...own, selection },
      /sparsity 0\.6: means nothing for the rule 'kept-alone': it draws its masks/,
    );
  });
});
