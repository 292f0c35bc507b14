import type { AvgPoolLayer, MaxPoolLayer } from '../../../networks/description.js';
import type { LayerForm } from '../build.js';

/** Below any value that is finite, so that no window takes it. */
const LOWEST = -3.4e38;

/** The largest value of each window; the first of equal ones takes the gradient. */
export const maxPool: LayerForm<MaxPoolLayer> = ({ tf }, { kernel, stride, padding }, [x]) => {
  const around = [padding, padding] as const;
  const framed = padding === 0 ? x! : tf.pad(x!, [[0, 0], around, around, [0, 0]], LOWEST);
  const output = tf.maxPool(framed, kernel, stride, 'valid');
  return {
    output,
    saved: padding === 0 ? [] : [framed],
    backward(dy, wanted) {
      if (!wanted) return { trained: {}, inputs: [] };
      const dx = tf.engine().runKernel(
        'MaxPoolGrad',
        { dy, input: framed, output },
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
