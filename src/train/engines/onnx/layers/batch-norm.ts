import type { BatchNormLayer } from '../../../networks/description.js';
import { requireNormalizable } from '../../options.js';
import type { Build, LayerEmitter } from '../build.js';
import type { Affine } from '../planner.js';

/**
 * y = (x - mean) / sqrt(variance + epsilon) * gamma + beta per channel: with the batch's statistics in training, which also
 * move the running ones (unbiased variance, as PyTorch); with the running ones in evaluation.
 */
export const batchNorm: LayerEmitter<BatchNormLayer> = (build, layer, [x]) => {
  const { graph } = build;
  const form = build.planner.norm(layer, build.target);
  const gamma = build.tensor(`${layer.name}.gamma`);
  const beta = build.tensor(`${layer.name}.beta`);
  const affine = gamma && beta ? { gamma, beta } : undefined;
  if (!build.target.training) {
    const [scale, shift] = runningScale(build, layer, affine);
    return {
      output: form.apply(graph, x!, scale, shift),
      backward() {
        throw new Error(`${layer.name}: an evaluation graph has no gradient`);
      },
    };
  }
  const [batch, , height, width] = x!.shape as [number, number, number, number];
  const count = batch * height * width;
  requireNormalizable(layer, batch);
  const result = form.train(graph, x!, affine, build.tensor(`${layer.name}.mean`)!);
  build.statistics({ layer, count, ...result });
  return {
    output: result.output,
    backward(dy) {
      const { dx, gamma: dgamma, beta: dbeta } = result.backward(dy);
      if (dgamma) build.gradient(`${layer.name}.gamma`, dgamma);
      if (dbeta) build.gradient(`${layer.name}.beta`, dbeta);
      build.inputGradient(layer.inputs[0]!, (pending) => (pending ? pending.plus(graph, dx) : dx));
    },
  };
};

function runningScale(build: Build, layer: BatchNormLayer, affine: Affine | undefined) {
  const { graph } = build;
  const variance = build.tensor(`${layer.name}.variance`)!;
  const rstd = graph.unary(
    'Reciprocal',
    graph.unary('Sqrt', graph.add(variance, graph.floats(layer.epsilon))),
  );
  const scale = affine ? graph.mul(rstd, affine.gamma) : rstd;
  const centre = graph.unary('Neg', graph.mul(build.tensor(`${layer.name}.mean`)!, scale));
  return [scale, affine ? graph.add(centre, affine.beta) : centre] as const;
}
