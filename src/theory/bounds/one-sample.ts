import { Envelope } from './envelope.js';
import type { Game, Grid, Sizes, Step } from './recursion.js';

/** The step of the recursion at R = 1: the set of size T grows by Y in [0, T] once, so the growth has its nodes where the sizes have theirs. */
export function oneSample({ chances }: Game, { perOctave }: Grid, geometry: Sizes): Step {
  const { sizes, ratio, growth, hit } = geometry;
  const last = sizes.length - 1;
  const shares = Array.from({ length: perOctave + 1 }, (_, i) => 2 ** (i / perOctave) - 1);
  const envelope = new Envelope(3 * perOctave + 1);
  return (value, losses, j) => {
    envelope.clear();
    envelope.add(0, value[j]!);
    for (let i = 0; i < perOctave; i++) {
      const [a, b] = [Math.min(last, j + i), Math.min(last, j + i + 1)];
      // From size j to a neighbour, sizes (1+y) cross a node, save where they go from node to node.
      const loss = Math.max(losses[a]!, losses[b]!) * ratio;
      envelope.addCell(shares[i]!, shares[i + 1]! - shares[i]!, value[a]!, value[b]!, loss);
    }
    let mean = 0;
    for (const { u, probability } of chances) {
      if (u === 0) mean += probability * value[j]!;
      else {
        // A node serves the cells at both its sides: h of the smaller size, g of the larger.
        const h = hit(u, sizes[j]! / ratio);
        const g = growth(u, sizes[j]! * ratio);
        mean += probability * (1 - h) * envelope.at(Math.max(0, g - h) / (1 - h));
      }
    }
    return mean;
  };
}
