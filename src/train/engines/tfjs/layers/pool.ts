import type { AvgPoolLayer, MaxPoolLayer } from '../../../networks/description.js';
import type { LayerForm } from '../build.js';
import type { Tensor, Tf } from '../tensor.js';

/** Below any value that is finite, so that no window takes it. */
const LOWEST = -3.4e38;

/** The largest value of each window; the first of equal ones takes the gradient. */
export const maxPool: LayerForm<MaxPoolLayer> = (pass, layer, [x]) => {
  const { tf } = pass;
  const { kernel, stride, padding } = layer;
  const framed = frame(tf, x!, padding, LOWEST);
  const output = tf.maxPool(framed, kernel, stride, 'valid');
  const above = pass.poolsAboveZero && !pass.isNonNegative(layer.inputs[0]!);
  return {
    output,
    saved: padding === 0 ? [] : [framed],
    backward(dy, wanted) {
      if (!wanted) return { trained: {}, inputs: [] };
      const input = above ? frame(tf, tf.add(tf.sub(x!, tf.min(x!)), 1), padding, 0) : framed;
      const dx = tf.engine().runKernel(
        'MaxPoolGrad',
        { dy, input, output },
        {
          filterSize: kernel,
          strides: stride,
          pad: 'valid',
          dimRoundingMode: undefined,
        },
      );
      return { trained: {}, inputs: [padding === 0 ? dx : tf.slice(dx, [0, padding, padding, 0], x!.shape)] };
    },
  };
};

function frame(tf: Tf, x: Tensor, padding: number, value: number): Tensor {
  if (padding === 0) return x;
  const around = [padding, padding] as const;
  return tf.pad(x, [[0, 0], around, around, [0, 0]], value);
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
