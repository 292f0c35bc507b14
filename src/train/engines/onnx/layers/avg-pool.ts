import type { AvgPoolLayer } from '../../../networks/description.js';
import { Activation, blockOf } from '../activation.js';
import type { LayerEmitter } from '../build.js';
import { NCHWC } from '../graph.js';

/** Mean over the plane, [B, C, H, W] -> [B, C]; dx = dy / (H W) all over the plane. Works in x's layout. */
export const avgPool: LayerEmitter<AvgPoolLayer> = (build, layer, [x]) => {
  const { graph } = build;
  const [batch, channels, height, width] = x!.shape as [number, number, number, number];
  const block = blockOf(x!.layout);
  const mean = graph.node('GlobalAveragePool', [x!.value], [batch, channels, 1, 1], {
    domain: block === 1 ? '' : NCHWC,
  });
  return {
    // One value per channel lies alike in every layout.
    output: Activation.of(graph.reshape(mean, [batch, channels])),
    backward(dy) {
      build.inputGradient(layer.inputs[0]!, (pending) => {
        const share = graph.reshape(graph.scale(dy.value, 1 / (height * width)), [
          batch,
          channels / block,
          1,
          block,
        ]);
        const spread = [batch, channels / block, height * width, block];
        const plane = graph.node('Expand', [share, graph.ints(spread)], spread);
        const dx = Activation.of(graph.reshape(plane, x!.shape), x!.layout);
        return pending ? pending.plus(graph, dx) : dx;
      });
    },
  };
};
