import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import type { Pass } from '../../../../src/train/engines/tfjs/build.js';
import { type Device, openDevice } from '../../../../src/train/engines/tfjs/device.js';
import { maxPoolGradient, type Pool } from '../../../../src/train/engines/tfjs/host-pool.js';
import { maxPool } from '../../../../src/train/engines/tfjs/layers/pool.js';
import { type MaxPoolLayer, sizeOf } from '../../../../src/train/networks/description.js';
import { hasTfjs } from '../../../support/tfjs.js';

/** Output and gradient by the definition: of each window the places in order, the first of the largest. */
function byDefinition(x: readonly number[], { shape, kernel, stride, padding }: Pool) {
  const [n, height, width, channels] = shape as [number, number, number, number];
  const at = (image: number, i: number, j: number, channel: number) =>
    ((image * height + i) * width + j) * channels + channel;
  const inside = (start: number, size: number) =>
    Array.from({ length: kernel }, (_, k) => start + k).filter((k) => k >= 0 && k < size);
  const winners: number[] = [];
  for (let image = 0; image < n; image++)
    for (let i = -padding; i + kernel <= height + padding; i += stride)
      for (let j = -padding; j + kernel <= width + padding; j += stride)
        for (let channel = 0; channel < channels; channel++) {
          const places = inside(i, height).flatMap((row) =>
            inside(j, width).map((column) => at(image, row, column, channel)),
          );
          winners.push(places.reduce((best, place) => (x[place]! > x[best]! ? place : best)));
        }
  // dy is 1, 2, 3, ...: who gets what is told apart.
  const dy = winners.map((_, i) => i + 1);
  const dx = x.map(() => 0);
  for (const [i, winner] of winners.entries()) dx[winner]! += dy[i]!;
  return { winners, dy, dx };
}

const pools: readonly Pool[] = [
  { shape: [2, 4, 6, 3], kernel: 2, stride: 2, padding: 0 },
  { shape: [1, 6, 3, 2], kernel: 3, stride: 3, padding: 0 },
  { shape: [2, 5, 7, 2], kernel: 2, stride: 2, padding: 0 },
  { shape: [2, 6, 5, 2], kernel: 3, stride: 2, padding: 1 },
];
/** Whole numbers from -2 to 2: windows without a positive value, and many that tie. */
const valuesOf = ({ shape }: Pool) =>
  fc.array(fc.integer({ min: -2, max: 2 }), { minLength: sizeOf(shape), maxLength: sizeOf(shape) });

test.each(pools)('plain loops give each window’s gradient to its first largest value: %j', (pool) => {
  fc.assert(
    fc.property(valuesOf(pool), (x) => {
      const { dy, dx } = byDefinition(x, pool);
      expect([...maxPoolGradient(x, dy, pool)]).toEqual(dx);
    }),
  );
});

const there = (await hasTfjs('cpu')) && (await hasTfjs('wasm'));

describe.skipIf(!there).each(['cpu', 'wasm'] as const)('on the backend %s', (backend) => {
  let device: Device | undefined;
  afterAll(() => device?.release());

  test.each(pools)('max pooling is that of the definition: %j', async (pool) => {
    device ??= await openDevice(backend);
    await device.use();
    const { tf } = device;
    const { shape, kernel, stride, padding } = pool;
    const pass = { tf, ownPoolGradient: true } as Pass;
    const layer = { kernel, stride, padding } as MaxPoolLayer;
    fc.assert(
      fc.property(valuesOf(pool), (x) => {
        const { winners, dy, dx } = byDefinition(x, pool);
        const [output, gradient] = tf.tidy(() => {
          const carried = maxPool(pass, layer, [tf.tensor(x, shape, 'float32')]);
          const { inputs } = carried.backward(tf.tensor(dy, carried.output.shape, 'float32'), true);
          return [carried.output.dataSync(), inputs[0]!.dataSync()];
        });
        expect(Array.from(output!)).toEqual(winners.map((winner) => x[winner]));
        expect(Array.from(gradient!)).toEqual(dx);
      }),
      { numRuns: 30 },
    );
  });
});
