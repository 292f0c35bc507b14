import { describe, expect, test, vi } from 'vitest';
import { InputError } from '../../../../src/core/errors.js';
import { NonFiniteLossError } from '../../../../src/train/engines/engine.js';
import type { OnnxOptions } from '../../../../src/train/engines/onnx/engine.js';
import { blockedPlanner } from '../../../../src/train/engines/onnx/forms/blocked-planner.js';
import { productPlanner } from '../../../../src/train/engines/onnx/forms/device.js';
import { standardPlanner } from '../../../../src/train/engines/onnx/forms/standard.js';
import { NetworkModel } from '../../../../src/train/engines/onnx/model.js';
import { stepsTogether } from '../../../../src/train/engines/onnx/together.js';
import { NetworkBuilder } from '../../../../src/train/networks/builder.js';
import { describeNetwork } from '../../../../src/train/networks/index.js';
import { noiseOfStep } from '../../../../src/train/prune/noise.js';
import { makeRule } from '../../../../src/train/prune/rules/index.js';
import { batchOf, block, engineOf, hashes, stateOf } from '../small-engine.js';

/** A norm, a shortcut and strides; 16 channels, which the blocked forms take. */
const net = new NetworkBuilder('small', [3, 8, 8]);
net.conv('first', 16, { kernel: 3, padding: 1, bias: true });
net.batchNorm('norm');
const stem = net.relu('relu');
net.conv('second', 16, { kernel: 3, stride: 2, padding: 1 });
const main = net.batchNorm('second.norm');
net.conv('side', 16, { kernel: 1, stride: 2, from: stem });
net.add('sum', main, 'side');
net.maxPool('pool');
net.flatten('flat');
net.dense('head', 10);
const network = net.build();

const batches = (sizes: readonly number[], from = 0, changes: Partial<OnnxOptions> = {}) =>
  sizes.map((size, i) => ({
    ...batchOf(size, from + i, network),
    noise:
      changes.rule?.selection.kind === 'drawn'
        ? noiseOfStep(changes.rule.selection.noise, 1, from + i)
        : undefined,
  }));

/** One engine that takes steps by plain graphs, and one that takes them together. */
async function pair(changes: Partial<OnnxOptions> = {}, of = network) {
  const all: Partial<OnnxOptions> = { planner: productPlanner, threads: 1, ...changes };
  const [plain, repeated] = [await engineOf(all, of), await engineOf({ ...all, together: 4 }, of)];
  const both = async (taken: ReturnType<typeof batches>) => {
    const results = await repeated.chunks!.run(taken, 0.1);
    for (const [i, { images, labels, noise }] of taken.entries())
      expect(results[i]).toEqual(await plain.step(images, labels, 0.1, noise));
    expect(hashes(await stateOf(repeated))).toEqual(hashes(await stateOf(plain)));
    expect(repeated.steps).toBe(plain.steps);
  };
  return { plain, repeated, both };
}

const drawn = (name: string): Partial<OnnxOptions> => ({ rule: makeRule(name), sparsity: undefined! });

describe('steps in one run are plain steps, to the bit', () => {
  test.each<readonly [string, Partial<OnnxOptions>]>([
    ['edge-popup', {}],
    ['one threshold over all layers', { scope: 'global' }],
    ['biprop', { rule: makeRule('biprop') }],
    ['fixed masks', { rule: makeRule('magnitude') }],
    ['drawn masks', drawn('supermask')],
    ['gates', drawn('gates')],
    ['SGD', { mode: 'sgd', sparsity: 0 }],
    ['standard forms', { planner: standardPlanner }],
    ...(block ? [['blocked forms', { planner: blockedPlanner(block) }] as const] : []),
  ])('%s', async (_, changes) => {
    const { both, plain, repeated } = await pair(changes);
    await both(batches([4, 4, 4], 0, changes));
    // An epoch's last batch is shorter; then another fraction is pruned.
    await both(batches([4, 4, 3], 3, changes));
    if (plain.sparsity !== undefined) for (const engine of [plain, repeated]) engine.setSparsity(0.3);
    await both(batches([4, 3], 6, changes));
    await both(batches([2], 8, changes));
  });

  test.skipIf(block === undefined)('where a norm needs its centred graph for some of them', async () => {
    const biased = new NetworkBuilder('biased', [3, 8, 8]);
    biased.conv('conv', 16, { kernel: 3, padding: 1, bias: true });
    biased.batchNorm('norm');
    biased.relu('relu');
    biased.avgPool('pool');
    biased.dense('head', 10);
    const { plain, repeated, both } = await pair(
      { mode: 'sgd', sparsity: 0, planner: blockedPlanner(block!) },
      biased.build(),
    );
    for (const engine of [plain, repeated]) await engine.write('conv.bias', new Float32Array(16).fill(300));
    const built = vi.spyOn(NetworkModel, 'step');
    await both(batches([4, 4, 4]));
    expect(built.mock.calls.map((call) => call[5])).toContain('repeated');
    expect(built.mock.calls.some((call) => call[4])).toBe(true);
    built.mockRestore();
  });
});

