import type { Progress } from '../../core/progress.js';
import { boundByName, corrected, resampledBound } from '../../theory/bounds/index.js';
import { certify } from '../../theory/certify/certify.js';
import { pairOf } from '../../theory/certify/pair.js';
import { effectiveRounding, proofBound } from '../../theory/certify/proof.js';
import { uniform } from '../../theory/problem/distribution.js';
import { hitsOf, type Labelled, targetHits } from '../../theory/problem/labelled.js';
import type { Problem } from '../../theory/problem/problem.js';
import { rescaleTarget, type Target } from '../../theory/problem/target.js';
import {
  type Construction,
  constructionFor,
  exactProbability,
  hiddenWidth,
} from '../../theory/search/construction.js';
import { forwardEffective } from '../../theory/search/effective.js';
import { type FoundNetwork, findNetwork } from '../../theory/simulate/found.js';
import { outcomeNetwork } from '../../theory/simulate/outcome.js';
import { codeBlocks, codedBytes } from './code.js';
import { levels, type StoredRow, storedRows } from './stored.js';

/** What the page of a trained target computes. */
export interface TargetSettings {
  readonly epsilon: number;
  readonly delta: number;
  readonly resamplings: readonly number[];
  /** Neurons a block that are drawn; a block that needs more is counted as failed. */
  readonly drawn: number;
  /** Seconds for each certified bracket. */
  readonly bracketSeconds: number;
  readonly seed: number;
  readonly workers: number;
}

/** The settings of `iterand report --targets`. */
export const TARGET_REPORT = {
  epsilon: 0.1,
  delta: 0.01,
  resamplings: [1, 8, 64],
  drawn: 48,
  bracketSeconds: 10,
} as const;

/** Entry tolerances: `theorem`, those by which the theorem promises epsilon; `coarse`, half of a layer's root mean square weight. */
export type Schedule = 'theorem' | 'coarse';

/** A subnetwork found for the target by sums over neurons. */
export interface SubnetworkRow {
  readonly schedule: Schedule;
  readonly tolerances: readonly number[];
  readonly resamplings: number;
  /** Per layer the neurons a block that are enough in this draw, and the hidden width that makes. */
  readonly neurons: readonly number[];
  readonly hidden: readonly number[];
  /** Per layer the neurons a block by which the theorem promises success (closed form); of its own schedule. */
  readonly promised?: readonly number[];
  readonly unserved: number;
  readonly kept: number;
  /** What names the subnetwork, coded. */
  readonly bytes: number;
  readonly hits: number;
  /** Certified: lower <= sup over the cube of ||f' - g_M|| <= upper, beside what the proof promises. */
  readonly bracket?: { readonly lower: number; readonly upper: number; readonly proof: number };
}

/** The projection map for the same target, by its exact law. */
export interface ProjectionRow {
  readonly resamplings: number;
  /** Per layer the least neurons a block for which that layer fails with probability at most delta / l. */
  readonly neurons: readonly number[];
  readonly hidden: readonly number[];
  readonly hits: number;
}

/** Everything the page shows. */
export interface TargetFigures {
  readonly widths: readonly number[];
  /** f = scale * f'. */
  readonly scale: number;
  readonly weights: number;
  readonly hits: number;
  readonly examples: number;
  readonly projection: readonly ProjectionRow[];
  readonly subnetworks: readonly SubnetworkRow[];
  readonly stored: readonly StoredRow[];
}

/**
 * A trained target f = c f' in numbers: how wide a network each strategy needs for f', what is found, how far off it is, and how many bytes name it.
 *
 * @param told of the part that is done, all parts together
 */
export async function computeTarget(
  trained: Target,
  digits: Labelled,
  settings: TargetSettings,
  told?: Progress,
): Promise<TargetFigures> {
  const { target, scale } = rescaleTarget(trained);
  const { resamplings } = settings;
  const parts = 2 * resamplings.length;
  const subnetworks: SubnetworkRow[] = [];
  for (const schedule of ['theorem', 'coarse'] as const)
    for (const R of resamplings) {
      const part = subnetworks.length;
      const progress: Progress = (done, total) => told?.(part + done / total, parts);
      subnetworks.push(await subnetworkRow(target, digits, schedule, R, settings, progress));
    }
  const tolerances = (schedule: Schedule) => subnetworks.find((row) => row.schedule === schedule)!.tolerances;
  return {
    widths: target.widths,
    scale,
    weights: target.matrices.reduce((sum, matrix) => sum + matrix.length, 0),
    hits: targetHits(target, digits),
    examples: digits.labels.length,
    projection: resamplings.map((R) => projectionRow(target, digits, R, settings)),
    subnetworks,
    stored: storedRows(target, digits, [
      { name: 'rounded within the tolerances of the theorem', halfSteps: tolerances('theorem') },
      { name: 'rounded to 255 levels a layer (8 bits)', halfSteps: levels(target, 8) },
      { name: 'rounded within the coarse tolerances', halfSteps: tolerances('coarse') },
    ]),
  };
}

