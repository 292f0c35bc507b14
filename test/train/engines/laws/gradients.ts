import fc from 'fast-check';
import { type Stream, stream } from '../../../../src/core/rng.js';
import { NetworkBuilder } from '../../../../src/train/networks/builder.js';
import { type NetworkDescription, sizeOf } from '../../../../src/train/networks/description.js';
import { type StateTensor, stateTensors, type TrainingMode } from '../../../../src/train/networks/tensors.js';
import { draw } from '../../../../src/train/prune/distributions.js';
import { maskOf } from '../../../../src/train/prune/mask.js';
import { referenceLoss } from '../../../support/reference-network.js';
import type { Create } from '../small-engine.js';
import { describe, expect, test } from './harness.js';

/** A random state: weights Kaiming uniform, so that no softmax saturates; the rest uniform, gamma around 1. */
function randomState(tensors: readonly StateTensor[], seed: number): Map<string, Float32Array> {
  return new Map(
    tensors
      .filter((t) => t.role !== 'momentum' && t.role !== 'mean' && t.role !== 'variance')
      .map((t) => {
        const kind = t.role === 'weight' ? 'ku' : 'uniform';
        const fanIn = sizeOf(t.shape.slice(1));
        const values = draw(kind, fanIn, sizeOf(t.shape), stream(seed, t.name));
        return [t.name, t.role === 'gamma' ? values.map((v) => 1 + v / 2) : values];
      }),
  );
}

/**
 * The engine's gradients against central differences of the float64 reference; the norm of the difference over the norm.
 *
 * @param samples values looked at in each tensor, drawn from it; default all
 */
export async function gradientError(
  create: Create,
  network: NetworkDescription,
  mode: TrainingMode,
  batch: number,
  seed: number,
  samples = Number.POSITIVE_INFINITY,
): Promise<{ worst: number; loss: number }> {
  const sparsity = mode === 'score' ? 0.4 : 0;
  // Without momentum and decay the new momentum is the gradient.
  const engine = await create(network, {
    mode,
    sparsity,
    momentum: 0,
    weightDecay: 0,
    threads: 1,
  });
  const state = randomState(stateTensors(network, mode), seed);
  for (const [name, values] of state) await engine.write(name, values);
  const images = draw('uniform', 1, batch * sizeOf(network.inputShape), stream(seed, 'images'));
  const { uint32 } = stream(seed, 'labels');
  const labels = Array.from({ length: batch }, () => uint32() % network.classes);
  const result = await engine.step(images, labels, 0);

  const effective = new Map<string, Float64Array>();
  for (const [name, values] of state) {
    if (name.endsWith('.score')) continue;
    const score = state.get(name.replace(/weight$/, 'score'));
    const mask = mode === 'score' && score ? maskOf(score, sparsity) : undefined;
    effective.set(
      name,
      Float64Array.from(values, (v, i) => (mask ? v * mask[i]! : v)),
    );
  }
  const inputs = Float64Array.from(images);
  const loss = () => referenceLoss(network, effective, inputs, labels);
  let worst = Math.abs(result.loss - loss()) / (1 + Math.abs(loss()));
  let [difference, norm] = [0, 0];
  for (const { name, trained } of engine.tensors) {
    if (!trained) continue;
    const ours = await engine.read(`${name}.momentum`);
    const parameter = effective.get(name.replace(/score$/, 'weight'))!;
    const weight = mode === 'score' ? state.get(name.replace(/score$/, 'weight'))! : undefined;
    for (const i of places(parameter.length, samples, stream(seed, 'places', name))) {
      const [value, h] = [parameter[i]!, 1e-5];
      parameter[i] = value + h;
      const above = loss();
      parameter[i] = value - h;
      const below = loss();
      parameter[i] = value;
      const expected = ((above - below) / (2 * h)) * (weight ? weight[i]! : 1);
      difference += (ours[i]! - expected) ** 2;
      norm += expected ** 2;
    }
  }
  await engine.release();
  worst = Math.max(worst, Math.sqrt(difference / norm));
  return { worst, loss: result.loss };
}

/** All places of an array, or so many drawn. */
function places(length: number, samples: number, { uint32 }: Stream): Iterable<number> {
  return samples >= length ? Array(length).keys() : Array.from({ length: samples }, () => uint32() % length);
}

export type Build = (net: NetworkBuilder) => void;

/** A first convolution before what is tested, so that its input gradient is too; logits after. */
export function around(
  shape: readonly [number, number, number],
  middle: Build,
  channels = 3,
): NetworkDescription {
  const net = new NetworkBuilder('small', shape);
  net.conv('first', channels, { kernel: 3, padding: 1, bias: true });
  middle(net);
  net.flatten('flatten');
  net.dense('last', 4);
  return net.build();
}

