import type { BatchNormLayer } from '../../../networks/description.js';
import { Activation, toLayout } from '../activation.js';
import type { Graph, Value } from '../graph.js';
import type { Affine, NormForm } from '../planner.js';
import { nchwcMean, nchwcMeanProduct } from './channel-means.js';
import { type Block, blockedLayout, nchwcScale } from './nchwc.js';
import { settledScale } from './settled-scale.js';

/**
 * Batch normalization of blocked activations: the sums over a plane are pooling and depthwise convolutions as large as the
 * plane, the rest is a depthwise 1x1 convolution that also takes the residual and the ReLU of what follows.
 *
 * The variance is E[x^2] - E[x]^2, which is accurate where the mean is small against the deviation. So the running mean is
 * subtracted from x first, by the convolution that makes x. Where that leaves a large mean, the step is done again `centred`: the
 * batch's own mean is subtracted too, in one more pass.
 */
export function blockedNorm(layer: BatchNormLayer, block: Block, centred: boolean): NormForm {
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
      return nchwcScale(graph, sum, onesFor(graph, sum), { sum: own, relu, label: 'residual' });
    });
  return {
    name: centred ? 'blocked, centred' : 'blocked',
    settled(graph, x, affine, variance, mean) {
      const [scale, shift] = settledScale(graph, layer.epsilon, affine, variance, mean);
      return scaled(graph, toLayout(graph, x, layout).value, scale, shift);
    },
    train(graph, input, affine, running) {
      const aside = input.layout === layout ? input.withBias(graph.unary('Neg', running)) : undefined;
      const given = (aside ?? toLayout(graph, input, layout)).value;
      const first = centred ? nchwcMean(graph, given, block, 'firstMean') : undefined;
      const x = first ? centre(graph, given, first) : given;
      const mean = nchwcMean(graph, x, block, 'mean');
      const variance = varianceAbout(graph, x, mean, block);
      const rstd = graph.unary(
        'Reciprocal',
        graph.unary('Sqrt', graph.add(variance, graph.floats(layer.epsilon))),
      );
      const scale = affine ? graph.mul(rstd, affine.gamma) : rstd;
      const shift = graph.unary('Neg', graph.mul(mean, scale));
      const moved = first ? graph.add(mean, first) : mean;
      return {
        output: scaled(graph, x, scale, affine ? graph.add(shift, affine.beta) : shift),
        drift: aside ? moved : graph.sub(moved, running),
        variance,
        ...(centred ? {} : { offset: mean }),
        backward: (dy) =>
          gradients(graph, x, toLayout(graph, dy, layout), { mean, rstd, scale, affine }, block),
      };
    },
  };
}

function onesFor(graph: Graph, { shape: [, channels] }: Value): Value {
  return graph.floats(new Float32Array(channels!).fill(1));
}

function centre(graph: Graph, x: Value, mean: Value): Value {
  return nchwcScale(graph, x, onesFor(graph, x), { bias: graph.unary('Neg', mean), label: 'centre' });
}

/** Biased variance per channel, [C], as E[x^2] - E[x]^2. */
function varianceAbout(graph: Graph, x: Value, mean: Value, block: Block): Value {
  const square = nchwcMeanProduct(graph, x, x, block, 'squares');
  // Rounding may leave a constant channel's variance below 0.
  return graph.unary('Relu', graph.sub(square, graph.mul(mean, mean)));
}

/** dx = scale (dy - E[dy] - (x - mean) rstd^2 E[dy (x - mean)]); dgamma and dbeta are the sums behind the two means. */
function gradients(
  graph: Graph,
  x: Value,
  { value: dy, layout }: Activation,
  { mean, rstd, scale, affine }: { mean: Value; rstd: Value; scale: Value; affine: Affine | undefined },
  block: Block,
) {
  const meanDy = nchwcMean(graph, dy, block, 'gradientMean');
  const covariance = graph.sub(nchwcMeanProduct(graph, dy, x, block, 'gradientDot'), graph.mul(mean, meanDy));
  const normalized = graph.mul(rstd, covariance); // E[dy xhat]
  const slope = graph.mul(graph.mul(rstd, normalized), graph.unary('Neg', scale));
  const shift = graph.sub(graph.mul(slope, graph.unary('Neg', mean)), graph.mul(scale, meanDy));
  const alongX = nchwcScale(graph, x, slope, { bias: shift, label: 'gradientAlongX' });
  const dx = Activation.of(nchwcScale(graph, dy, scale, { sum: alongX, label: 'gradient' }), layout);
  if (!affine) return { dx };
  const [batch, , height, width] = x.shape as [number, number, number, number];
  const count = batch * height * width;
  return { dx, gamma: graph.scale(normalized, count), beta: graph.scale(meanDy, count) };
}
