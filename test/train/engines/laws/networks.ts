import fc from 'fast-check';
import { stream } from '../../../../src/core/rng.js';
import { NetworkBuilder } from '../../../../src/train/networks/builder.js';
import { requireNetwork } from '../../../../src/train/networks/check.js';
import { type NetworkDescription, sizeOf } from '../../../../src/train/networks/description.js';
import { describeNetwork } from '../../../../src/train/networks/index.js';
import { draw } from '../../../../src/train/prune/distributions.js';
import { initialState } from '../../../../src/train/prune/initial.js';
import { referenceLoss } from '../../../support/reference-network.js';
import type { Create } from '../small-engine.js';
import { expect, test } from './harness.js';

/**
 * A random network: layers of every type, each on any earlier output of a shape it takes, the network's input included; ends that
 * nobody reads are pooled, and joined by sums of dense layers.
 */
function randomNetwork(seed: number): NetworkDescription {
  const { uint32 } = stream(seed, 'network');
  const below = (n: number) => uint32() % n;
  const net = new NetworkBuilder(`random-${seed}`, [1 + below(3), 5 + below(5), 5 + below(5)]);
  const unread = new Set<string>();
  const outputs = ['input'];
  const took = (name: string, ...from: string[]) => {
    for (const input of from) unread.delete(input);
    unread.add(name);
    outputs.push(name);
  };
  for (let i = 0; i < 2 + below(6); i++) {
    const from = outputs[below(outputs.length)]!;
    const [, height, width] = net.shape(from) as [number, number, number];
    const name = `layer${i}`;
    const kernel = 1 + below(Math.min(5, height, width));
    const window = { kernel, stride: 1 + below(3), from };
    switch (below(5)) {
      case 0:
        net.relu(name, { from });
        break;
      case 1:
        net.batchNorm(name, { from });
        break;
      case 2:
        net.maxPool(name, { ...window, padding: below(1 + (kernel >> 1)) });
        break;
      case 3: {
        const alike = outputs.filter((o) => net.shape(o).join() === net.shape(from).join());
        const other = alike[below(alike.length)]!;
        net.add(name, from, other);
        took(name, other);
        break;
      }
      default:
        net.conv(name, [1, 3, 8, 16][below(4)]!, { ...window, padding: below(4), bias: below(2) === 0 });
    }
    took(name, from);
  }
  let sum: string | undefined;
  for (const end of [...unread]) {
    const features =
      below(2) === 0 ? net.flatten(`${end}.flat`, { from: end }) : net.avgPool(`${end}.pool`, { from: end });
    const logits = net.dense(`${end}.head`, 3, { from: features });
    sum = sum === undefined ? logits : net.add(`${end}.sum`, sum, logits);
  }
  return net.build();
}

/** Loss and the derivative along a random direction of all parameters, of the engine and of the float64 reference. */
async function compare(create: Create, network: NetworkDescription, seed: number) {
  const batch = 3;
  const engine = await create(network, {
    mode: 'sgd',
    momentum: 0,
    weightDecay: 0,
    threads: 1,
  });
  const state = initialState(network, 'sgd', { weights: 'ku', seed });
  for (const [name, values] of state) await engine.write(name, values);
  const images = draw('uniform', 1, batch * sizeOf(network.inputShape), stream(seed, 'images'));
  const labels = [0, 1, 2];
  const { loss } = await engine.step(images, labels, 0);
  const trained = engine.tensors.filter((t) => t.trained).map(({ name }) => name);
  const direction = new Map(
    trained.map((name) => [
      name,
      draw('uniform', 1, state.get(name)!.length, stream(seed, 'direction', name)),
    ]),
  );
  const along = (h: number) => {
    const moved = new Map(
      trained.map((name) => [
        name,
        Float64Array.from(state.get(name)!, (v, i) => v + h * direction.get(name)![i]!),
      ]),
    );
    return referenceLoss(network, moved, Float64Array.from(images), labels);
  };
  let derivative = 0;
  let scale = 0;
  for (const name of trained) {
    const gradient = await engine.read(`${name}.momentum`);
    for (const [i, g] of gradient.entries()) {
      derivative += g * direction.get(name)![i]!;
      scale += Math.abs(g * direction.get(name)![i]!);
    }
  }
  await engine.release();
  const h = 1e-6;
  return {
    loss,
    expectedLoss: along(0),
    derivative,
    expectedDerivative: (along(h) - along(-h)) / (2 * h),
    scale,
  };
}

/** Laws of loss and gradient on any network. @param runs how many random ones */
export function networkLaws(create: Create, runs = 25): void {
  test('any network that the check accepts has the loss and the gradient of the float64 reference', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 1e6 }), async (seed) => {
        const network = randomNetwork(seed);
        expect(requireNetwork(network)).toEqual(network);
        const r = await compare(create, network, seed);
        expect(Math.abs(r.loss - r.expectedLoss)).toBeLessThan(1e-4 * (1 + r.expectedLoss));
        expect(Math.abs(r.derivative - r.expectedDerivative)).toBeLessThan(1e-3 * r.scale + 1e-4);
      }),
      { numRuns: runs, seed: 7 },
    );
  });

  test.each(['trained', 'none'] as const)(
    'a fully connected network with biases %s has the loss and the gradient of the float64 reference',
    async (biases) => {
      const network = describeNetwork({
        network: '784-500-10',
        width: 0.1,
        channels: 1,
        imageSize: 28,
        biases,
      });
      const r = await compare(create, network, 3);
      expect(Math.abs(r.loss - r.expectedLoss)).toBeLessThan(1e-5 * (1 + r.expectedLoss));
      expect(Math.abs(r.derivative - r.expectedDerivative)).toBeLessThan(1e-4 * r.scale);
    },
  );

  test('an engine refuses a network with a dead branch before it builds a graph', async () => {
    const net = new NetworkBuilder('dead', [1, 4, 4]);
    const stem = net.conv('stem', 2, { kernel: 1 });
    net.relu('aside');
    net.avgPool('pool', { from: stem });
    net.dense('head', 2);
    await expect(create(net.build(), { mode: 'sgd', momentum: 0, weightDecay: 0 })).rejects.toThrow(
      "layer 'aside': is a dead branch",
    );
  });
}
