import type { BatchNormLayer } from '../../../networks/description.js';
import { requireNormalizable } from '../../options.js';
import type { LayerEmitter } from '../build.js';

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
    const running = (role: string) => build.tensor(`${layer.name}.${role}`)!;
    return {
      output: form.settled(graph, x!, affine, running('variance'), running('mean')),
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
