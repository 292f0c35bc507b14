import { describe, vi } from 'vitest';
import { createTfjsEngine } from '../../../../src/train/engines/tfjs/engine.js';
import { hasTfjs } from '../../../support/tfjs.js';
import { engineLaws } from '../laws/index.js';

// Plain JavaScript takes its time.
vi.setConfig({ testTimeout: 300_000 });

for (const backend of ['wasm', 'cpu'] as const)
  describe.skipIf(!(await hasTfjs(backend)))('tfjs', () => {
    engineLaws(backend, (network, options) => createTfjsEngine(network, { ...options, backend }));
  });
