import type { Game, Law } from './game.js';
import type { Place, Sizes } from './sizes.js';

/**
 * One size T: W_r at the nodes for every u of the law, and the duals that bound the step from W_r to W_{r-1}: with the growth zeta T,
 * W_r(x + zeta T) + alpha zeta <= D on [0, 1], so that W_{r-1}(x) = D - alpha g - (D - alpha) h (docs/theory-width.md, section 5). Arrays are by u, then r, then node.
 */
export class Row {
  /** The size it is at. */
  place: Place;
  readonly law: Law;
  readonly values: Float64Array;
  readonly alphas: Float64Array;
  /** D - alpha. */
  readonly betas: Float64Array;
  /** Concave kinks of W_r: by how much its slope falls at a node. */
  readonly kinks: Float64Array;
  /** By u and r, four times the most that is lost between neighbouring u, between neighbouring nodes, and by moving alpha along nodes. */
  readonly acrossU: Float64Array;
  readonly acrossX: Float64Array;
  readonly along: Float64Array;
  /** Whether W_r has concave kinks. */
  readonly kinked: Uint8Array;
  readonly #game: Game;
  readonly #sizes: Sizes;
  readonly #stride: number;
  readonly #next: Int32Array;

  /** @param stride the most nodes that any of its places has */
  constructor(game: Game, sizes: Sizes, place: Place, law: Law, stride: number) {
    [this.#game, this.#sizes, this.place, this.law] = [game, sizes, place, law];
    const layers = law.nodes.length * (game.resamplings + 1);
    this.#stride = stride;
    const array = () => new Float64Array(layers * this.#stride);
    [this.values, this.alphas, this.betas, this.kinks] = [array(), array(), array(), array()];
    [this.acrossU, this.acrossX, this.along] = [
      new Float64Array(layers),
      new Float64Array(layers),
      new Float64Array(layers),
    ];
    this.kinked = new Uint8Array(layers);
    this.#next = new Int32Array(this.#stride + 1);
  }

  /** Where the arrays have node l of layer (u, r). */
  at(layer: number, l: number): number {
    return layer * this.#stride + l - this.place.base;
  }

  layer(i: number, r: number): number {
    return i * (this.#game.resamplings + 1) + r;
  }

  /** From V_k: the value at a size, the mean over the law. */
  step(place: Place, value: Float64Array): number {
    this.place = place;
    const { law } = this;
    const R = this.#game.resamplings;
    let mean = law.unused * value[place.j]!;
    for (let i = 0; i < law.nodes.length; i++) {
      const top = this.layer(i, R);
      for (let l = place.base; l <= place.tops[R]!; l++) this.values[this.at(top, l)] = value[l]!;
      for (let r = R; r >= 1; r--) this.#sample(i, r);
      mean += law.weights[i]! * this.values[this.at(this.layer(i, 0), place.j)]!;
    }
    return mean;
  }

  #sample(i: number, r: number): void {
    const { density: c } = this.#game;
    const { nodes } = this.#sizes;
    const { base, size, tops, ends, parts } = this.place;
    const { values, alphas, betas } = this;
    const kinkAfter = this.#next;
    const whole = nodes.at(-1)!;
    const layer = this.layer(i, r);
    const [from, to] = [this.at(layer, base) - base, this.at(layer - 1, base) - base];
    const us = this.law.nodes;
    const s = 1 / us[i]!;
    const [low, high] = [1 / us[Math.max(0, i - 1)]!, 1 / us[Math.min(us.length - 1, i + 1)]!];
    const h = Math.max(0, c * (1 - (whole - size) * s));
    this.#findKinks(layer, r);
    const top = tops[r - 1]!;
    let across = 0;
    let along = 0;
    for (let l = top; l >= base; l--) {
      const x = nodes[l]!;
      const g = Math.max(0, c * (1 - x * s));
      let most = values[from + l]!;
      let alpha = 0;
      if (x + size < whole) {
        const end = ends[l - base]!;
        const part = parts[l - base]!;
        const last = values[from + end]! + (values[from + end + 1]! - values[from + end]!) * part;
        alpha = most - last;
        const kink = kinkAfter[l - base]!;
        if (kink < end || (kink === end && part > 0)) {
          const mean = (size * Math.max(0, g - h)) / (1 - h);
          const slope = this.#touch(from, l, end, last, mean, kink);
          alpha = slope.fall * size;
          most = slope.most;
        }
      }
      alphas[from + l] = alpha;
      betas[from + l] = most - alpha;
      const here = most - alpha * g - (most - alpha) * h;
      if (l === top) {
        values[to + l] = here;
        continue;
      }
      values[to + l] = Math.max(here, values[to + l + 1]!);
      const dx = nodes[l + 1]! - x;
      const next = alphas[from + l + 1]!;
      if (x * low < 1) {
        // g is 0 from x = u on: a kink between nodes.
        const kink = nodes[l + 1]! * high > 1 ? Math.max(alpha, next) : 0;
        across = Math.max(across, (Math.max(0, alpha - next) + kink) * c * dx * high);
      }
      along = Math.max(along, ((next - alpha) / size) * dx);
    }
    this.acrossX[layer] = across;
    this.along[layer] = along;
    this.acrossU[layer] = i === 0 ? 0 : this.#acrossU(i, r, h);
  }

  /** Concave kinks of W_r, and for every node the next of them. */
  #findKinks(layer: number, r: number): void {
    const { nodes } = this.#sizes;
    const { base, tops } = this.place;
    const from = this.at(layer, base) - base;
    const end = tops[r]!;
    const { values, kinks } = this;
    const after = this.#next;
    let next = nodes.length;
    let right = 0;
    kinks[from + end] = 0;
    after[end - base] = next;
    for (let l = end - 1; l >= base; l--) {
      const fall = (values[from + l]! - values[from + l + 1]!) / (nodes[l + 1]! - nodes[l]!);
      if (l + 1 < end) {
        const kink = Math.max(0, right - fall);
        kinks[from + l + 1] = kink;
        if (kink > 0) next = l + 1;
      }
      after[l - base] = next;
      right = fall;
    }
    kinks[from + base] = 0;
    this.kinked[layer] = next < nodes.length ? 1 : 0;
  }

  /** The line over W_r on [x, x + T] that touches its concave envelope at the mean growth: its fall, and its value at x. */
  #touch(from: number, l: number, end: number, last: number, mean: number, firstKink: number) {
    const { nodes } = this.#sizes;
    const { base, size } = this.place;
    const x = nodes[l]!;
    const stop = x + size;
    const { values } = this;
    const after = this.#next;
    let vx = x;
    let vy = values[from + l]!;
    let kink = firstKink;
    for (;;) {
      // Corners of the envelope are concave kinks.
      let toX = stop;
      let toY = last;
      let fall = (vy - last) / (stop - vx);
      for (let k = kink; k <= end && nodes[k]! < stop; k = after[k - base]!) {
        const other = (vy - values[from + k]!) / (nodes[k]! - vx);
        if (other < fall) {
          fall = other;
          toX = nodes[k]!;
          toY = values[from + k]!;
        }
      }
      if (toX >= stop || x + mean <= toX) return { fall: Math.max(0, fall), most: vy + fall * (vx - x) };
      vx = toX;
      vy = toY;
      while (kink <= end && nodes[kink]! <= vx) kink = after[kink - base]!;
    }
  }