describe('a step that fails among several', () => {
  test('is named with the norms before all of them, which are taken back', async () => {
    const { repeated, both } = await pair();
    await both(batches([4, 4]));
    const before = hashes(await stateOf(repeated));
    // The third of these: in a run with others, and in one of its own.
    for (const sizes of [
      [4, 4, 4, 4],
      [4, 4, 3, 4],
    ]) {
      const taken = batches(sizes, 2);
      taken[2]!.images.fill(Number.NaN);
      const failure = await repeated.chunks!.run(taken, 0.1).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(NonFiniteLossError);
      expect(failure).toMatchObject({ step: 4, loss: Number.NaN, reason: 'the loss is NaN' });
      expect(Object.values((failure as NonFiniteLossError).norms).every(Number.isFinite)).toBe(true);
      expect(hashes(await stateOf(repeated))).toEqual(before);
      expect(repeated.steps).toBe(2);
    }
    await both(batches([4, 4, 3], 2));
  });

  test('a score that overflows in one of them is found though the loss stays finite', async () => {
    const { plain, repeated, both } = await pair();
    await both(batches([4]));
    for (const engine of [plain, repeated])
      await engine.write('first.score.momentum', (await engine.read('first.score.momentum')).fill(1e38));
    const before = hashes(await stateOf(repeated));
    await expect(repeated.chunks!.run(batches([4, 4, 4], 1), 9)).rejects.toMatchObject({
      step: 1,
      reason: 'the scores of first are not finite after it',
    });
    expect(hashes(await stateOf(repeated))).toEqual(before);
  });
});

test('a step that is refused in the middle of several takes back those before it', async () => {
  const supermask = drawn('supermask');
  const { repeated, both } = await pair(supermask);
  await both(batches([4, 4], 0, supermask));
  const before = hashes(await stateOf(repeated));
  // Batches of other sizes are runs of their own: two were carried out.
  const taken = batches([4, 3, 4], 2, supermask);
  const refused = repeated.chunks!.run(taken.with(2, { ...taken[2]!, noise: undefined }), 0.1);
  await expect(refused).rejects.toThrow("a step without noise: the rule 'supermask' draws its masks");
  await expect(refused).rejects.toBeInstanceOf(InputError);
  expect(hashes(await stateOf(repeated))).toEqual(before);
  expect(repeated.steps).toBe(2);
  await both(taken);
});

describe('how many steps are taken together', () => {
  const edgePopup = { mode: 'score', momentum: 0.9, weightDecay: 0, sparsity: 0.5 } as const;
  test('16 where the state has to go to a device, fewer where drawn masks need much noise, else 1', () => {
    expect(stepsTogether(network, edgePopup, 'cuda')).toBe(16);
    expect(stepsTogether(network, edgePopup, 'webgpu')).toBe(16);
    expect(stepsTogether(network, edgePopup, 'cpu')).toBe(1);
    expect(stepsTogether(network, edgePopup, 'dml')).toBe(1);
    const supermask = { ...edgePopup, rule: makeRule('supermask') };
    expect(stepsTogether(network, supermask, 'cuda')).toBe(16);
    // 11.2 million weights take 45 MB of noise a step.
    expect(stepsTogether(describeNetwork({ network: 'resnet18' }), supermask, 'cuda')).toBe(6);
  });

  test('is an option of the engine', () => {
    expect(stepsTogether(network, { ...edgePopup, together: 5 }, 'cpu')).toBe(5);
    for (const together of [0, 1.5, Number.NaN, 2000])
      expect(() => stepsTogether(network, { ...edgePopup, together }, 'cuda')).toThrow(InputError);
    expect(() => stepsTogether(network, { ...edgePopup, together: 0 }, 'cuda')).toThrow(
      'together 0: must be an integer from 1 to 1024',
    );
  });
});
