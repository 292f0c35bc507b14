import type { AddLayer } from '../../../networks/description.js';
import type { LayerEmitter } from '../build.js';

/** y = a + b, by a's producer where it can; both get dy. */
export const add: LayerEmitter<AddLayer> = (build, layer, [a, b]) => {
  const { graph } = build;
  return {
    output: a!.plus(graph, b!),
    backward(dy) {
      for (const input of layer.inputs)
        build.inputGradient(input, (pending) => (pending ? pending.plus(graph, dy) : dy));
    },
  };
};
