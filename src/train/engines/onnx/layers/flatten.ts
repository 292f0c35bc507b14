import { type FlattenLayer, sizeOf } from '../../../networks/description.js';
import { Activation, toLayout } from '../activation.js';
import type { LayerEmitter } from '../build.js';

/** [B, C, H, W] -> [B, C H W], row-major. */
export const flatten: LayerEmitter<FlattenLayer> = (build, layer, [x]) => {
  const { graph } = build;
  const batch = x!.shape[0]!;
  const plain = toLayout(graph, x!, 'plain');
  return {
    output: Activation.of(graph.reshape(plain.value, [batch, sizeOf(x!.shape) / batch])),
    backward(dy) {
      const dx = Activation.of(graph.reshape(dy.value, x!.shape));
      build.inputGradient(layer.inputs[0]!, (pending) => (pending ? pending.plus(graph, dx) : dx));
    },
  };
};
