import type { AvgPoolLayer, MaxPoolLayer } from '../../../networks/description.js';
import type { LayerForm } from '../build.js';
import { maxPoolGradient } from '../host-pool.js';
import type { Tensor, Tf } from '../tensor.js';

/** Below any value that is finite, so that no window takes it. */
const LOWEST = -3.4e38;

/** The largest value of each window; the first of equal ones takes the gradient. */
export const maxPool: LayerForm<MaxPoolLayer> = (pass, { kernel, stride, padding }, [x]) => {
  const { tf } = pass;
  const framed = frame(tf, x!, padding);
  const output = tf.maxPool(framed, kernel, stride, 'valid');
  const native = (dy: Tensor): Tensor => {
    const attributes = { filterSize: kernel, strides: stride, pad: 'valid', dimRoundingMode: undefined };
    const dx = tf.engine().runKernel('MaxPoolGrad', { dy, input: framed, output }, attributes);
    return padding === 0 ? dx : tf.slice(dx, [0, padding, padding, 0], x!.shape);
  };
  const { shape } = x!;
  const tiled = kernel === stride && padding === 0 && [1, 2].every((axis) => shape[axis]! % kernel === 0);
  const own = (dy: Tensor): Tensor => {
    if (tiled) return tiledGradient(tf, x!, output, dy, kernel);
    const dx = maxPoolGradient(x!.dataSync(), dy.dataSync(), { shape, kernel, stride, padding });
    return tf.tensor(dx, shape, 'float32');
  };
  return {
    output,
    saved: padding === 0 ? [] : [framed],
    backward: (dy, wanted) => ({
      trained: {},
      inputs: wanted ? [pass.ownPoolGradient ? own(dy) : native(dy)] : [],
    }),
  };
};

/**
 * dL/dx of windows that tile x [n, H, W, C]. What is left of dy goes from place to place of the windows:
 * the first value that is not below the output keeps it.
 */
function tiledGradient(tf: Tf, x: Tensor, output: Tensor, dy: Tensor, kernel: number): Tensor {
  const [n, rows, columns, channels] = output.shape as [number, number, number, number];
  const places = kernel * kernel;
  const given: Tensor[] = [];
  let rest = dy;
  for (let place = 0; place < places - 1; place++) {
    // A filter with a single 1 fetches the values of one place: on wasm 2 to 20 times as fast as slices.
    const one = Float32Array.from({ length: places }, (_, i) => (i === place ? 1 : 0));
    const filter = tf.tile(tf.tensor(one, [kernel, kernel, 1, 1], 'float32'), [1, 1, channels, 1]);
    const left = tf.mul(rest, tf.step(tf.sub(output, tf.depthwiseConv2d(x, filter, kernel, 'valid'))));
    given.push(tf.sub(rest, left));
    rest = left;
  }
  given.push(rest);
  const flat = given.map((part) => tf.reshape(part, [n * rows, 1, columns, channels]));
  const lines = Array.from({ length: kernel }, (_, row) =>
    tf.concat(flat.slice(row * kernel, (row + 1) * kernel), 3),
  );
  return tf.reshape(tf.concat(lines, 1), x.shape);
}

function frame(tf: Tf, x: Tensor, padding: number): Tensor {
  if (padding === 0) return x;
  const around = [padding, padding] as const;
  return tf.pad(x, [[0, 0], around, around, [0, 0]], LOWEST);
}

/** Mean over the plane, [n, H, W, C] to [n, C]. */
export const avgPool: LayerForm<AvgPoolLayer> = ({ tf }, _layer, [x]) => {
  const [n, height, width, channels] = x!.shape as [number, number, number, number];
  return {
    output: tf.mean(x!, [1, 2]),
    backward(dy, wanted) {
      const share = () => tf.reshape(tf.div(dy, height * width), [n, 1, 1, channels]);
      return { trained: {}, inputs: wanted ? [tf.tile(share(), [1, height, width, 1])] : [] };
    },
  };
};
