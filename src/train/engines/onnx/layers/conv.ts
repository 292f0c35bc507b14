import type { ConvLayer } from '../../../networks/description.js';
import { channelSum } from '../activation.js';
import type { LayerEmitter } from '../build.js';

/** y = x * w + b (cross-correlation); the planner says how. */
export const conv: LayerEmitter<ConvLayer> = (build, layer, [x]) => {
  const { graph } = build;
  const form = build.planner.conv(layer, build.target);
  const weight = build.weight(layer.name);
  const bias = build.tensor(`${layer.name}.bias`);
  return {
    output: form.forward(graph, x!, weight, bias),
    backward(dy) {
      build.gradient(`${layer.name}.weight`, form.filterGradient(graph, x!, dy));
      if (bias) build.gradient(`${layer.name}.bias`, channelSum(graph, dy));
      build.inputGradient(layer.inputs[0]!, (pending) => form.inputGradient(graph, dy, weight, pending));
    },
  };
};
