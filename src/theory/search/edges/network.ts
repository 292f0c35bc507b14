import { mapParts } from '../../../core/pool.js';
import type { Progress } from '../../../core/progress.js';
import { relu, type Target } from '../../problem/target.js';
import approximateChunk, { type EdgeResult, type EdgeTask } from './approximate.js';
import { CHUNK, drawEdge, type EdgeSettings } from './edges.js';

const worker = { file: new URL('./approximate.js', import.meta.url), run: approximateChunk };

/** Threads, and who is told of the chunks that are done. */
export interface EdgeWork {
  readonly workers: number;
  readonly progress?: Progress;
}

/** How many edges a target's weights need. */
export interface LeastEdges {
  /** How many weights are served by so many edges and no fewer. */
  readonly counts: readonly number[];
  /** Weights that the most edges do not serve. */
  readonly unserved: number;
}

/**
 * For every weight of a target the least number of edges that serve it, up to `most`.
 *
 * @param most at least 1
 */
export async function leastEdges(
  settings: EdgeSettings,
  target: Target,
  most: number,
  { workers, progress }: EdgeWork,
): Promise<LeastEdges> {
  const results = await mapParts(
    worker,
    tasksOf(settings, target, 'least', most, workers),
    workers,
    progress,
  );
  const counts: number[] = [];
  let unserved = 0;
  for (const result of results as Extract<EdgeResult, { needed: Int32Array }>[])
    for (const edges of result.needed)
      if (edges < 0) unserved++;
      else counts[edges] = (counts[edges] ?? 0) + 1;
  return { counts: Array.from(counts, (count) => count ?? 0), unserved };
}

/** The edges kept for one layer's weights. */
interface EdgeLayer {
  /** Row-major weight number of each kept edge. */
  readonly weight: Int32Array;
  /** Its edge among those of the weight, and which of the R samples: edge R + index. */
  readonly sample: Int32Array;
  /** For each weight at least |sum of the kept - w|; above the tolerance where no choice is within it, and the nearest is kept. */
  readonly errors: Float64Array;
}

/** A pruned network of parallel edges that approximates a target weight by weight. */
export interface EdgeNetwork {
  readonly settings: EdgeSettings;
  /** d_0, ..., d_l of the target. */
  readonly widths: readonly number[];
  /** n, edges for each weight. */
  readonly edges: number;
  readonly layers: readonly EdgeLayer[];
}

/** The network of n edges a weight that keeps the fewest for each weight, or, where no choice is within the tolerance, the nearest. */
export async function searchEdges(
  settings: EdgeSettings,
  target: Target,
  edges: number,
  { workers, progress }: EdgeWork,
): Promise<EdgeNetwork> {
  const tasks = tasksOf(settings, target, 'fewest', edges, workers);
  const results = (await mapParts(worker, tasks, workers, progress)) as Extract<
    EdgeResult,
    { kept: Int32Array }
  >[];
  const layers = target.matrices.map((matrix, layer): EdgeLayer => {
    const own = results.filter((_, i) => tasks[i]!.layer === layer);
    const kept = own.reduce((sum, result) => sum + result.kept.length, 0);
    const weight = new Int32Array(kept);
    const sample = new Int32Array(kept);
    const errors = new Float64Array(matrix.length);
    let at = 0;
    for (const [chunk, result] of own.entries()) {
      sample.set(result.kept, at);
      errors.set(result.errors, chunk * CHUNK);
      for (const [i, end] of result.ends.entries()) {
        const from = i === 0 ? 0 : result.ends[i - 1]!;
        weight.fill(chunk * CHUNK + i, at + from, at + end);
      }
      at += result.kept.length;
    }
    return { weight, sample, errors };
  });
  return { settings, widths: target.widths, edges, layers };
}

function tasksOf(
  settings: EdgeSettings,
  { matrices }: Target,
  want: EdgeTask['want'],
  edges: number,
  threads: number,
): EdgeTask[] {
  return matrices.flatMap((matrix, layer) =>
    Array.from({ length: Math.ceil(matrix.length / CHUNK) }, (_, chunk) => ({
      settings,
      layer,
      chunk,
      weights: matrix.slice(chunk * CHUNK, (chunk + 1) * CHUNK),
      want,
      edges,
      threads,
    })),
  );
}