const problemOf = ({ widths }: Target, R: number, { epsilon, delta }: TargetSettings): Problem => ({
  widths,
  epsilon,
  delta,
  resamplings: R,
});

async function subnetworkRow(
  target: Target,
  digits: Labelled,
  schedule: Schedule,
  R: number,
  settings: TargetSettings,
  progress: Progress,
): Promise<SubnetworkRow> {
  const problem = problemOf(target, R, settings);
  const construction = sumsFor(target, problem, schedule, settings);
  const found = await findNetwork(construction, target, settings.seed, 0, settings.workers, progress);
  const neurons = found.layers.map((layer) => layer.neurons);
  const unserved = found.layers.reduce((sum, layer) => sum + layer.unserved, 0);
  return {
    schedule,
    tolerances: construction.layers.map(({ tolerance }) => tolerance),
    resamplings: R,
    neurons,
    hidden: construction.layers.map((layer, k) => hiddenWidth({ ...layer, neurons: neurons[k]! })),
    ...(schedule === 'theorem'
      ? {
          promised: resampledBound({ recursion: false })
            .layers(problem)
            .map((layer) => layer.neurons!),
        }
      : {}),
    unserved,
    ...codeOf(found, construction, R),
    hits: hitsOf(forwardEffective(found.effective, digits.inputs), digits.labels),
    ...(unserved === 0 ? { bracket: await bracketOf(target, construction, found, settings) } : {}),
  };
}

/** The construction for sums over neurons with the largest u, as many of them drawn as the settings say. */
function sumsFor(
  target: Target,
  problem: Problem,
  schedule: Schedule,
  { drawn }: TargetSettings,
): Construction {
  const signs = corrected.layers(problem).map((layer) => layer.signs!);
  const hidden = signs.map((sides, k) => sides * target.widths[k]! * drawn);
  const construction = constructionFor(problem, corrected, uniform(1), {
    hidden,
    strategy: 'subset-sum-fixed',
  });
  if (schedule === 'theorem') return construction;
  const layers = construction.layers.map((layer, k) => ({
    ...layer,
    // Norms are 1, so the root mean square is 1/sqrt(entries).
    tolerance: 0.5 / Math.sqrt(target.matrices[k]!.length),
  }));
  return { ...construction, layers };
}

function codeOf(found: FoundNetwork, { layers }: Construction, R: number): { kept: number; bytes: number } {
  let [kept, bytes] = [0, 0];
  for (const [k, { blocks }] of found.layers.entries()) {
    const { neurons: drawn, outputs } = layers[k]!;
    const shape = { drawn, outputs, resamplings: R, namesU: false };
    bytes += codedBytes((coder) => codeBlocks(coder, blocks, shape));
    for (const { vs } of blocks) for (const v of vs) if (v >= 0) kept++;
  }
  return { kept, bytes };
}

async function bracketOf(
  target: Target,
  construction: Construction,
  found: FoundNetwork,
  { bracketSeconds, seed }: TargetSettings,
) {
  const pair = pairOf(target, found.effective);
  const proof = proofBound(target, construction);
  const rounding = effectiveRounding(pair, construction);
  const { lower, upper } = await certify(pair, { gap: 0.01, seconds: bracketSeconds, seed, proof, rounding });
  return { lower, upper, proof };
}

function projectionRow(target: Target, digits: Labelled, R: number, settings: TargetSettings): ProjectionRow {
  const problem = problemOf(target, R, settings);
  const { layers, ...rest } = constructionFor(problem, boundByName('corrected'), uniform(1));
  const least = layers.map((layer, k) => {
    const alone = { widths: [layer.inputs, layer.outputs], matrices: [target.matrices[k]!] };
    const fails = (neurons: number) =>
      exactProbability({ ...rest, layers: [{ ...layer, neurons }] }, alone).failure >
      settings.delta / layers.length;
    return { ...layer, neurons: leastInteger(fails, 2 * layer.neurons) };
  });
  const { effective } = outcomeNetwork({ ...rest, layers: least }, target, settings.seed, 0);
  return {
    resamplings: R,
    neurons: least.map(({ neurons }) => neurons),
    hidden: least.map(hiddenWidth),
    hits: hitsOf(forwardEffective(effective, digits.inputs), digits.labels),
  };
}

/** The least integer, to four digits, from which on a test is false. @param enough one for which it is */
function leastInteger(test: (n: number) => boolean, enough: number): number {
  let [low, high] = [0, enough];
  while (high - low > Math.max(1, 1e-4 * high)) {
    const middle = low + Math.floor((high - low) / 2);
    if (test(middle)) low = middle;
    else high = middle;
  }
  return high;
}
