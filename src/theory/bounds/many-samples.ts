import { Envelope } from './envelope.js';
import type { Chance, Game, Grid, Sizes, Step } from './recursion.js';

/**
 * The step of the recursion at R >= 2. Within one neuron the set grows from T to at most T (1+R); W_r, a function of the growth y = x/T - 1 before
 * the samples r+1, ..., R, is piecewise linear with nodes at multiples of 1/perSample.
 */
export function manySamples(game: Game, grid: Grid, geometry: Sizes): Step {
  const { resamplings: R, density, chances } = game;
  const { perSample } = grid;
  const { sizes, ratio, growth, hit } = geometry;
  const last = sizes.length - 1;
  const place = placing(R * perSample, grid);
  const array = () => new Float64Array((R + 1) * perSample + 2);
  const [start, w, means, slopes, kinks] = [array(), array(), array(), array(), array()];
  const envelope = new Envelope(3 * perSample + 1);
  const merged = mergedChances(chances);

  /** W_0 at y = 0 from W_R = start, which is constant from node `nodes` on. */
  function before(u: number, j: number, nodes: number): number {
    for (let s = 0; s <= nodes + perSample; s++) w[s] = start[Math.min(s, nodes)]!;
    // A node serves the cells at both its sides: h of the smaller size, g of the larger.
    const h = hit(u, sizes[j]! / ratio);
    const size = sizes[j]! * ratio;
    for (let r = R - 1; r >= 0; r--) {
      const top = Math.min(r * perSample, nodes);
      const end = top + perSample;
      if (top === nodes) for (let s = nodes + 1; s <= end; s++) w[s] = w[nodes]!;
      findKinks(end);
      let kink = end + 1;
      for (let s = end; s > top; s--) if (kinks[s]! > 0) kink = s;
      for (let s = top; s >= 0; s--) {
        const p = Math.max(0, growth(u, size * (1 + s / perSample)) - h) / (1 - h);
        if (kink > s + perSample) {
          slopes[s] = w[s]! - w[s + perSample]!;
          means[s] = w[s]! * (1 - p) + w[s + perSample]! * p;
        } else {
          const curve = envelopeFrom(s, r > 0);
          means[s] = curve.at(p * perSample);
          slopes[s] = -curve.slopeAt(p * perSample) * perSample;
        }
        if (p === 0) slopes[s] = 0;
        if (kinks[s]! > 0) kink = s;
      }
      // Between nodes p is linear, and so is the envelope in p but for its change of slope.
      const change = (density * size) / (perSample * u * (1 - h)) / 4;
      let highest = 0;
      let right = 0;
      for (let s = top; s >= 0; s--) {
        const left = s === 0 ? 0 : change * Math.max(0, slopes[s - 1]! - slopes[s]!);
        highest = Math.max(highest, (1 - h) * (means[s]! + Math.max(left, right)));
        w[s] = highest;
        right = left;
      }
    }
    return w[0]!;
  }

  /** A quarter of w's concave kink at each node before `end`; what is nothing but rounding counts as none. */
  function findKinks(end: number): void {
    kinks[0] = 0;
    kinks[end] = 0;
    for (let s = 1; s < end; s++) {
      const kink = 2 * w[s]! - w[s - 1]! - w[s + 1]!;
      kinks[s] = kink > 4e-15 * w[s]! ? kink / 4 : 0;
    }
  }

  /** w on [s, s + perSample]; `between`: with what its interpolation between s and a neighbour may lose. */
  function envelopeFrom(s: number, between: boolean): Envelope {
    envelope.clear();
    envelope.add(0, w[s]!);
    for (let i = s; i < s + perSample; i++)
      envelope.addCell(i - s, 1, w[i]!, w[i + 1]!, between ? Math.max(kinks[i]!, kinks[i + 1]!) : 0);
    return envelope;
  }

  return (value, losses, j) => {
    const nodes = Math.min(R * perSample, Math.ceil(perSample * (sizes[last]! / sizes[j]! - 1)));
    place(value, losses, j, start, nodes);
    // V <= 1: nothing is gained where even the largest set would fail.
    if (start[nodes]! > 1 - 1e-9 && value[j]! <= 1) return 1;
    let mean = 0;
    for (const { u, probability } of sizes[j]! * (1 + R) < 0.02 ? merged : chances)
      mean += probability * (u === 0 ? value[j]! : before(u, j, nodes));
    return mean;
  };
}

/** Fewer values of u, each rounded down: enough while the sets are so small that g is near its largest. */
function mergedChances(chances: readonly Chance[]): Chance[] {
  const floors = [0.8, 0.6, 0.4, 0.2, 0];
  return floors.map((floor, k) => {
    const cell = chances.filter(({ u }) => u >= floor && (k === 0 || u < floors[k - 1]!));
    return {
      u: cell.length === 0 ? 0 : Math.min(...cell.map(({ u }) => u)),
      probability: cell.reduce((sum, { probability }) => sum + probability, 0),
    };
  });
}

/**
 * Places y -> value(sizes[j] (1+y)) on the nodes y = s/perSample: a majorant that also stays above where it is interpolated between j and its neighbours.
 */
function placing(
  count: number,
  { perSample, perOctave }: Grid,
): (value: Float64Array, losses: Float64Array, j: number, start: Float64Array, nodes: number) => void {
  const size = (i: number) => 2 ** (i / perOctave);
  const octaves = (s: number) => perOctave * Math.log2(1 + s / perSample);
  // Where the nodes lie among the sizes from j on: the same for every j, the sizes being geometric.
  const places = Array.from({ length: count + 1 }, (_, s) => {
    const below = Math.floor(octaves(s));
    const inner = [];
    for (let i = Math.floor(octaves(Math.max(0, s - 1))) + 1; i <= below; i++)
      inner.push({ i, p: (size(i) - 1) * perSample - (s - 1) });
    return {
      below,
      part: (1 + s / perSample - size(below)) / (size(below + 1) - size(below)),
      inner,
      // Sizes that may be crossed near this node while j goes to a neighbour.
      from: Math.floor(octaves(Math.max(0, s - 1))) - 1,
      to: Math.ceil(octaves(s + 1)) + 1,
    };
  });
  return (value, losses, j, start, nodes) => {
    const last = value.length - 1;
    const at = (i: number) => value[Math.min(last, j + i)]!;
    let left = 0;
    let above = 0;
    for (let s = 0; s <= nodes; s++) {
      const { below, part, inner, from, to } = places[s]!;
      const exact = at(below) * (1 - part) + at(below + 1) * part;
      let loss = 0;
      for (let i = Math.max(0, j + from); i <= Math.min(last, j + to); i++) loss = Math.max(loss, losses[i]!);
      start[s] = exact + loss;
      // The line from the node before has to stay above the sizes on its way: both its ends are raised.
      let here = 0;
      for (const { i, p } of inner) here = Math.max(here, at(i) - left * (1 - p) - exact * p);
      if (s > 0) start[s - 1]! += Math.max(above, here);
      above = here;
      left = exact;
    }
    start[nodes]! += above;
  };
}
