import { describe, vi } from 'vitest';
import { createOnnxEngine } from '../../../../src/train/engines/onnx/engine.js';
import { requireRightAnswers } from '../../../../src/train/engines/onnx/self-check.js';
import { hasWebgpu } from '../../../support/webgpu.js';
import { engineLaws } from '../laws/index.js';

// A software adapter takes its time.
vi.setConfig({ testTimeout: 300_000 });

describe.skipIf(!(await hasWebgpu('onnxruntime', () => requireRightAnswers('webgpu'))))('onnx', () => {
  engineLaws(
    'webgpu',
    (network, options) => createOnnxEngine(network, { ...options, provider: 'webgpu' }),
    'light',
  );
});
