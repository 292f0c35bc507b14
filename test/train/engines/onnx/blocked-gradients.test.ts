import { describe, expect, test } from 'vitest';
import { createOnnxEngine } from '../../../../src/train/engines/onnx/engine.js';
import { blockedPlanner } from '../../../../src/train/engines/onnx/forms/blocked-planner.js';
import { machineBlock } from '../../../../src/train/engines/onnx/forms/machine.js';
import type { Planner } from '../../../../src/train/engines/onnx/planner.js';
import type { NetworkBuilder } from '../../../../src/train/networks/builder.js';
import type { NetworkDescription } from '../../../../src/train/networks/description.js';
import { around, type Build, gradientError } from '../laws/gradients.js';

/** The formulations a planner takes for a network's layers, those that have a choice. */
function formsOf(network: NetworkDescription, planner: Planner, batch: number): readonly string[] {
  const target = { batch, training: true };
  return network.layers.flatMap((layer) => {
    if (layer.type === 'conv') return [planner.conv(layer, target).name];
    if (layer.type === 'batchNorm') return [planner.norm(layer, target).name];
    return layer.type === 'maxPool' ? [planner.maxPool(layer, target).name] : [];
  });
}

const block = await machineBlock();

describe.skipIf(block === undefined)(
  'gradients of the blocked forms agree with central differences in float64',
  () => {
    const n = block ?? 16;
    const norm = (net: NetworkBuilder, channels: number, kernel = 3, stride = 1, name = 'conv') => {
      net.conv(name, channels, { kernel, stride, padding: kernel >> 1 });
      return net.batchNorm(`${name}.norm`);
    };
    const blocks: Readonly<Record<string, Build>> = {
      'conv 3x3, n to n': (net) => net.conv('conv', n, { kernel: 3, padding: 1, bias: true }),
      'conv 3x3, n to 2n': (net) => net.conv('conv', 2 * n, { kernel: 3, padding: 1, bias: true }),
      'conv 3x3, 2n to n': (net) => {
        net.conv('wide', 2 * n, { kernel: 1 });
        net.conv('conv', n, { kernel: 3, padding: 1 });
      },
      'conv 3x3 stride 2': (net) => net.conv('conv', 2 * n, { kernel: 3, stride: 2, padding: 1 }),
      'conv 1x1': (net) => net.conv('conv', 2 * n, { kernel: 1 }),
      'conv 1x1 stride 2': (net) => net.conv('conv', n, { kernel: 1, stride: 2 }),
      'batch norm and relu': (net) => {
        norm(net, n);
        net.relu('relu');
      },
      'batch norm of what no convolution makes': (net) => {
        net.maxPool('pool');
        net.batchNorm('norm');
      },
      'max pool': (net) => net.maxPool('pool'),
      'add with shortcut': (net) => {
        net.relu('in');
        norm(net, 2 * n, 3, 2);
        net.conv('shortcut', 2 * n, { kernel: 1, stride: 2, from: 'in' });
        net.batchNorm('shortcut.norm');
        net.add('sum', 'conv.norm', 'shortcut.norm');
        net.relu('out');
      },
      'add without shortcut': (net) => {
        net.relu('in');
        norm(net, n);
        net.relu('conv.relu');
        norm(net, n, 3, 1, 'second');
        net.add('sum', 'second.norm', 'in');
        net.relu('out');
      },
    };
    // Whole blocks of examples and fewer take different filter gradients.
    for (const [name, build] of Object.entries(blocks))
      test.each([3, n])(`${name}, batch %i`, async (batch) => {
        const network = around([3, 6, 4], build, n);
        const planner = blockedPlanner(n);
        for (const form of formsOf(network, planner, batch)) expect(form).toMatch(/^blocked/);
        for (const mode of ['sgd', 'score'] as const) {
          const { worst } = await gradientError(
            (net, options) => createOnnxEngine(net, { ...options, planner }),
            network,
            mode,
            batch,
            1,
            24,
          );
          expect(worst, mode).toBeLessThan(1e-5);
        }
      });
  },
);
