import { expect, test } from 'vitest';
import { boundByName } from '../../../src/theory/bounds/index.js';
import { uniform } from '../../../src/theory/problem/distribution.js';
import { makeTarget } from '../../../src/theory/problem/target.js';
import { constructionFor, signsOf } from '../../../src/theory/search/construction.js';
import { forwardEffective } from '../../../src/theory/search/effective.js';
import {
  forwardSubnetwork,
  networkShape,
  type RandomNetwork,
  type Subnetwork,
} from '../../../src/theory/search/network.js';
import { strategyNames } from '../../../src/theory/search/strategies/index.js';
import { blocksTrial, drawBlock, largestBlock } from '../../../src/theory/simulate/blocks.js';
import { findNetwork } from '../../../src/theory/simulate/found.js';

const widths = [3, 4, 2];
const target = makeTarget('gaussian', widths, 1);
const R = 5;

test.each(strategyNames)(
  '%s: what is found block by block is a subnetwork of the wide network that the blocks make up',
  async (strategy) => {
    const construction = constructionFor(
      { widths, epsilon: 1, delta: 0.1, resamplings: R },
      boundByName('corrected'),
      uniform(1),
      { strategy, hidden: [36, 24], tolerance: 0.2 },
    );
    const found = await findNetwork(construction, target, 7, 3, 1);
    const { failures } = blocksTrial(construction, target, 7, 3);
    expect(found.layers.reduce((sum, { unserved }) => sum + unserved, 0)).toBe(failures);
    const shape = networkShape(construction);
    const sizes = shape.slice(1).map((rows, m) => rows * shape[m]!);
    const network: RandomNetwork = {
      shape,
      resamplings: R,
      samples: sizes.map((size) => new Float64Array(size * R)),
    };
    const kept: Subnetwork = {
      masks: sizes.map((size) => new Uint8Array(size)),
      sampleIndices: sizes.map((size) => new Uint32Array(size)),
    };
    const place = (m: number, entry: number, index: number, samples: Float64Array) => {
      network.samples[m]!.set(samples, entry * R);
      kept.masks[m]![entry] = 1;
      kept.sampleIndices[m]![entry] = index;
    };
    for (const [k, layer] of construction.layers.entries())
      for (let input = 0; input < layer.inputs; input++)
        for (const [side, sign] of signsOf(layer).entries()) {
          const block = drawBlock(
            construction,
            k,
            input,
            sign,
            7,
            3,
            new Float64Array(largestBlock(construction)),
          );
          const number = input * layer.signs + side;
          const { neurons, us, vs } = found.layers[k]!.blocks[number]!;
          expect(neurons).toBeLessThanOrEqual(found.layers[k]!.neurons);
          for (let neuron = 0; neuron < neurons; neuron++) {
            if (us[neuron]! < 0) continue;
            const unit = number * layer.neurons + neuron;
            const from = block.uStart + neuron * block.uStride;
            place(2 * k, unit * layer.inputs + input, us[neuron]!, block.us.slice(from, from + R));
            for (let output = 0; output < layer.outputs; output++) {
              const v = vs[output * neurons + neuron]!;
              if (v < 0) continue;
              const at = block.vStart + output * block.vStride + neuron * R;
              place(2 * k + 1, output * shape[2 * k + 1]! + unit, v, block.vs.slice(at, at + R));
            }
          }
        }
    const inputs = Float64Array.from({ length: 3 * 9 }, (_, i) => Math.sin(i));
    const wide = forwardSubnetwork(network, kept, inputs);
    const effective = forwardEffective(found.effective, inputs);
    for (const [i, value] of wide.entries()) expect(Math.abs(value - effective[i]!)).toBeLessThan(1e-13);
  },
);
