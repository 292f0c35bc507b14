import type { BatchNormLayer } from '../../../networks/description.js';
import { requireNormalizable } from '../../options.js';
import { channelSum, type LayerForm } from '../build.js';

/**
 * y = (x - mean) / sqrt(variance + epsilon) * gamma + beta per channel: with the batch's statistics in training, which also move the
 * running ones (unbiased variance, as PyTorch); with the running ones in evaluation.
 */
export const batchNorm: LayerForm<BatchNormLayer> = (pass, layer, [x]) => {
  const { tf } = pass;
  const { name, epsilon, momentum } = layer;
  const [gamma, beta] = [pass.tensor(`${name}.gamma`), pass.tensor(`${name}.beta`)];
  const running = [pass.tensor(`${name}.mean`)!, pass.tensor(`${name}.variance`)!] as const;
  const count = x!.size / x!.shape[3]!;
  if (pass.training) requireNormalizable(layer, x!.shape[0]!);
  const mean = pass.training ? tf.div(channelSum(tf, x!), count) : running[0];
  const centred = tf.sub(x!, mean);
  const variance = pass.training ? tf.div(channelSum(tf, tf.mul(centred, centred)), count) : running[1];
  const slope = tf.rsqrt(tf.add(variance, epsilon));
  const normal = tf.mul(centred, slope);
  const output = gamma && beta ? tf.add(tf.mul(normal, gamma), beta) : normal;
  if (!pass.training) return { output, backward: noGradient };
  return {
    output,
    saved: [normal, slope],
    moved: {
      [`${name}.mean`]: tf.add(running[0], tf.mul(tf.sub(mean, running[0]), momentum)),
      [`${name}.variance`]: tf.add(
        tf.mul(running[1], 1 - momentum),
        tf.mul(variance, (momentum * count) / (count - 1)),
      ),
    },
    backward(dy, wanted) {
      const [shift, scale] = [channelSum(tf, dy), channelSum(tf, tf.mul(dy, normal))];
      const trained = gamma && beta ? { [`${name}.gamma`]: scale, [`${name}.beta`]: shift } : {};
      if (!wanted) return { trained, inputs: [] };
      const own = tf.add(tf.div(shift, count), tf.mul(normal, tf.div(scale, count)));
      const dx = tf.mul(tf.sub(dy, own), gamma ? tf.mul(slope, gamma) : slope);
      return { trained, inputs: [dx] };
    },
  };
};

const noGradient = (): never => {
  throw new Error('an evaluation has no gradient');
};
