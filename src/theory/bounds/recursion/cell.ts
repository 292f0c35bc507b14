import type { Game } from './game.js';
import type { Row } from './row.js';
import type { Sizes } from './sizes.js';

/**
 * What V_{k+1} may exceed the line between its values at two neighbouring sizes by, the rows of which have just made a step
 * (docs/theory-width.md, section 5): the sum over the samples, averaged over u.
 */
export function cellLoss(game: Game, sizes: Sizes, low: Row, high: Row): number {
  const { resamplings: R, density: c } = game;
  const { nodes } = sizes;
  const { law, place } = low;
  const { j } = place;
  const dT = nodes[j + 1]! - nodes[j]!;
  const whole = nodes.at(-1)!;
  // From both sizes and both starts, the sum of the values on one diagonal less that on the other.
  let cross = 0;
  for (let i = 0; i < law.nodes.length; i++) {
    const [a, b] = [low.layer(i, 0), high.layer(i, 0)];
    const off = low.values[low.at(a, j + 1)]! + high.values[high.at(b, j)]!;
    const on = low.values[low.at(a, j)]! + high.values[high.at(b, j + 1)]!;
    cross += law.weights[i]! * (off - on);
  }
  let loss = Math.max(0, cross);
  for (let r = R; r >= 1; r--) {
    let before = ofLayers(game, sizes, low, high, 0, r);
    for (let i = 0; i + 1 < law.nodes.length; i++) {
      const after = ofLayers(game, sizes, low, high, i + 1, r);
      const [u, below] = [law.nodes[i]!, law.nodes[i + 1]!];
      const across = Math.max(low.acrossU[low.layer(i + 1, r)]!, high.acrossU[high.layer(i + 1, r)]!);
      const rise = (c * dT) / below;
      // h is 0 up to T = whole - u: a kink between the two sizes.
      const kink =
        whole - nodes[j + 1]! < u && whole - nodes[j]! > below ? Math.max(before.beta, after.beta) : 0;
      const inSize = rise * (Math.max(before.betaRise, after.betaRise) + kink);
      loss += law.masses[i]! * (across + Math.max(before.rest, after.rest) + inSize);
      before = after;
    }
  }
  // A quarter is the most of s (1 - s).
  return loss / 4;
}

interface Losses {
  /** What does not depend on the neighbouring u. */
  readonly rest: number;
  readonly betaRise: number;
  readonly beta: number;
}

/** One u and r, the maxima over the nodes x. */
function ofLayers(
  { resamplings }: Game,
  { nodes, middle }: Sizes,
  low: Row,
  high: Row,
  i: number,
  r: number,
): Losses {
  const { j, size, tops } = low.place;
  const dT = nodes[j + 1]! - size;
  const [a, b] = [low.layer(i, r), high.layer(i, r)];
  const [fromA, fromB] = [low.at(a, j) - j, high.at(b, j) - j];
  let betaRise = 0;
  let beta = 0;
  let alphaRise = 0;
  for (let l = j; l <= tops[r - 1]!; l++) {
    const betaA = low.betas[fromA + l]!;
    const betaB = high.betas[fromB + l]!;
    betaRise = Math.max(betaRise, betaB - betaA);
    beta = Math.max(beta, betaA, betaB);
    alphaRise = Math.max(alphaRise, high.alphas[fromB + l]! / nodes[j + 1]! - low.alphas[fromA + l]! / size);
  }
  // W_R is V_k for both sizes.
  let steeper = 0;
  if (r < resamplings)
    for (let p = low.place.ends[j - low.place.base]!; p < tops[r]!; p++) {
      const more =
        low.values[fromA + p + 1]! -
        low.values[fromA + p]! -
        (high.values[fromB + p + 1]! - high.values[fromB + p]!);
      steeper = Math.max(steeper, more / (nodes[p + 1]! - nodes[p]!));
    }
  const rest =
    Math.max(low.acrossX[a]!, high.acrossX[b]!) +
    Math.max(low.along[a]!, high.along[b]!) +
    (alphaRise + steeper) * dT +
    (low.kinked[a]! + high.kinked[b]! > 0 ? endKinks(nodes, middle, low, high, i, r) : 0);
  return { rest, betaRise, beta };
}

