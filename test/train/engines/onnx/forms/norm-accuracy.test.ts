import { describe, expect, test } from 'vitest';
import { stream } from '../../../../../src/core/rng.js';
import { Activation, toLayout } from '../../../../../src/train/engines/onnx/activation.js';
import { blockedConv } from '../../../../../src/train/engines/onnx/forms/blocked-conv.js';
import { blockedNorm } from '../../../../../src/train/engines/onnx/forms/blocked-norm.js';
import { deviceNorm } from '../../../../../src/train/engines/onnx/forms/device-norm.js';
import { dilatedGradient } from '../../../../../src/train/engines/onnx/forms/dilated-gradient.js';
import { machineBlock } from '../../../../../src/train/engines/onnx/forms/machine.js';
import { blockedFilter } from '../../../../../src/train/engines/onnx/forms/nchwc.js';
import { standardNorm } from '../../../../../src/train/engines/onnx/forms/standard-norm.js';
import { Graph } from '../../../../../src/train/engines/onnx/graph.js';
import { toTensor } from '../../../../../src/train/engines/onnx/library.js';
import type { NormForm } from '../../../../../src/train/engines/onnx/planner.js';
import { createSession } from '../../../../../src/train/engines/onnx/session.js';
import type { BatchNormLayer } from '../../../../../src/train/networks/description.js';
import { convLayer } from './run-conv.js';

const block = await machineBlock();
const n = block ?? 16;
const batch = 4;
const ratios = [1, 10, 100, 1e3, 1e4];
const planes = [32, 112];

type Arrays = Readonly<Record<string, ArrayLike<number>>>;

/** Of the values of channel c. */
const deviation = (c: number) => 0.5 + (1.5 * c) / n;

/** Normal values of deviation 0.5 to 2 by channel around a mean of `ratio` deviations, as float32, and a gradient. */
function drawCase(plane: number, ratio: number) {
  const { uniform } = stream(plane, 'norm accuracy', ratio);
  const normal = () => Math.sqrt(-2 * Math.log1p(-uniform())) * Math.cos(2 * Math.PI * uniform());
  const area = plane ** 2;
  const channel = (i: number) => Math.floor(i / area) % n;
  const x = Float32Array.from({ length: batch * n * area }, (_, i) => {
    const d = deviation(channel(i));
    return d * (ratio + normal());
  });
  const dy = Float32Array.from(x, () => normal());
  const means = Float32Array.from({ length: n }, (_, c) => deviation(c) * ratio);
  return { plane, x, dy, means };
}

type Case = ReturnType<typeof drawCase>;

/** Batch normalization and its gradient by their definitions, in float64. */
function exactly({ plane, x, dy }: Case): Arrays {
  const area = plane ** 2;
  const count = batch * area;
  const each = (c: number, visit: (i: number) => void) => {
    for (let b = 0; b < batch; b++) for (let p = 0, i = (b * n + c) * area; p < area; p++, i++) visit(i);
  };
  const [mean, variance] = [new Float64Array(n), new Float64Array(n)];
  const [y, dx] = [new Float64Array(x.length), new Float64Array(x.length)];
  for (let c = 0; c < n; c++) {
    let [sum, square, sumDy, product] = [0, 0, 0, 0];
    each(c, (i) => {
      sum += x[i]!;
    });
    mean[c] = sum / count;
    each(c, (i) => {
      square += (x[i]! - mean[c]!) ** 2;
    });
    variance[c] = square / count;
    const rstd = 1 / Math.sqrt(variance[c]! + 1e-5);
    each(c, (i) => {
      y[i] = (x[i]! - mean[c]!) * rstd;
      sumDy += dy[i]!;
      product += dy[i]! * y[i]!;
    });
    each(c, (i) => {
      dx[i] = rstd * (dy[i]! - sumDy / count - (y[i]! * product) / count);
    });
  }
  return { mean, variance, y, dx };
}

/** x as a graph's input, and what comes out of a convolution in blocks that leaves it as it is. */
type Source = (graph: Graph, x: Activation, plane: number) => Activation;
const plain: Source = (_, x) => x;
const blocked: Source = (graph, x, plane) => {
  const layer = convLayer([n, plane, plane], n, 1);
  const { shape: stored, order } = blockedFilter(layer, n);
  const identity = graph.floats(
    Float32Array.from(order!, (i) => (i % n === Math.floor(i / n) ? 1 : 0)),
    stored,
  );
  const conv = blockedConv(layer, { block: n, filterGradient: dilatedGradient(16, batch) });
  return conv.forward(graph, x, identity, undefined);
};

