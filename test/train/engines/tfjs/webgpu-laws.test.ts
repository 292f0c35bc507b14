import { afterAll, describe, vi } from 'vitest';
import { type Device, openDevice } from '../../../../src/train/engines/tfjs/device.js';
import { createTfjsEngine } from '../../../../src/train/engines/tfjs/engine.js';
import { hasTfjs } from '../../../support/tfjs.js';
import { hasWebgpu } from '../../../support/webgpu.js';
import { engineLaws } from '../laws/index.js';

// A software adapter takes its time.
vi.setConfig({ testTimeout: 300_000 });

// Held to the end of the file: an engine that is the only one begins and ends the device.
let device: Device | undefined;
const there =
  (await hasTfjs('webgpu')) &&
  (await hasWebgpu('tfjs', async () => {
    device = await openDevice('webgpu');
  }));
afterAll(() => device?.release());

describe.skipIf(!there)('tfjs', () => {
  engineLaws(
    'webgpu',
    (network, options) => createTfjsEngine(network, { ...options, backend: 'webgpu' }),
    'light',
  );
});