/** Concave kinks near the end of a window [x, x + T], between the ends from the corners of a cell: what interpolating across them loses. */
function endKinks(nodes: Float64Array, middle: number, low: Row, high: Row, i: number, r: number): number {
  const { j, size, tops, ends, base } = low.place;
  const next = nodes[j + 1]!;
  const whole = nodes.at(-1)!;
  const [atLow, atHigh] = [low.at(low.layer(i, r), j) - j, high.at(high.layer(i, r), j) - j];
  const end = tops[r]!;
  let most = 0;
  for (let l = j; l < tops[r - 1]!; l++) {
    const range = nodes[l + 1]! - nodes[l]! + (next - size);
    const from = nodes[l]! + size - range;
    const to = Math.min(nodes[l + 1]! + next, whole);
    let first = ends[l - base]!;
    while (first > j && nodes[first]! > from) first--;
    let othersLow = 0;
    let othersHigh = 0;
    let earlierLow = 0;
    let earlierHigh = 0;
    let inside = false;
    for (let k = first + 1; k < end && nodes[k]! < to; k++) {
      if (k === middle) inside = true;
      else {
        othersLow += low.kinks[atLow + k]!;
        othersHigh += high.kinks[atHigh + k]!;
        if (k < middle) {
          earlierLow = othersLow;
          earlierHigh = othersHigh;
        }
      }
    }
    let lost = Math.max(othersLow, othersHigh);
    if (inside) {
      const [kinkLow, kinkHigh] = [low.kinks[atLow + middle]!, high.kinks[atHigh + middle]!];
      const beforeLow = fallBefore(low, atLow, nodes, middle) - earlierLow;
      const beforeHigh = fallBefore(high, atHigh, nodes, middle) - earlierHigh;
      // The tilted W_r + alpha x has its peak at the middle if W_r falls fast enough after it: then only its rise to the peak is lost.
      const peak = Math.max(
        0,
        fallOfLine(low, atLow, l) - beforeLow,
        fallOfLine(high, atHigh, l) - beforeHigh,
      );
      const peaked =
        kinkLow > 0 &&
        kinkHigh > 0 &&
        fallsFaster(low, atLow, nodes, middle, end, to, beforeLow + othersLow + peak) &&
        fallsFaster(high, atHigh, nodes, middle, end, to, beforeHigh + othersHigh + peak);
      const all = Math.max(othersLow + kinkLow, othersHigh + kinkHigh);
      lost = peaked ? Math.min(lost + peak, all) : all;
    }
    if (range * lost > most) most = range * lost;
  }
  return most;
}

/** The rate at which W_r falls just before the middle. */
function fallBefore({ values }: Row, at: number, nodes: Float64Array, middle: number): number {
  return (values[at + middle - 1]! - values[at + middle]!) / (nodes[middle]! - nodes[middle - 1]!);
}

/** alpha as a rate in x: the more of two neighbouring nodes. */
function fallOfLine({ alphas, place }: Row, at: number, l: number): number {
  return Math.max(alphas[at + l]!, alphas[at + l + 1]!) / place.size;
}

/** Whether W_r falls from the middle to every node up to `to` at least at this rate. */
function fallsFaster(
  { values }: Row,
  at: number,
  nodes: Float64Array,
  middle: number,
  end: number,
  to: number,
  rate: number,
): boolean {
  for (let p = middle + 1; p <= end && nodes[p - 1]! < to; p++)
    if (values[at + middle]! - values[at + p]! < rate * (nodes[p]! - nodes[middle]!)) return false;
  return true;
}
