import type { BatchNormLayer } from '../../../networks/description.js';
import { Activation, toLayout } from '../activation.js';
import type { Graph, Value } from '../graph.js';
import type { NormForm } from '../planner.js';
import { settledScale } from './settled-scale.js';

/** Batch normalization in standard operators on the plain layout; the variance from centred values, accurate for any mean. */
export function standardNorm(layer: BatchNormLayer): NormForm {
  return {
    name: 'standard',
    train(graph, input, affine, running) {
      const x = toLayout(graph, input, 'plain').value;
      const [batch, channels, height, width] = x.shape as [number, number, number, number];
      const count = batch * height * width;
      const planes = graph.reshape(x, [batch, channels, height * width]);
      const mean = channelMean(graph, planes, count);
      const centred = graph.sub(planes, column(graph, mean));
      const variance = channelMean(graph, graph.mul(centred, centred), count);
      const deviation = graph.unary('Sqrt', graph.add(variance, graph.floats(layer.epsilon)));
      const rstd = graph.unary('Reciprocal', deviation);
      const normal = graph.mul(centred, column(graph, rstd));
      const output = affine
        ? graph.add(graph.mul(normal, column(graph, affine.gamma)), column(graph, affine.beta))
        : normal;
      return {
        output: Activation.of(graph.reshape(output, x.shape)),
        drift: graph.sub(mean, running),
        variance,
        // With n = (x - mean) rstd: dx = gamma rstd (dy - mean(dy) - n mean(dy n)).
        backward(gradient) {
          const dy = graph.reshape(toLayout(graph, gradient, 'plain').value, planes.shape);
          const sum = graph.reduceSum(dy, [0, 2]);
          const product = graph.reduceSum(graph.mul(dy, normal), [0, 2]);
          const scale = affine ? graph.mul(rstd, affine.gamma) : rstd;
          const along = graph.mul(normal, column(graph, graph.scale(product, 1 / count)));
          const centredGradient = graph.sub(dy, graph.add(along, column(graph, graph.scale(sum, 1 / count))));
          const dx = graph.mul(centredGradient, column(graph, scale));
          return {
            dx: Activation.of(graph.reshape(dx, x.shape)),
            ...(affine ? { gamma: product, beta: sum } : {}),
          };
        },
      };
    },
    settled(graph, input, affine, variance, mean) {
      const [scale, shift] = settledScale(graph, layer.epsilon, affine, variance, mean);
      const x = toLayout(graph, input, 'plain').value;
      const [channels] = scale.shape as [number];
      const plane = (v: Value) => graph.reshape(v, [channels, 1, 1]);
      return Activation.of(graph.add(graph.mul(x, plane(scale)), plane(shift)));
    },
  };
}

/** Mean over batch and plane of [B, C, P], as [C]. */
function channelMean(graph: Graph, x: Value, count: number): Value {
  return graph.scale(graph.reduceSum(x, [0, 2]), 1 / count);
}

const column = (graph: Graph, v: Value) => graph.reshape(v, [v.shape[0]!, 1]);