  /** Between u[i-1] and u[i], at a node: what alpha and g, beta and h lose by being interpolated apart, and g and h by their kinks at 0. */
  #acrossU(i: number, r: number, h: number): number {
    const { density: c } = this.#game;
    const { nodes } = this.#sizes;
    const { base, size, tops } = this.place;
    const [s0, s] = [1 / this.law.nodes[i - 1]!, 1 / this.law.nodes[i]!];
    const here = this.at(this.layer(i, r), base) - base;
    const before = this.at(this.layer(i - 1, r), base) - base;
    const whole = nodes.at(-1)!;
    const raw0 = c * (1 - (whole - size) * s0);
    const raw = c * (1 - (whole - size) * s);
    const h0 = Math.max(0, raw0);
    const gapH = raw0 > 0 && raw < 0 ? (4 * raw0 * -raw) / (raw0 - raw) : 0;
    const { alphas, betas } = this;
    let most = 0;
    for (let l = base; l <= tops[r - 1]!; l++) {
      const g0 = c * (1 - nodes[l]! * s0);
      const g = c * (1 - nodes[l]! * s);
      const a0 = alphas[before + l]!;
      const a = alphas[here + l]!;
      const b0 = betas[before + l]!;
      const b = betas[here + l]!;
      let loss = Math.max(0, (a - a0) * (Math.max(0, g) - Math.max(0, g0)) + (b - b0) * (h - h0));
      if (g0 > 0 && g < 0) loss += (Math.max(a, a0) * 4 * g0 * -g) / (g0 - g);
      if (gapH > 0) loss += Math.max(b, b0) * gapH;
      if (loss > most) most = loss;
    }
    return most;
  }
}
