import type { ConvLayer, DenseLayer } from '../../../networks/description.js';
import { channelSum, type LayerForm } from '../build.js';
import type { Tensor, Tf } from '../tensor.js';

/** y = x * w + b (cross-correlation). */
export const conv: LayerForm<ConvLayer> = (pass, layer, [x]) => {
  const { tf, convolution } = pass;
  const w = pass.weight(layer.name);
  const bias = pass.tensor(`${layer.name}.bias`);
  const product = convolution.forward(x!, w, layer);
  return {
    output: bias ? tf.add(product, bias) : product,
    backward: (dy, wanted) => ({
      trained: {
        [`${layer.name}.weight`]: convolution.filterGradient(x!, dy, layer),
        ...(bias ? { [`${layer.name}.bias`]: channelSum(tf, dy) } : {}),
      },
      inputs: wanted ? [convolution.inputGradient(dy, w, layer, x!.shape)] : [],
    }),
  };
};

/** y = x w^T + b, x [n, in], w [out, in]. */
export const dense: LayerForm<DenseLayer> = (pass, layer, [x]) => {
  const { tf } = pass;
  const w = pass.weight(layer.name);
  const bias = pass.tensor(`${layer.name}.bias`);
  const product = tf.matMul(x!, turned(tf, w));
  return {
    output: bias ? tf.add(product, bias) : product,
    backward: (dy, wanted) => ({
      trained: {
        [`${layer.name}.weight`]: tf.matMul(turned(tf, dy), x!),
        ...(bias ? { [`${layer.name}.bias`]: tf.sum(dy, [0]) } : {}),
      },
      inputs: wanted ? [tf.matMul(dy, w)] : [],
    }),
  };
};

/** A matrix's transpose, carried out: the wasm backend multiplies by one that is only meant 10 to 40 times slower (4.22). */
const turned = (tf: Tf, matrix: Tensor): Tensor => tf.transpose(matrix, [1, 0]);
