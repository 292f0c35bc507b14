// A network's training-mode loss in float64, by loops: the oracle the engines' gradients are checked against.
import {
  INPUT,
  type Layer,
  type NetworkDescription,
  sizeOf,
  type WeightLayer,
} from '../../src/train/networks/description.js';

export type Tensors = ReadonlyMap<string, Float64Array>;

/** Mean cross-entropy of a batch; `tensors` holds effective weights, biases, gamma and beta by name. */
export function referenceLoss(
  network: NetworkDescription,
  tensors: Tensors,
  images: Float64Array,
  labels: readonly number[],
): number {
  const batch = labels.length;
  const values = new Map<string, Float64Array>([[INPUT, images]]);
  for (const layer of network.layers)
    values.set(
      layer.name,
      forward(
        layer,
        tensors,
        layer.inputs.map((i) => values.get(i)!),
        batch,
      ),
    );
  const logits = values.get(network.layers.at(-1)!.name)!;
  const { classes } = network;
  let loss = 0;
  for (let b = 0; b < batch; b++) {
    const row = logits.subarray(b * classes, (b + 1) * classes);
    const most = Math.max(...row);
    loss += most + Math.log(row.reduce((s, v) => s + Math.exp(v - most), 0)) - row[labels[b]!]!;
  }
  return loss / batch;
}

function forward(layer: Layer, tensors: Tensors, inputs: Float64Array[], batch: number): Float64Array {
  const [x, other] = inputs as [Float64Array, Float64Array];
  switch (layer.type) {
    case 'conv':
    case 'dense':
      return linear(layer, tensors, x, batch);
    case 'batchNorm':
      return normalise(layer.outputShape, layer.epsilon, tensors, layer.name, x, batch);
    case 'relu':
      return x.map((v) => Math.max(v, 0));
    case 'add':
      return x.map((v, i) => v + other[i]!);
    case 'flatten':
      return x;
    case 'avgPool': {
      const plane = layer.inputShape[1]! * layer.inputShape[2]!;
      return Float64Array.from({ length: x.length / plane }, (_, i) =>
        x.subarray(i * plane, (i + 1) * plane).reduce((a, b) => a + b / plane, 0),
      );
    }
    case 'maxPool': {
      const result = new Float64Array(batch * sizeOf(layer.outputShape)).fill(-Infinity);
      eachTap(layer, layer.inputShape, layer.outputShape, (at, from) => {
        for (let n = 0; n < batch * layer.inputShape[0]!; n++) {
          const o = n * layer.outputShape[1]! * layer.outputShape[2]! + at;
          result[o] = Math.max(result[o]!, x[n * layer.inputShape[1]! * layer.inputShape[2]! + from]!);
        }
      });
      return result;
    }
  }
}

function linear(layer: WeightLayer, tensors: Tensors, x: Float64Array, batch: number): Float64Array {
  const weight = tensors.get(`${layer.name}.weight`)!;
  const bias = tensors.get(`${layer.name}.bias`);
  const [inputs, outputs] = [layer.inputShape[0]!, layer.outputShape[0]!];
  const inPlane = sizeOf(layer.inputShape) / inputs;
  const outPlane = sizeOf(layer.outputShape) / outputs;
  const area = layer.fanIn / inputs;
  const y = new Float64Array(batch * outputs * outPlane);
  const accumulate = (at: number, from: number, tap: number) => {
    for (let b = 0; b < batch; b++)
      for (let o = 0; o < outputs; o++)
        for (let c = 0; c < inputs; c++)
          y[(b * outputs + o) * outPlane + at]! +=
            weight[(o * inputs + c) * area + tap]! * x[(b * inputs + c) * inPlane + from]!;
  };
  if (layer.type === 'dense') accumulate(0, 0, 0);
  else eachTap(layer, layer.inputShape, layer.outputShape, accumulate);
  return bias ? y.map((v, i) => v + bias[Math.floor(i / outPlane) % outputs]!) : y;
}

/** Calls back for every output position and every tap whose input position lies in the image. */
function eachTap(
  { kernel, stride, padding }: { kernel: number; stride: number; padding: number },
  inputShape: readonly number[],
  outputShape: readonly number[],
  visit: (at: number, from: number, tap: number) => void,
): void {
  const [, height, width] = inputShape as [number, number, number];
  const [, outHeight, outWidth] = outputShape as [number, number, number];
  for (let r = 0; r < outHeight; r++)
    for (let c = 0; c < outWidth; c++)
      for (let i = 0; i < kernel; i++)
        for (let j = 0; j < kernel; j++) {
          const [row, column] = [r * stride + i - padding, c * stride + j - padding];
          if (row >= 0 && row < height && column >= 0 && column < width)
            visit(r * outWidth + c, row * width + column, i * kernel + j);
        }
}

function normalise(
  shape: readonly number[],
  epsilon: number,
  tensors: Tensors,
  name: string,
  x: Float64Array,
  batch: number,
): Float64Array {
  const [channels, height, width] = shape as [number, number, number];
  const plane = height * width;
  const gamma = tensors.get(`${name}.gamma`);
  const beta = tensors.get(`${name}.beta`);
  const y = new Float64Array(x.length);
  for (let c = 0; c < channels; c++) {
    const at = (n: number) => (Math.floor(n / plane) * channels + c) * plane + (n % plane);
    const count = batch * plane;
    let mean = 0;
    let variance = 0;
    for (let n = 0; n < count; n++) mean += x[at(n)]! / count;
    for (let n = 0; n < count; n++) variance += (x[at(n)]! - mean) ** 2 / count;
    for (let n = 0; n < count; n++)
      y[at(n)] = ((x[at(n)]! - mean) / Math.sqrt(variance + epsilon)) * (gamma?.[c] ?? 1) + (beta?.[c] ?? 0);
  }
  return y;
}
