import type { BatchNormLayer } from '../../../networks/description.js';
import { Activation, toLayout } from '../activation.js';
import type { Graph, Value } from '../graph.js';
import type { NormForm } from '../planner.js';

/** All but the channels of [B, C, H, W]. */
const AXES = [0, 2, 3];

/**
 * Batch normalization in few nodes, since each is at least one start of a kernel: five forward and six backward, without gamma and beta. All
 * that is linear in a channel is ONNX's BatchNormalization in its inference form, told the batch's statistics. The variance is of centred
 * values, accurate for any mean. ReduceSumSquare would save a node, but on the CPU it adds all terms one after another, to 1e-5 for 50,000.
 */
export function deviceNorm({ epsilon }: BatchNormLayer): NormForm {
  /** (x - mean) / sqrt(variance + epsilon) * gamma + beta; gamma 1, beta and mean 0 where they are absent. */
  const normalize = (graph: Graph, x: Value, variance: Value, more: Partial<Terms>): Value => {
    const all = (value: number) => graph.floats(new Float32Array(variance.shape[0]!).fill(value));
    const { gamma = all(1), beta = all(0), mean = all(0) } = more;
    return graph.node('BatchNormalization', [x, gamma, beta, mean, variance], x.shape, {
      attributes: { epsilon: { float: epsilon } },
    });
  };
  return {
    name: 'device',
    train(graph, input, affine, running) {
      const x = toLayout(graph, input, 'plain').value;
      const [batch, channels, height, width] = x.shape as [number, number, number, number];
      const planeMean = graph.reduceMean(x, AXES, true);
      const centred = graph.sub(x, planeMean);
      const variance = graph.reduceMean(graph.mul(centred, centred), AXES);
      const output = normalize(graph, centred, variance, affine ?? {});
      return {
        output: Activation.of(output),
        // Left out where the means of all norms are moved at once.
        drift: graph.sub(graph.reshape(planeMean, [channels]), running),
        planeMean,
        variance,
        // With n = (x - mean) rstd: dx = gamma rstd (dy - n mean(dy n) - mean(dy)).
        backward(gradient) {
          const dy = toLayout(graph, gradient, 'plain').value;
          const normal = affine ? normalize(graph, centred, variance, {}) : output;
          const along = graph.reduceMean(graph.mul(dy, normal), AXES, true);
          const mean = graph.reduceMean(dy, AXES);
          const rest = graph.sub(dy, graph.mul(normal, along));
          const dx = Activation.of(
            normalize(graph, rest, variance, { mean, ...(affine ? { gamma: affine.gamma } : {}) }),
          );
          if (!affine) return { dx };
          const count = batch * height * width;
          const gamma = graph.reshape(graph.scale(along, count), [channels]);
          return { dx, gamma, beta: graph.scale(mean, count) };
        },
      };
    },
    settled(graph, input, affine, variance, mean) {
      const x = toLayout(graph, input, 'plain').value;
      return Activation.of(normalize(graph, x, variance, { ...affine, mean }));
    },
  };
}

/** Of a channel, [C] each. */
interface Terms {
  readonly gamma: Value;
  readonly beta: Value;
  readonly mean: Value;
}
