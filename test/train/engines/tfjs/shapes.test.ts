import { describe, expect, test } from 'vitest';
import { openDevice } from '../../../../src/train/engines/tfjs/device.js';
import { deviationOf } from '../../../../src/train/engines/tfjs/self-check.js';
import { CONV_SHAPES } from '../../../support/conv-shapes.js';
import { hasTfjs } from '../../../support/tfjs.js';
import { hasWebgpu } from '../../../support/webgpu.js';

const there = { wasm: await hasTfjs('wasm'), webgpu: await hasTfjs('webgpu') };
if (there.webgpu) there.webgpu = await hasWebgpu('tfjs', async () => (await openDevice('webgpu')).release());

for (const backend of ['wasm', 'webgpu'] as const)
  describe.skipIf(!there[backend])(`tfjs on ${backend}`, () => {
    test('270 shapes of convolutions and their gradients agree with plain loops in float64', {
      timeout: 300_000,
    }, async () => {
      const device = await openDevice(backend);
      try {
        const wrong: object[] = [];
        for (const { kernel, ...sizes } of CONV_SHAPES) {
          const shape = { ...sizes, kernel, padding: (kernel - 1) / 2 };
          const deviation = await deviationOf(device, shape);
          if (!(deviation <= 1e-5)) wrong.push({ ...shape, deviation });
        }
        expect(wrong).toEqual([]);
        expect(CONV_SHAPES).toHaveLength(270);
      } finally {
        await device.release();
      }
    });
  });
