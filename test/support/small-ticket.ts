import { stream } from '../../src/core/rng.js';
import { sizeOf } from '../../src/core/shape.js';
import { weightLayers, weightShape } from '../../src/train/networks/description.js';
import { stateTensors } from '../../src/train/networks/tensors.js';
import { maskOf } from '../../src/train/prune/mask.js';
import { chosenWeights } from '../../src/train/prune/offered.js';
import { describeSpecNetwork, resolveTrainSpec } from '../../src/train/spec/spec.js';
import type { Json, Ticket, TicketTensor } from '../../src/train/ticket/index.js';

const data = {
  name: 'pictures',
  fingerprint: 'f'.repeat(64),
  channels: 3,
  classes: ['dark', 'bright'],
};

/** A ticket that a run could have left, made without the run: masks of random scores, touches that fit the seed's choices. */
export function smallTicket(network = 'conv2', seed = 3): Ticket {
  const spec = resolveTrainSpec({
    network,
    width: 0.05,
    method: 'iterand',
    data: 'folder:pictures',
    imageSize: 8,
    period: 4,
  });
  const steps = 22;
  const described = describeSpecNetwork(spec, data);
  const layers = weightLayers(described).map((layer) => {
    const { uniform } = stream(seed, 'small ticket', layer.name);
    const shape = weightShape(layer);
    const mask = maskOf(Float32Array.from({ length: sizeOf(shape) }, uniform), spec.sparsity!);
    const chosen = [1, 2, 3, 4, 5].map((k) => chosenWeights(seed, layer, k, spec.rate!));
    const places = [...mask.keys()].filter((place) => mask[place] === 1);
    const lastTouched = Int32Array.from(places, (place) => {
      const offers = [0, 1, 2, 3, 4, 5].filter((k) => k === 0 || chosen[k - 1]![place] === 1);
      return offers[Math.floor(uniform() * offers.length)]!;
    });
    return { name: layer.name, shape, mask, lastTouched };
  });
  const statistics = stateTensors(described, 'score').filter(
    (t) => t.role === 'mean' || t.role === 'variance',
  );
  const { uniform } = stream(seed, 'small ticket', 'statistics');
  const tensors = new Map(
    statistics.map(({ name, shape }): [string, TicketTensor] => [
      name,
      { shape, data: Float32Array.from({ length: sizeOf(shape) }, uniform) },
    ]),
  );
  return { header: { seed, spec, steps, data } as unknown as Json, layers, tensors };
}
