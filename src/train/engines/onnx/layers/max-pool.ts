import type { MaxPoolLayer } from '../../../networks/description.js';
import type { LayerEmitter } from '../build.js';

/** The largest value of each window; the first of equal ones takes the gradient. The planner says how. */
export const maxPool: LayerEmitter<MaxPoolLayer> = (build, layer, [x]) => {
  const { output, backward } = build.planner.maxPool(layer, build.target).forward(build.graph, x!);
  return {
    output,
    backward(dy) {
      build.inputGradient(layer.inputs[0]!, (pending) => {
        const dx = backward(dy);
        return pending ? pending.plus(build.graph, dx) : dx;
      });
    },
  };
};
