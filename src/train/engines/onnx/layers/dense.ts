import type { DenseLayer } from '../../../networks/description.js';
import { Activation } from '../activation.js';
import type { LayerEmitter } from '../build.js';

/** y = x w^T + b, x [B, in], w [out, in]; dw = dy^T x, db = sum dy, dx = dy w. */
export const dense: LayerEmitter<DenseLayer> = (build, layer, [x]) => {
  const { graph } = build;
  const weight = build.weight(layer.name);
  const bias = build.tensor(`${layer.name}.bias`);
  const operands = [x!.value, weight, ...(bias ? [bias] : [])];
  const output = graph.node('Gemm', operands, [x!.shape[0]!, weight.shape[0]!], {
    attributes: { transB: 1 },
    label: 'forward',
  });
  return {
    output: Activation.of(output),
    backward({ value: dy }) {
      const filter = graph.node('Gemm', [dy, x!.value], weight.shape, {
        attributes: { transA: 1 },
        label: 'filterGradient',
      });
      build.gradient(`${layer.name}.weight`, filter);
      if (bias) build.gradient(`${layer.name}.bias`, graph.reduceSum(dy, [0]));
      build.inputGradient(layer.inputs[0]!, (pending) => {
        const dx = Activation.of(graph.matmul(dy, weight, 'inputGradient'));
        return pending ? pending.plus(graph, dx) : dx;
      });
    },
  };
};
