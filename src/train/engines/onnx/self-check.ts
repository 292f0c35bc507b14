import { InputError } from '../../../core/errors.js';
import { stream } from '../../../core/rng.js';
import { Graph } from './graph.js';
import { type Tensor, toTensor } from './library.js';
import type { Provider } from './providers.js';
import { createSession } from './session.js';

/** A convolution on [1, inputs, size, size] with weights of [outputs, inputs, kernel, kernel], padded by (kernel - 1) / 2. */
export interface ConvShape {
  readonly inputs: number;
  readonly outputs: number;
  readonly size: number;
  readonly kernel: number;
  readonly stride: number;
}

/** How far a provider's convolution lies from the CPU's: the largest difference over the largest value of the CPU's. */
export interface ConvDeviation extends ConvShape {
  readonly deviation: number;
}

/** Shapes that onnxruntime's WebGPU provider gets wrong in its default layout (versions 1.29 and 1.30), and one it gets right. */
const SUSPECTS: readonly ConvShape[] = [
  { inputs: 6, outputs: 8, size: 8, kernel: 3, stride: 1 },
  { inputs: 9, outputs: 16, size: 8, kernel: 3, stride: 1 },
  { inputs: 15, outputs: 4, size: 8, kernel: 3, stride: 1 },
  { inputs: 8, outputs: 16, size: 8, kernel: 3, stride: 2 },
  { inputs: 6, outputs: 8, size: 8, kernel: 1, stride: 2 },
  { inputs: 16, outputs: 16, size: 8, kernel: 3, stride: 1 },
];

/** Above what reduced precision (TF32, ten bits of a number) leaves of these sums, and far below a wrong answer's. */
const TOLERANCE = 0.02;

const checked = new Map<string, Promise<void>>();

/**
 * Refuses a provider that computes wrong convolutions on this machine: a few shapes that are known to go wrong are held against the
 * CPU's answers, once a process and device. Rounding passes, reduced precision too.
 *
 * @throws InputError that names the worst shape
 */
export function requireRightAnswers(provider: Provider, device?: number): Promise<void> {
  if (provider === 'cpu') return Promise.resolve();
  const key = `${provider} ${device ?? 0}`;
  const known = checked.get(key);
  if (known) return known;
  const made = check(provider, device);
  checked.set(key, made);
  return made;
}

async function check(provider: Provider, device: number | undefined): Promise<void> {
  refuseWrong(provider, await convDeviations(provider, SUSPECTS, device));
}

/** @throws InputError that names the worst shape, if one is too far from the CPU's answer */
export function refuseWrong(provider: Provider, deviations: readonly ConvDeviation[]): void {
  const worst = deviations.reduce((a, b) => (b.deviation > a.deviation || Number.isNaN(b.deviation) ? b : a));
  if (worst.deviation <= TOLERANCE) return;
  const { kernel, stride, inputs, outputs, deviation } = worst;
  throw new InputError(
    `provider '${provider}'`,
    `it computes wrong convolutions on this machine: ${kernel}x${kernel} with stride ${stride} from ${inputs} to ${outputs} channels ` +
      `is off by ${deviation.toPrecision(2)} of the largest value`,
    'use --provider cpu, or another version of the driver',
  );
}

/** Runs convolutions on a provider and on the CPU, with the same seeded uniform values. */
export async function convDeviations(
  provider: Provider,
  shapes: readonly ConvShape[],
  device?: number,
): Promise<readonly ConvDeviation[]> {
  const [theirs, ours] = [await convolve(provider, shapes, device), await convolve('cpu', shapes)];
  return shapes.map((shape, i) => {
    const [a, b] = [theirs[i]!, ours[i]!];
    const scale = b.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
    return { ...shape, deviation: b.reduce((m, v, j) => Math.max(m, Math.abs(v - a[j]!)), 0) / scale };
  });
}

async function convolve(
  provider: Provider,
  shapes: readonly ConvShape[],
  device?: number,
): Promise<Float32Array[]> {
  const graph = new Graph();
  const feeds: Record<string, Tensor> = {};
  const input = (name: string, shape: readonly number[]) => {
    const data = new Float64Array(shape.reduce((a, b) => a * b, 1));
    stream(1, 'self-check', name).fill(data);
    feeds[name] = toTensor(
      Float32Array.from(data, (u) => 2 * u - 1),
      shape,
    );
    return graph.input(name, shape);
  };
  for (const [i, { inputs, outputs, size, kernel, stride }] of shapes.entries()) {
    const padding = (kernel - 1) / 2;
    const side = Math.floor((size + 2 * padding - kernel) / stride) + 1;
    const conv = graph.node(
      'Conv',
      [input(`x${i}`, [1, inputs, size, size]), input(`w${i}`, [outputs, inputs, kernel, kernel])],
      [1, outputs, side, side],
      {
        attributes: {
          kernel_shape: [kernel, kernel],
          strides: [stride, stride],
          pads: new Array<number>(4).fill(padding),
        },
      },
    );
    graph.output(`y${i}`, conv);
  }
  const session = await createSession(graph.build(), provider, 1, { device });
  try {
    const results = await session.run(feeds);
    return shapes.map((_, i) => results[`y${i}`]!.data as Float32Array);
  } finally {
    await session.release();
  }
}
