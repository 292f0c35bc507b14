import { describe, expect, test, vi } from 'vitest';
import { InputError } from '../../../src/core/errors.js';
import { lossAndHits } from '../../../src/train/engines/host-loss.js';
import { createOnnxEngine, type OnnxOptions } from '../../../src/train/engines/onnx/engine.js';
import { standardPlanner } from '../../../src/train/engines/onnx/forms/standard.js';
import { NetworkModel } from '../../../src/train/engines/onnx/model.js';
import { NetworkBuilder } from '../../../src/train/networks/builder.js';
import { deviation } from './onnx/forms/run-conv.js';
import { batchOf, block, engineOf, network, options, run } from './small-engine.js';

test('the default forms follow the standard ones', async () => {
  const [a, b] = [await engineOf(), await engineOf({ planner: standardPlanner })];
  const losses = await run(a, [6, 6]);
  const expected = await run(b, [6, 6]);
  for (const [i, loss] of losses.entries()) expect(loss).toBeCloseTo(expected[i]!, 4);
});

test('an example with a NaN among its logits is no hit, by the definition', () => {
  const nan = Number.NaN;
  expect(lossAndHits(Float32Array.of(1, nan, 0, 3, 1, 2), [0, 0], 3).hits).toBe(1);
  expect(lossAndHits(Float32Array.of(1, nan, nan, nan), [0, 1], 2).hits).toBe(0);
});

describe('a norm whose running mean is far from the batch mean', () => {
  // The mean over the deviation is some hundreds here.
  const biased = new NetworkBuilder('biased', [3, 8, 8]);
  biased.conv('conv', 16, { kernel: 3, padding: 1, bias: true });
  biased.batchNorm('norm');
  biased.relu('relu');
  biased.avgPool('pool');
  biased.dense('head', 4);
  const net = biased.build();
  const sgd: Partial<OnnxOptions> = { mode: 'sgd', sparsity: 0 };
  const far = async (changes: Partial<OnnxOptions> = {}) => {
    const engine = await engineOf({ ...sgd, ...changes }, net);
    await engine.write('conv.bias', new Float32Array(16).fill(300));
    return engine;
  };

  test('a step is that of the standard forms, from the first on', async () => {
    const [engine, standard] = [await far(), await far({ planner: standardPlanner })];
    for (let i = 0; i < 3; i++) {
      const { images, labels } = batchOf(6, i, net);
      const [a, b] = [await engine.step(images, labels, 0.01), await standard.step(images, labels, 0.01)];
      expect(a.loss).toBeCloseTo(b.loss, 4);
      for (const name of ['norm.mean', 'norm.variance', 'head.weight', 'conv.weight.momentum'])
        expect(deviation(await engine.read(name), await standard.read(name)), name).toBeLessThan(2e-4);
    }
  });

  test.skipIf(block === undefined)(
    'takes a graph with centred norms until the running mean is near, and none after',
    async () => {
      const built = vi.spyOn(NetworkModel, 'step');
      const { images, labels } = batchOf(6, 0, net);
      const engine = await far();
      await engine.step(images, labels, 0.01);
      expect(built.mock.calls.map((call) => call[4])).toEqual([false, true]);
      built.mockClear();
      const settled = await far();
      await settled.write('norm.mean', new Float32Array(16).fill(300));
      await settled.step(images, labels, 0.01);
      expect(built.mock.calls.map((call) => call[4])).toEqual([false]);
      built.mockRestore();
    },
  );
});

describe('bad input is refused with the value, the rule and the fix', () => {
  test('options', async () => {
    const refused = async (changes: object, words: RegExp) => {
      const made = createOnnxEngine(network, { ...options, ...changes } as OnnxOptions);
      await expect(made).rejects.toThrow(InputError);
      await expect(made).rejects.toThrow(words);
    };
    for (const sparsity of [-0.1, 1, Number.NaN, undefined]) await refused({ sparsity }, /sparsity/);
    await refused({ mode: 'sgd' }, /sparsity 0.6.*sgd/);
    await refused({ mode: 'scores' }, /did you mean 'score'/);
    await refused({ momentum: 1 }, /momentum 1/);
    await refused({ weightDecay: -1 }, /weightDecay -1/);
    await refused({ threads: 0 }, /threads 0/);
    await refused({ provider: 'cudda' }, /provider 'cudda'.*did you mean 'cuda'/);
    // No platform has both.
    await refused(
      { provider: process.platform === 'darwin' ? 'dml' : 'coreml' },
      /has only cpu.*use --provider cpu/,
    );
  });
});
