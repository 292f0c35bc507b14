import type { AddLayer, FlattenLayer, ReluLayer } from '../../../networks/description.js';
import type { LayerForm } from '../build.js';

/** y = max(x, 0); dx = dy where y > 0, else 0. */
export const relu: LayerForm<ReluLayer> = ({ tf }, _layer, [x]) => {
  const output = tf.relu(x!);
  return {
    output,
    backward: (dy, wanted) => ({ trained: {}, inputs: wanted ? [tf.mul(dy, tf.step(output))] : [] }),
  };
};

/** y = a + b; both get dy. */
export const add: LayerForm<AddLayer> = ({ tf }, _layer, [a, b]) => ({
  output: tf.add(a!, b!),
  // The same bytes under names of their own, so that each is given up alone.
  backward: (dy) => ({ trained: {}, inputs: [tf.reshape(dy, dy.shape), tf.reshape(dy, dy.shape)] }),
});

/** [n, H, W, C] to [n, C H W]: channels first, as the weights of the next layer lie. */
export const flatten: LayerForm<FlattenLayer> = ({ tf }, _layer, [x]) => {
  const [n, height, width, channels] = x!.shape as [number, number, number, number];
  return {
    output: tf.reshape(tf.transpose(x!, [0, 3, 1, 2]), [n, channels * height * width]),
    backward(dy, wanted) {
      const planes = () => tf.transpose(tf.reshape(dy, [n, channels, height, width]), [0, 2, 3, 1]);
      return { trained: {}, inputs: wanted ? [planes()] : [] };
    },
  };
};
