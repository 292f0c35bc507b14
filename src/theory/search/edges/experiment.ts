import type { Progress } from '../../../core/progress.js';
import { hitsOf, type Labelled } from '../../problem/labelled.js';
import type { Target } from '../../problem/target.js';
import type { EdgeSettings } from './edges.js';
import {
  type EdgeNetwork,
  type EdgeSummary,
  forwardEdges,
  leastEdges,
  searchEdges,
  summarizeEdges,
} from './network.js';

/** Experiment 1 of Pensia et al. 2020, "Optimal lottery tickets via SubsetSum", as they published it. */
export const PUBLISHED = {
  widths: [784, 500, 10],
  tolerance: 0.01,
  low: -0.464,
  high: 0.541,
  edges: 21,
  /** Of 8,337,000; any choice within the tolerance, one mixed-integer program for each weight. */
  kept: 3_725_871,
  keptPerWeight: 9.39,
  seconds: 77_266,
  cores: 36,
} as const;

/** What {@link edgeExperiment} is asked for. */
export interface EdgeExperiment {
  readonly tolerance: number;
  readonly low: number;
  readonly high: number;
  readonly seed: number;
  /** n of the first row, at R = 1. */
  readonly edges: number;
  /** R of the rows after it, each with the least n that serves every weight. */
  readonly resamplings: readonly number[];
  readonly workers: number;
}

/** One network of parallel edges. */
export interface EdgeRow extends EdgeSummary {
  /** R. */
  readonly resamplings: number;
  /** n, edges for each weight. */
  readonly edgesPerWeight: number;
  /** Where n was looked for: the weights that even the most edges looked at do not serve, 0 if n serves all. */
  readonly outOfReach?: number;
  /** Inputs that the wide pruned network puts in their class. */
  readonly hits: number;
  readonly accuracy: number;
  readonly seconds: number;
}

/** The most edges for which the least n is looked. */
export const MOST_EDGES = 40;

/**
 * Every weight of a target as a sum of the fewest of n random numbers: first with n edges at R = 1, then, for each R, with the least n that serves
 * every weight. Each pruned network is evaluated on the inputs.
 *
 * @param progress told of the share of a row that is done, with the row's number from 0
 * @param found given each row's network
 */
export async function* edgeExperiment(
  target: Target,
  digits: Labelled,
  { resamplings, edges, workers, ...rest }: EdgeExperiment,
  progress?: (row: number) => Progress,
  found?: (network: EdgeNetwork) => void,
): AsyncGenerator<EdgeRow> {
  const rows: readonly { R: number; n?: number }[] = [{ R: 1, n: edges }, ...resamplings.map((R) => ({ R }))];
  for (const [row, { R, n }] of rows.entries()) {
    const started = performance.now();
    const settings: EdgeSettings = { ...rest, resamplings: R };
    const told = progress?.(row);
    const half = (part: 0 | 1) =>
      told && ((done: number, total: number) => told(part * total + done, 2 * total));
    const work = (part: 0 | 1) => ({ workers, ...(told === undefined ? {} : { progress: half(part)! }) });
    const least = n === undefined ? await leastEdges(settings, target, MOST_EDGES, work(0)) : undefined;
    const edgesPerWeight = n ?? Math.max(1, least!.counts.length - 1);
    const network = await searchEdges(settings, target, edgesPerWeight, work(1));
    found?.(network);
    const hits = hitsOf(forwardEdges(network, digits.inputs), digits.labels);
    yield {
      resamplings: R,
      edgesPerWeight,
      ...(least === undefined ? {} : { outOfReach: least.unserved }),
      ...summarizeEdges(network),
      hits,
      accuracy: hits / digits.labels.length,
      seconds: (performance.now() - started) / 1000,
    };
  }
}