/** What {@link searchEdges} found, in numbers. */
export interface EdgeSummary {
  /** n times the target's weights: edges before pruning. */
  readonly edges: number;
  readonly kept: number;
  /** kept / weights. */
  readonly keptPerWeight: number;
  /** How many weights keep 0, 1, 2, ... edges. */
  readonly members: readonly number[];
  /** At least the largest |sum of the kept - w| of the weights that are served, with a bound on the rounding: never above the tolerance. */
  readonly largestError: number;
  /** Weights for which no choice is within the tolerance, and the largest error of theirs, 0 if there is none. */
  readonly unserved: number;
  readonly largestUnserved: number;
}

/** Counts and the largest error. */
export function summarizeEdges({ settings, layers, edges }: EdgeNetwork): EdgeSummary {
  const members: number[] = [];
  let [weights, unserved, kept, largestError, largestUnserved] = [0, 0, 0, 0, 0];
  for (const { weight, errors } of layers) {
    const own = new Int32Array(errors.length);
    for (const w of weight) own[w]!++;
    for (const [i, error] of errors.entries()) {
      members[own[i]!] = (members[own[i]!] ?? 0) + 1;
      if (error <= settings.tolerance) largestError = Math.max(largestError, error);
      else {
        unserved++;
        largestUnserved = Math.max(largestUnserved, error);
      }
    }
    weights += errors.length;
    kept += weight.length;
  }
  return {
    edges: edges * weights,
    kept,
    keptPerWeight: kept / weights,
    members: Array.from(members, (count) => count ?? 0),
    largestError,
    unserved,
    largestUnserved,
  };
}

/**
 * The wide pruned network on a batch: samples drawn again from the seed, every unit copied n times, the copies' kept edges added up.
 *
 * @param inputs row-major `[batch, d_0]`, nonnegative
 * @returns row-major `[batch, d_l]`
 */
export function forwardEdges(network: EdgeNetwork, inputs: Float64Array): Float64Array {
  const { widths, layers } = network;
  let x = inputs;
  for (const k of layers.keys()) {
    const [columns, rows] = [widths[k]!, widths[k + 1]!];
    const batch = x.length / columns;
    const { starts, row, value } = keptOf(network, k);
    const y = new Float64Array(batch * rows);
    for (let b = 0; b < batch; b++) {
      const out = y.subarray(b * rows, (b + 1) * rows);
      for (let c = 0; c < columns; c++) {
        // The ReLU of a copy changes nothing: units are nonnegative.
        const copy = x[b * columns + c]!;
        if (copy === 0) continue;
        const end = starts[c + 1]!;
        for (let e = starts[c]!; e < end; e++) out[row[e]!]! += value[e]! * copy;
      }
    }
    x = k + 1 < layers.length ? relu(y) : y;
  }
  return x;
}

/** The kept edges of a layer, unit by unit that they leave: those of unit c are starts[c] ... starts[c+1] - 1. */
function keptOf({ settings, widths, edges, layers }: EdgeNetwork, k: number) {
  const { weight, sample, errors } = layers[k]!;
  const { resamplings: R } = settings;
  const columns = widths[k]!;
  const starts = new Int32Array(columns + 1);
  for (const w of weight) starts[(w % columns) + 1]!++;
  for (let c = 0; c < columns; c++) starts[c + 1]! += starts[c]!;
  const next = starts.slice();
  const row = new Int32Array(weight.length);
  const value = new Float64Array(weight.length);
  let at = 0;
  for (let chunk = 0; chunk * CHUNK < errors.length; chunk++) {
    const first = chunk * CHUNK;
    const count = Math.min(CHUNK, errors.length - first);
    const drawn = Array.from({ length: edges }, (_, edge) => drawEdge(settings, k, chunk, edge, count));
    for (; at < weight.length && weight[at]! < first + count; at++) {
      const [w, code] = [weight[at]!, sample[at]!];
      const place = next[w % columns]!++;
      row[place] = Math.floor(w / columns);
      value[place] = drawn[Math.floor(code / R)]![(w - first) * R + (code % R)]!;
    }
  }
  return { starts, row, value };
}