/** What a form computes of x as `place` has it; `running`: the running mean, [C]. */
async function computed(
  place: Source,
  form: NormForm,
  { plane, x, dy }: Case,
  running: Float32Array,
): Promise<Arrays> {
  const graph = new Graph();
  const shape = [batch, n, plane, plane];
  const source = place(graph, Activation.of(graph.input('x', shape)), plane);
  const old = graph.input('running', [n]);
  const result = form.train(graph, source, undefined, old);
  const output = (name: string, value: Activation) =>
    graph.output(name, toLayout(graph, value, 'plain').value);
  graph.output('mean', graph.add(result.drift, old));
  graph.output('variance', result.variance);
  if (result.offset) graph.output('offset', result.offset);
  output('y', result.output);
  output('dx', result.backward(Activation.of(graph.input('dy', shape))).dx);
  const session = await createSession(graph.build(), 'cpu', 2);
  const found = await session.run({
    x: toTensor(x, shape),
    dy: toTensor(dy, shape),
    running: toTensor(running, [n]),
  });
  await session.release();
  return Object.fromEntries(Object.entries(found).map(([k, v]) => [k, v.data as Float32Array]));
}

/** Largest relative error of the variance; of y and dx the norm of the difference over the norm; of the mean in deviations. */
function errors(found: Arrays, exact: Arrays) {
  const channels = Array.from({ length: n }, (_, c) => c);
  const at = (name: string, c: number) => Math.abs(found[name]![c]! - exact[name]![c]!);
  const relative = (name: string) => {
    let [difference, norm] = [0, 0];
    for (let i = 0; i < exact[name]!.length; i++) {
      difference += (found[name]![i]! - exact[name]![i]!) ** 2;
      norm += exact[name]![i]! ** 2;
    }
    return Math.sqrt(difference / norm);
  };
  return {
    mean: Math.max(...channels.map((c) => at('mean', c) / Math.sqrt(exact.variance![c]!))),
    variance: Math.max(...channels.map((c) => at('variance', c) / exact.variance![c]!)),
    y: relative('y'),
    dx: relative('dx'),
  };
}

const like = (plane: number): BatchNormLayer => {
  const shape = [n, plane, plane];
  const same = { inputs: ['input'], inputShape: shape, outputShape: shape };
  return { type: 'batchNorm', name: 'norm', ...same, epsilon: 1e-5, momentum: 0.1 };
};

describe.each(planes)('the form for devices, on the CPU’s provider, on planes of side %i', (plane) => {
  test.each(ratios)(
    'is as accurate as the standard form, which centres values in the same way: ratio %d',
    async (ratio) => {
      const data = drawCase(plane, ratio);
      const exact = exactly(data);
      const found = async (form: NormForm) =>
        errors(await computed(plain, form, data, new Float32Array(n)), exact);
      const [standard, device] = [
        await found(standardNorm(like(plane))),
        await found(deviceNorm(like(plane))),
      ];
      for (const [name, error] of Object.entries(standard))
        expect(device[name as keyof typeof device], name).toBeLessThan(Math.max(4e-7, 1.5 * error));
    },
  );
});

describe.skipIf(block === undefined)('batch norm against float64, mean over deviation 1 to 10,000', () => {
  describe.each(planes)('on planes of side %i', (plane) => {
    const [fast, centred] = [blockedNorm(like(plane), n, false), blockedNorm(like(plane), n, true)];
    const zero = new Float32Array(n);

    test.each(ratios)('ratio %d', async (ratio) => {
      const data = drawCase(plane, ratio);
      const exact = exactly(data);
      // The running mean half a deviation off, and in a first step 0.
      const settled = data.means.map((m, c) => m + 0.5 * deviation(c));
      const standard = errors(await computed(blocked, standardNorm(like(plane)), data, zero), exact);
      for (const [form, running] of [
        [fast, settled],
        [centred, settled],
        [centred, zero],
      ] as const) {
        const found = errors(await computed(blocked, form, data, running), exact);
        // A running mean of this size is itself rounded by 6e-8 of it.
        expect(found.mean).toBeLessThan(1e-6 + 1e-7 * ratio);
        expect(found.variance).toBeLessThan(1.5e-6);
        expect(found.y).toBeLessThan(Math.max(4e-7, standard.y));
        expect(found.dx).toBeLessThan(4e-7);
      }
    });

    test('a mean too large for E[x^2] - E[x]^2 shows in the offset; up to four deviations it is accurate', async () => {
      for (const ratio of [0.3, 2, 4, 10, 1e4]) {
        const data = drawCase(plane, ratio);
        const found = await computed(blocked, fast, data, zero);
        const { variance, y, dx } = errors(found, exactly(data));
        const seen = Math.max(...data.means.map((_, c) => Math.abs(found.offset![c]!) / deviation(c)));
        if (ratio <= 4) {
          expect(seen).toBeCloseTo(ratio, 1);
          expect(Math.max(variance, y, dx)).toBeLessThan(1.5e-6 * (1 + ratio ** 2));
        } else expect(seen).toBeGreaterThan(9);
      }
    });
  });
});
