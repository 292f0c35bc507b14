import { InputError } from '../../../core/errors.js';
import { stream } from '../../../core/rng.js';
import type { Window } from './convolution.js';
import type { Device } from './device.js';

/** A convolution of 2 images of 7x5 pixels: where a backend takes one side for the other, it shows. */
interface Shape extends Window {
  readonly inputs: number;
  readonly outputs: number;
}

/** One of each kind of layer; channels that a shader's groups of four fit, and that they do not. */
const SHAPES: readonly Shape[] = [
  { inputs: 6, outputs: 8, kernel: 3, stride: 1, padding: 1 },
  { inputs: 8, outputs: 5, kernel: 3, stride: 2, padding: 1 },
  { inputs: 3, outputs: 4, kernel: 1, stride: 2, padding: 0 },
];
const [BATCH, HEIGHT, WIDTH] = [2, 7, 5];

/** Above what reduced precision (TF32, ten bits of a number) leaves of these sums, and far below a wrong answer's. */
const TOLERANCE = 0.02;

/**
 * Holds a few convolutions and their gradients against plain loops in float64.
 *
 * @throws InputError that names the worst, if one is wrong
 */
export async function requireRightConvolutions(device: Device): Promise<void> {
  for (const shape of SHAPES) {
    const deviation = await deviationOf(device, shape);
    if (deviation <= TOLERANCE) continue;
    const { inputs, outputs, kernel, stride } = shape;
    throw new InputError(
      `backend '${device.backend}'`,
      `it computes wrong convolutions on this machine: ${kernel}x${kernel} with stride ${stride} from ${inputs} to ${outputs} channels ` +
        `is off by ${deviation.toPrecision(2)} of the largest value`,
      'use --backend wasm, or another version of the driver',
    );
  }
}

/** The largest difference of the convolution and both its gradients, over the largest value of each. */
export async function deviationOf(device: Device, shape: Shape): Promise<number> {
  const { tf, convolution } = device;
  const { inputs, outputs, kernel, stride, padding } = shape;
  const sides = [HEIGHT, WIDTH].map((size) => Math.floor((size + 2 * padding - kernel) / stride) + 1);
  const [rows, columns] = sides as [number, number];
  const draw = (name: string, size: number) => {
    const values = new Float64Array(size);
    stream(1, 'self-check', name).fill(values);
    return Float32Array.from(values, (u) => 2 * u - 1);
  };
  const xs = draw('x', BATCH * HEIGHT * WIDTH * inputs);
  const ws = draw('w', kernel * kernel * inputs * outputs);
  const dys = draw('dy', BATCH * rows * columns * outputs);
  await device.use();
  const made = tf.tidy(() => {
    const x = tf.tensor(xs, [BATCH, HEIGHT, WIDTH, inputs], 'float32');
    const w = tf.tensor(ws, [kernel, kernel, inputs, outputs], 'float32');
    const dy = tf.tensor(dys, [BATCH, rows, columns, outputs], 'float32');
    return [
      convolution.forward(x, w, shape),
      convolution.filterGradient(x, dy, shape),
      convolution.inputGradient(dy, w, shape, x.shape),
    ];
  });
  const found: ArrayLike<number>[] = [];
  for (const tensor of made) found.push(await tensor.data());
  tf.dispose(made);
  const expected = [new Float64Array(dys.length), new Float64Array(ws.length), new Float64Array(xs.length)];
  const [y, dw, dx] = expected as [Float64Array, Float64Array, Float64Array];
  products(shape, rows, columns, (at, of, to) => {
    y[to]! += xs[at]! * ws[of]!;
    dw[of]! += xs[at]! * dys[to]!;
    dx[at]! += ws[of]! * dys[to]!;
  });
  return Math.max(...expected.map((right, i) => furthest(found[i]!, right)));
}

/** Calls back for every product that a convolution adds up: the places in image, filter and output. */
function products(
  { inputs, outputs, kernel, stride, padding }: Shape,
  rows: number,
  columns: number,
  add: (at: number, of: number, to: number) => void,
): void {
  for (let n = 0; n < BATCH; n++)
    for (let i = 0; i < rows * columns; i++)
      for (let k = 0; k < kernel * kernel; k++) {
        const row = Math.floor(i / columns) * stride + Math.floor(k / kernel) - padding;
        const column = (i % columns) * stride + (k % kernel) - padding;
        if (row < 0 || column < 0 || row >= HEIGHT || column >= WIDTH) continue;
        for (let c = 0; c < inputs * outputs; c++) {
          const [from, into] = [Math.floor(c / outputs), c % outputs];
          const at = ((n * HEIGHT + row) * WIDTH + column) * inputs + from;
          add(at, (k * inputs + from) * outputs + into, (n * rows * columns + i) * outputs + into);
        }
      }
}

function furthest(found: ArrayLike<number>, right: Float64Array): number {
  const scale = right.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
  return right.reduce((m, v, i) => Math.max(m, Math.abs(v - found[i]!)), 0) / scale;
}
