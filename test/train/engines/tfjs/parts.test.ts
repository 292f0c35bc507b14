import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { stream } from '../../../../src/core/rng.js';
import { type Convolution, nativeConvolution } from '../../../../src/train/engines/tfjs/convolution.js';
import { type Device, openDevice } from '../../../../src/train/engines/tfjs/device.js';
import { createTfjsEngine } from '../../../../src/train/engines/tfjs/engine.js';
import { deviationOf, requireRightConvolutions } from '../../../../src/train/engines/tfjs/self-check.js';
import {
  selectBySort,
  selectOnHost,
  selectThresholds,
} from '../../../../src/train/engines/tfjs/thresholds.js';
import { sizeOf } from '../../../../src/train/networks/description.js';
import { describeNetwork } from '../../../../src/train/networks/index.js';
import { draw } from '../../../../src/train/prune/distributions.js';
import { makeRule } from '../../../../src/train/prune/rules/index.js';
import { thresholdsOf } from '../../../../src/train/prune/thresholds.js';
import { hasTfjs } from '../../../support/tfjs.js';
import { batchOf } from '../small-engine.js';

const there = (await hasTfjs('cpu')) && (await hasTfjs('wasm'));

describe.skipIf(!there)('on the backend cpu', () => {
  let device: Device;
  const opened = async () => {
    device ??= await openDevice('cpu');
    return device;
  };
  afterAll(() => device?.release());

  test("both forms of a convolution's gradients are those of plain loops, for any window", async () => {
    const own = await opened();
    const forms: readonly Convolution[] = [own.convolution, nativeConvolution(own.tf)];
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          kernel: fc.integer({ min: 1, max: 5 }),
          stride: fc.integer({ min: 1, max: 3 }),
          padding: fc.integer({ min: 0, max: 3 }),
          inputs: fc.integer({ min: 1, max: 4 }),
          outputs: fc.integer({ min: 1, max: 4 }),
        }),
        async (shape) => {
          for (const convolution of forms)
            expect(await deviationOf({ ...own, convolution }, shape)).toBeLessThan(1e-5);
        },
      ),
      { numRuns: 40 },
    );
  });

  test('a backend that computes wrong convolutions is refused with the shape', async () => {
    const own = await opened();
    const { forward, ...others } = own.convolution;
    const convolution: Convolution = {
      ...others,
      forward: (x, w, window) => {
        const y = forward(x, w, window);
        return window.stride === 2 ? own.tf.mul(y, 1.1) : y;
      },
    };
    await requireRightConvolutions(own);
    await expect(requireRightConvolutions({ ...own, convolution })).rejects.toThrow(
      /backend 'cpu': it computes wrong convolutions on this machine: 3x3 with stride 2 from 8 to 5 channels/,
    );
  });

  test('thresholds are those of the host to the bit, ties and both scopes included', async () => {
    const { tf } = await opened();
    const { selection } = makeRule('edge-popup-abs');
    if (selection.kind !== 'top') throw new Error('not a top rule');
    const scores = [300, 7, 90].map((n, i) =>
      // Many equal ones.
      draw('uniform', 1, n, stream(i, 'scores')).map(
        (v, k) => (k % 3 === 0 ? Math.round(4 * v) / 4 : v) - (i === 1 ? 9 : 0),
      ),
    );
    for (const select of [selectOnHost(tf), selectBySort(tf)])
      for (const scope of ['layer', 'global'] as const)
        for (const sparsity of [0, 0.3, 0.5, 0.99]) {
          const keys = scores.map((s) => tf.tidy(() => tf.abs(tf.tensor(s, [s.length], 'float32'))));
          const found = await selectThresholds(tf, select, scope, sparsity, keys);
          const values: number[] = [];
          for (const threshold of found) values.push((await threshold.data())[0]!);
          expect(values).toEqual([...thresholdsOf(selection, scope, sparsity, scores)]);
          tf.dispose(found);
        }
  });
});

test.skipIf(!there)(
  'a thousand steps, evaluations and failures on the way leave no tensor behind',
  { timeout: 300_000 },
  async () => {
    const network = describeNetwork({ network: 'resnet18', width: 0.02, imageSize: 8 });
    const device = await openDevice('wasm');
    const { tf } = device;
    const before = tf.memory().numTensors;
    const engine = await createTfjsEngine(network, {
      mode: 'score',
      sparsity: 0.5,
      momentum: 0.9,
      weightDecay: 0,
      backend: 'wasm',
    });
    const { images, labels } = batchOf(2, 1, network);
    const bad = new Float32Array(2 * sizeOf(network.inputShape)).fill(Number.NaN);
    await engine.step(images, labels, 0.1);
    await engine.evaluate(images, labels);
    const { numTensors, numBytes } = tf.memory();
    for (let i = 0; i < 1000; i++) {
      await engine.step(images, labels, 0.01);
      if (i % 100 > 0) continue;
      await expect(engine.step(bad, labels, 0.01)).rejects.toThrow(/the loss is NaN/);
      await engine.write('stem.score', await engine.read('stem.score'));
      await engine.evaluate(images, labels);
    }
    await engine.evaluate(images, labels);
    expect(tf.memory()).toMatchObject({ numTensors, numBytes });
    await engine.release();
    expect(tf.memory().numTensors).toBe(before);
    await device.release();
  },
);
