import { FewestMembers } from '../subset/fewest.js';
import { requireRoom } from '../subset/room.js';
import { SubsetSums, subsetSumBytes } from '../subset/subset-sums.js';
import { CHUNK, drawEdge, type EdgeSettings } from './edges.js';

/** A chunk of a layer's weights to approximate, as a message to a worker. */
export interface EdgeTask {
  readonly settings: EdgeSettings;
  /** From 0. */
  readonly layer: number;
  readonly chunk: number;
  readonly weights: Float64Array;
  /** `least`: the fewest edges that serve each weight, of at most `edges`; `fewest`: the fewest members among `edges` edges. */
  readonly want: 'least' | 'fewest';
  readonly edges: number;
  /** Chunks that are searched at the same time. */
  readonly threads: number;
}

/** What was found for a chunk. */
export type EdgeResult =
  | {
      /** For each weight the least number of edges that serve it; -1 where none up to the most does. */
      readonly needed: Int32Array;
    }
  | {
      /** Kept samples, weight by weight: edge R + index. */
      readonly kept: Int32Array;
      /** Where each weight's kept samples end. */
      readonly ends: Int32Array;
      /** For each weight at least |sum of the kept - w| in exact arithmetic; above the tolerance where no choice is within it. */
      readonly errors: Float64Array;
    };

const sums = new SubsetSums();
const fewest = new FewestMembers();

/** Approximates a chunk in one thread. @throws InputError if the sums of its numbers need more memory than there is */
export default function approximateChunk(task: EdgeTask): EdgeResult {
  return task.want === 'least' ? leastEdges(task) : fewestMembers(task);
}

/** The searches compare rounded sums: so much is held back that the exact sum stays within the tolerance. */
const guarded = ({ tolerance, low, high }: EdgeSettings, edges: number): number =>
  tolerance - roundingOf(edges, 2 * edges * Math.max(Math.abs(low), Math.abs(high)) + 1);

/** Rounding of a sum of `count` numbers and its difference to a weight at most, where absolute values add up to `size`: count + 1 operations of 2^-53 each, doubled. */
const roundingOf = (count: number, size: number): number => (count + 1) * 2 ** -52 * size;

/** @throws InputError if the next step, of `bytes`, is larger than the memory */
function requireSums(bytes: number, { settings, edges, threads }: EdgeTask): void {
  const { resamplings: R } = settings;
  requireRoom(
    bytes,
    new Array<number>(edges).fill(R),
    `the sums of up to ${edges} numbers with R = ${R} samples each`,
    'pass a larger tolerance, fewer resamplings, fewer edges, a wider range, or fewer workers',
    threads,
  );
}

function leastEdges(task: EdgeTask): EdgeResult {
  const { settings, layer, chunk, weights, edges } = task;
  const { resamplings: R } = settings;
  const t = guarded(settings, edges);
  const drawn: Float64Array[] = [];
  const samples = (edge: number) => {
    drawn[edge] ??= drawEdge(settings, layer, chunk, edge, weights.length);
    return drawn[edge];
  };
  const needed = new Int32Array(weights.length);
  for (const [i, w] of weights.entries()) {
    sums.clear();
    let [least, most] = [0, 0];
    let added = 0;
    for (let edge = 0; ; edge++) {
      // Sums are made once the weight is within reach of the largest and the least sample of each edge.
      if (w >= least - t && w <= most + t) {
        if (added < edge) requireSums(subsetSumBytes(new Array<number>(edge).fill(R)), task);
        for (; added < edge; added++) sums.add(samples(added), i * R, (i + 1) * R);
        if (sums.within(w, t)) {
          needed[i] = edge;
          break;
        }
      }
      if (edge === edges) {
        needed[i] = -1;
        break;
      }
      const own = samples(edge).subarray(i * R, (i + 1) * R);
      least += own.reduce((a, b) => Math.min(a, b), 0);
      most += own.reduce((a, b) => Math.max(a, b), 0);
    }
  }
  return { needed };
}

function fewestMembers(task: EdgeTask): EdgeResult {
  const { settings, layer, chunk, weights, edges } = task;
  const { resamplings: R } = settings;
  const bytes = subsetSumBytes(new Array<number>(edges).fill(R));
  const t = guarded(settings, edges);
  const drawn = Array.from({ length: edges }, (_, edge) =>
    drawEdge(settings, layer, chunk, edge, weights.length),
  );
  const groups = {
    values: new Float64Array(edges * R),
    ends: Array.from({ length: edges }, (_, edge) => (edge + 1) * R),
  };
  const kept: number[] = [];
  const ends = new Int32Array(weights.length);
  const errors = new Float64Array(weights.length);
  const members: number[] = [];
  for (const [i, w] of weights.entries()) {
    for (const [edge, own] of drawn.entries())
      for (let r = 0; r < R; r++) groups.values[edge * R + r] = own[i * R + r]!;
    fewest.find(groups, w, t, members, () => requireSums(bytes, task));
    kept.push(...members);
    errors[i] = errorOf(groups.values, members, w);
    ends[i] = kept.length;
  }
  return { kept: Int32Array.from(kept), ends, errors };
}

/** An upper bound of |sum - w|: what is computed, and the rounding of it. */
function errorOf(values: Float64Array, members: readonly number[], w: number): number {
  let [sum, size] = [0, Math.abs(w)];
  for (const member of members) {
    sum += values[member]!;
    size += Math.abs(values[member]!);
  }
  return Math.abs(sum - w) + (members.length === 0 ? 0 : roundingOf(members.length, size));
}

/**
 * The errors of kept samples, added up in their order as {@link approximateChunk} did: the samples are drawn again.
 *
 * @param layer from 0
 * @param weight rising weight numbers of the kept samples, within the matrix; `sample`: edge R + index of each
 */
export function errorsOf(
  settings: EdgeSettings,
  layer: number,
  edges: number,
  matrix: Float64Array,
  weight: Int32Array,
  sample: Int32Array,
): Float64Array {
  const { resamplings: R } = settings;
  const errors = new Float64Array(matrix.length);
  let at = 0;
  for (let first = 0; first < matrix.length; first += CHUNK) {
    const count = Math.min(CHUNK, matrix.length - first);
    const drawn = Array.from({ length: edges }, (_, edge) =>
      drawEdge(settings, layer, first / CHUNK, edge, count),
    );
    for (let w = first; w < first + count; w++) {
      const from = at;
      while (at < weight.length && weight[at] === w) at++;
      const values = Float64Array.from(
        sample.subarray(from, at),
        (code) => drawn[Math.floor(code / R)]![(w - first) * R + (code % R)]!,
      );
      errors[w] = errorOf(values, [...values.keys()], matrix[w]!);
    }
  }
  return errors;
}
