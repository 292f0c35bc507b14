import type { ReluLayer } from '../../../networks/description.js';
import { Activation, toLayout } from '../activation.js';
import type { LayerEmitter } from '../build.js';

/** y = max(x, 0), by x's producer where it can; dx = dy where y > 0, else 0. */
export const relu: LayerEmitter<ReluLayer> = (build, layer, [x]) => {
  const { graph } = build;
  const output = x!.relu(graph);
  return {
    output,
    backward(dy) {
      // 1 where y > 0: twice as fast as Greater and Cast; only y below 3e-39 (denormal) comes out between 0 and 1.
      const positive = graph.node('HardSigmoid', [output.value], output.shape, {
        attributes: { alpha: { float: 3e38 }, beta: { float: 0 } },
        label: 'mask',
      });
      const dx = Activation.of(graph.mul(toLayout(graph, dy, output.layout).value, positive), output.layout);
      build.inputGradient(layer.inputs[0]!, (pending) => (pending ? pending.plus(graph, dx) : dx));
    },
  };
};