const layers: Readonly<Record<string, Build>> = {
  'conv 3x3': (net) => net.conv('conv', 5, { kernel: 3, padding: 1, bias: true }),
  'conv 3x3 without padding': (net) => net.conv('conv', 2, { kernel: 3 }),
  'conv 3x3 stride 2': (net) => net.conv('conv', 5, { kernel: 3, stride: 2, padding: 1 }),
  'conv 1x1': (net) => net.conv('conv', 2, { kernel: 1 }),
  'conv 1x1 stride 2': (net) => net.conv('conv', 5, { kernel: 1, stride: 2 }),
  'conv 7x7 stride 2': (net) => net.conv('conv', 2, { kernel: 7, stride: 2, padding: 3 }),
  'conv 2x2 stride 3': (net) => net.conv('conv', 2, { kernel: 2, stride: 3 }),
  'batch norm': (net) => net.batchNorm('norm'),
  relu: (net) => net.relu('relu'),
  'max pool 2x2': (net) => net.maxPool('pool'),
  'max pool 3x3 stride 2': (net) => net.maxPool('pool', { kernel: 3, stride: 2, padding: 1 }),
  'average pool': (net) => {
    net.avgPool('pool');
    net.dense('hidden', 6);
  },
  dense: (net) => {
    net.flatten('flat');
    net.dense('hidden', 6);
    net.relu('relu');
  },
  add: (net) => {
    net.relu('in');
    net.conv('main', 3, { kernel: 3, padding: 1 });
    net.batchNorm('main.norm');
    net.add('sum', 'main.norm', 'in');
    net.relu('out');
  },
  'add with shortcut': (net) => {
    net.relu('in');
    net.conv('main', 6, { kernel: 3, stride: 2, padding: 1 });
    net.batchNorm('main.norm');
    net.conv('shortcut', 6, { kernel: 1, stride: 2, from: 'in' });
    net.batchNorm('shortcut.norm');
    net.add('sum', 'main.norm', 'shortcut.norm');
    net.relu('out');
  },
};
// A dense layer takes features: those that end in them skip the flatten.
const flat = new Set(['average pool', 'dense']);

function small(name: string, shape: readonly [number, number, number]): NetworkDescription {
  if (!flat.has(name)) return around(shape, layers[name]!);
  const net = new NetworkBuilder('small', shape);
  net.conv('first', 3, { kernel: 3, padding: 1, bias: true });
  layers[name]!(net);
  net.dense('last', 4);
  return net.build();
}

type Case = readonly [image: readonly [number, number, number], batch: number, mode: TrainingMode];

/** Odd sizes: images of 7x5, batches of 1 and 3. */
const CASES: readonly Case[] = (['sgd', 'score'] as const).flatMap((mode): Case[] => [
  [[3, 7, 5], 1, mode],
  [[1, 8, 3], 3, mode],
]);
/** Each image and each mode once. */
export const LIGHT_CASES: readonly Case[] = [CASES[0]!, CASES[3]!];

/** Laws of loss and gradients, layer by layer. @param runs how many convolutions are drawn */
export function gradientLaws(create: Create, cases: readonly Case[] = CASES, runs = 25): void {
  describe('gradients agree with central differences in float64', () => {
    for (const name of Object.keys(layers))
      test(name, async () => {
        for (const [shape, batch, mode] of cases) {
          const { worst } = await gradientError(create, small(name, shape), mode, batch, 1);
          expect(worst, `${mode}, batch ${batch}, image ${shape}`).toBeLessThan(1e-5);
        }
      });

    test('a convolution of any size, stride and padding', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.record({
            kernel: fc.integer({ min: 1, max: 5 }),
            stride: fc.integer({ min: 1, max: 3 }),
            padding: fc.integer({ min: 0, max: 3 }),
            channels: fc.integer({ min: 1, max: 5 }),
            height: fc.integer({ min: 3, max: 9 }),
            width: fc.integer({ min: 3, max: 9 }),
            batch: fc.integer({ min: 1, max: 4 }),
          }),
          async ({ kernel, stride, padding, channels, height, width, batch }) => {
            fc.pre(kernel <= Math.min(height, width) + 2 * padding);
            const net = around([2, height, width], (b) =>
              b.conv('conv', channels, { kernel, stride, padding }),
            );
            expect((await gradientError(create, net, 'sgd', batch, 1)).worst).toBeLessThan(1e-5);
          },
        ),
        { numRuns: runs },
      );
    });
  });
}
