import { InputError, requireInteger } from '../../core/errors.js';
import { type Bound, corrected } from '../bounds/index.js';
import { all, blockProbability, type OutputGroup, type Probability } from '../probability/exact.js';
import type { WeightDistribution } from '../problem/distribution.js';
import { type Problem, requireProblem, requireWidth } from '../problem/problem.js';
import type { Target } from '../problem/target.js';
import { type StrategyName, strategyByName } from './strategies/index.js';

/** One layer of the projection-map construction (paper, Section 4.3; theory.md, section 2). */
export interface ConstructionLayer {
  /** d_{i-1}: each input coordinate has a block of its own for every sign. */
  readonly inputs: number;
  /** d_i: each block serves every output. */
  readonly outputs: number;
  /** n_i, neurons per block. */
  readonly neurons: number;
  /** 2: blocks I and J for x and -x (Eq. 8); 1: inputs are known to be nonnegative. */
  readonly signs: 1 | 2;
  /** t_i: u within t/2 of +-1 and v within t/2 of +-w (Eq. 11, 12). */
  readonly tolerance: number;
}

/** What is searched, and in what: all that decides whether the construction succeeds but the target and the luck. */
export interface Construction {
  readonly layers: readonly ConstructionLayer[];
  /** R, samples per entry. */
  readonly resamplings: number;
  readonly distribution: WeightDistribution;
  /** How the subnetwork is looked for. */
  readonly strategy: StrategyName;
  /** Sums that an anytime search may look at for a weight where an exact one would not fit into memory; left out, that is an error. */
  readonly anytime?: number;
}

/** D_i of a layer: its blocks side by side. */
export const hiddenWidth = (layer: ConstructionLayer): number => layer.signs * layer.inputs * layer.neurons;

/** What may be set apart from the bound. */
export interface ConstructionOptions {
  /** One tolerance for all layers in place of the bound's schedule. */
  readonly tolerance?: number;
  /** Hidden widths D_1, ..., D_l in place of the bound's. */
  readonly hidden?: readonly number[];
  /** `projection`, the paper's, where left out. */
  readonly strategy?: StrategyName;
  /** As in {@link Construction}. */
  readonly anytime?: number;
}

/**
 * The construction at a bound's widths, signs and tolerances. A bound without blocks (an order of growth, a formula)
 * gets the corrected theorem's signs and schedule; its width is cut to whole blocks.
 *
 * @throws InputError on a bad problem, a bound for sums over several neurons, or hidden widths of the wrong number or size
 */
export function constructionFor(
  problem: Problem,
  bound: Bound,
  distribution: WeightDistribution,
  options: ConstructionOptions = {},
): Construction {
  requireProblem(problem);
  const { hidden, tolerance, strategy = 'projection', anytime } = options;
  if (bound.sums && hidden === undefined && !strategyByName(strategy).sums)
    throw new InputError(
      `bound '${bound.name}'`,
      `its widths are for sums over several neurons, and the strategy '${strategy}' serves a weight by one neuron`,
      "take the strategy 'subset-sum-fixed', the bound 'corrected', or give hidden widths",
    );
  if (anytime !== undefined) requireInteger('anytime', anytime, 1, Number.MAX_SAFE_INTEGER);
  const bounded = bound.layers(problem);
  const schedule = corrected.layers(problem);
  if (hidden !== undefined && hidden.length !== bounded.length)
    throw new InputError(
      `hidden widths ${hidden.join(',')}`,
      `must be ${bounded.length}, one per layer`,
      'pass one D_i for each',
    );
  if (tolerance !== undefined && !(tolerance > 0 && tolerance <= 2))
    throw new InputError(
      `tolerance ${tolerance}`,
      'must lie in (0, 2]',
      'leave it out for the schedule of the bound',
    );
  const layers = bounded.map((layer, k): ConstructionLayer => {
    const inputs = problem.widths[k]!;
    const signs = layer.signs ?? schedule[k]!.signs!;
    const width = requireWidth(`hidden width D_${k + 1}`, hidden?.[k] ?? layer.width);
    return {
      inputs,
      outputs: problem.widths[k + 1]!,
      signs,
      // The bound's own count where it has one: above 2^53 the width divided back may be one off.
      neurons: (hidden === undefined ? layer.neurons : undefined) ?? Math.floor(width / (signs * inputs)),
      tolerance: tolerance ?? layer.tolerance ?? schedule[k]!.tolerance!,
    };
  });
  const { resamplings } = problem;
  return { layers, resamplings, distribution, strategy, ...(anytime === undefined ? {} : { anytime }) };
}

/** The two signs of Eq. 8, or the one that nonnegative inputs need. */
export const signsOf = (layer: ConstructionLayer): readonly (1 | -1)[] => (layer.signs === 2 ? [1, -1] : [1]);

/**
 * The exact probability that the projection map succeeds for this target: the product over layers, coordinates and
 * signs of the blocks' probabilities, which are independent (theory.md, section 2).
 *
 * @throws InputError if the construction has another strategy, for which no formula is known
 */
export function exactProbability(construction: Construction, target: Target): Probability {
  requireShapes(construction, target);
  requireProjection(construction, 'the exact success probability');
  return all(blocks(construction, target));
}

/** @throws InputError unless the strategy is the projection map */
export function requireProjection({ strategy }: Construction, what: string): void {
  if (strategy !== 'projection')
    throw new InputError(
      what,
      `is known for the strategy 'projection' alone, not for '${strategy}'`,
      "draw the samples (the simulators 'blocks' and 'draws')",
    );
}

function* blocks(construction: Construction, target: Target): Generator<Probability> {
  const { distribution, resamplings, layers } = construction;
  for (const [k, layer] of layers.entries()) {
    const half = layer.tolerance / 2;
    for (const sign of signsOf(layer)) {
      const pu = distribution.mass(sign, half);
      // Most blocks of a layer have the same masses: each kind is computed once.
      const known = new Map<string, Probability>();
      for (let j = 0; j < layer.inputs; j++) {
        const outputs = outputGroups(construction, target.matrices[k]!, layer, j, sign);
        const key = outputs.map(({ pv, count }) => `${pv}:${count}`).join(' ');
        let block = known.get(key);
        if (block === undefined) {
          block = blockProbability(layer.neurons, resamplings, pu, outputs);
          known.set(key, block);
        }
        yield block;
      }
    }
  }
}

/** The outputs of coordinate j's block, grouped by the mass of v's window. */
function outputGroups(
  { distribution }: Construction,
  matrix: Float64Array,
  layer: ConstructionLayer,
  j: number,
  sign: 1 | -1,
): OutputGroup[] {
  const counts = new Map<number, number>();
  for (let k = 0; k < layer.outputs; k++) {
    const pv = distribution.mass(sign * matrix[k * layer.inputs + j]!, layer.tolerance / 2);
    counts.set(pv, (counts.get(pv) ?? 0) + 1);
  }
  return [...counts].sort(([a], [b]) => a - b).map(([pv, count]) => ({ pv, count }));
}

/** @throws InputError unless the target has the construction's shapes */
export function requireShapes(construction: Construction, target: Target): void {
  const { layers } = construction;
  const { widths } = target;
  if (
    layers.length !== widths.length - 1 ||
    layers.some(({ inputs, outputs }, k) => inputs !== widths[k] || outputs !== widths[k + 1])
  )
    throw new InputError(
      `target of widths ${widths.join(',')}`,
      `must have layers ${layers.map(({ inputs, outputs }) => `${inputs} to ${outputs}`).join(', ')}`,
      'pass the same widths',
    );
}
