import type { BatchNormLayer } from '../../../networks/description.js';
import { Activation, toLayout } from '../activation.js';
import type { Graph, Value } from '../graph.js';
import type { Affine, NormForm } from '../planner.js';
import { type Block, blockedLayout, nchwcDot, nchwcPlaneMean, nchwcScale } from './nchwc.js';

/**
 * Batch normalization of blocked activations: the sums over a plane are pooling and depthwise convolutions as large as the
 * plane, the rest is a depthwise 1x1 convolution that also takes the residual and the ReLU of what follows.
 */
export function blockedNorm(layer: BatchNormLayer, block: Block): NormForm {
  const layout = blockedLayout(block);
  const scaled = (graph: Graph, x: Value, scale: Value, shift: Value): Activation =>
    Activation.lazy(x.shape, layout, ({ sum, relu = false }) => {
      const own = nchwcScale(graph, x, scale, {
        bias: shift,
        relu: relu && sum === undefined,
        label: 'normalize',
      });
      if (sum === undefined) return own;
      // Into the fresh tensor, which no one else reads: into the residual it would be a copy on one thread.
      const ones = graph.floats(new Float32Array(x.shape[1]!).fill(1));
      return nchwcScale(graph, sum, ones, { sum: own, relu, label: 'residual' });
    });
  return {
    name: 'blocked',
    apply: (graph, x, scale, shift) => scaled(graph, toLayout(graph, x, layout).value, scale, shift),
    train(graph, input, affine) {
      const x = toLayout(graph, input, layout).value;
      const { mean, variance } = statistics(graph, x);
      const rstd = graph.unary(
        'Reciprocal',
        graph.unary('Sqrt', graph.add(variance, graph.floats(layer.epsilon))),
      );
      const scale = affine ? graph.mul(rstd, affine.gamma) : rstd;
      const centre = graph.unary('Neg', graph.mul(mean, scale));
      return {
        output: scaled(graph, x, scale, affine ? graph.add(centre, affine.beta) : centre),
        mean,
        variance,
        backward: (dy) =>
          gradients(graph, x, toLayout(graph, dy, layout).value, { mean, rstd, affine }, layout),
      };
    },
  };
}

/** Mean and biased variance per channel, as E[x^2] - E[x]^2. */
function statistics(graph: Graph, x: Value): { readonly mean: Value; readonly variance: Value } {
  const [batch, , height, width] = x.shape as [number, number, number, number];
  const mean = graph.scale(graph.reduceSum(nchwcPlaneMean(graph, x, 'mean'), [0]), 1 / batch);
  const square = graph.scale(nchwcDot(graph, x, x, 'squares'), 1 / (batch * height * width));
  // Rounding may leave a constant channel's variance below 0.
  return { mean, variance: graph.unary('Relu', graph.sub(square, graph.mul(mean, mean))) };
}

/** dx = scale (dy - E[dy] - (x - mean) rstd^2 E[dy (x - mean)]); dgamma and dbeta are the sums behind the two means. */
function gradients(
  graph: Graph,
  x: Value,
  dy: Value,
  { mean, rstd, affine }: { mean: Value; rstd: Value; affine: Affine | undefined },
  layout: Activation['layout'],
) {
  const [batch, , height, width] = x.shape as [number, number, number, number];
  const count = batch * height * width;
  const meanDy = graph.scale(graph.reduceSum(nchwcPlaneMean(graph, dy, 'gradientMean'), [0]), 1 / batch);
  const meanDot = graph.scale(nchwcDot(graph, dy, x, 'gradientDot'), 1 / count);
  const covariance = graph.sub(meanDot, graph.mul(mean, meanDy));
  const normalized = graph.mul(rstd, covariance); // E[dy xhat]
  const scale = affine ? graph.mul(rstd, affine.gamma) : rstd;
  const slope = graph.unary('Neg', graph.mul(graph.mul(scale, rstd), normalized));
  const shift = graph.unary('Neg', graph.add(graph.mul(slope, mean), graph.mul(scale, meanDy)));
  const alongX = nchwcScale(graph, x, slope, { bias: shift, label: 'gradientAlongX' });
  const dx = Activation.of(nchwcScale(graph, dy, scale, { sum: alongX, label: 'gradient' }), layout);
  if (!affine) return { dx };
  return { dx, gamma: graph.scale(normalized, count), beta: graph.scale(meanDy, count) };
}
