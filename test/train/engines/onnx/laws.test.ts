import { createOnnxEngine } from '../../../../src/train/engines/onnx/engine.js';
import { blockedPlanner } from '../../../../src/train/engines/onnx/forms/blocked-planner.js';
import { productPlanner } from '../../../../src/train/engines/onnx/forms/device.js';
import { machineBlock } from '../../../../src/train/engines/onnx/forms/machine.js';
import { standardPlanner } from '../../../../src/train/engines/onnx/forms/standard.js';
import { engineLaws } from '../laws/index.js';

const block = await machineBlock();
const planners = [
  ['default forms', undefined],
  ['standard forms', standardPlanner],
  ...(block === 16 || block === 8 ? [['blocked forms', blockedPlanner(block)] as const] : []),
] as const;

for (const [name, planner] of planners)
  engineLaws(`onnx cpu, ${name}`, (network, options) =>
    createOnnxEngine(network, { ...(planner ? { planner } : {}), ...options }),
  );

// As on CUDA, whose provider does not start here.
engineLaws('onnx cpu, steps in one run, forms for CUDA', (network, options) =>
  createOnnxEngine(network, { planner: productPlanner, together: 3, ...options }),
);
