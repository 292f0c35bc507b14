import { InputError } from '../../core/errors.js';
import { twoValuedErrorFloor } from '../probability/finite-values.js';
import type { WeightLaw } from '../problem/distribution.js';
import { type Problem, requireProblem } from '../problem/problem.js';
import {
  type Bound,
  bestOf,
  bounds,
  corrected,
  type LayerBound,
  lowerBounds,
  resampled as named,
} from './index.js';
import { resampledFor } from './other-laws.js';
import { resampledBound } from './resampled.js';
import { outsideProof } from './scope.js';

/** What one bound says of a problem. */
export interface BoundRow {
  readonly name: string;
  readonly source: string;
  /** Set where the source gives an order alone. */
  readonly constants?: string;
  /** Why it is not proved for these weights. */
  readonly warning?: string;
  readonly layers: readonly LayerBound[];
}

/** What one lower bound says of a problem. */
export interface LowerRow {
  readonly name: string;
  readonly source: string;
  readonly about: string;
  /** Why it is not proved for these weights. */
  readonly warning?: string;
  /** The least D_1 that it leaves. */
  readonly width: number;
}

/** Which forms of the bounds are asked for. */
export interface TableOptions {
  /** Whether `resampled` tries its recursion, seconds in place of milliseconds. */
  readonly recursion: boolean;
  /** Whether one scalar may multiply the network's output. */
  readonly rescaled?: boolean;
  /** Bounds beside the named ones. */
  readonly own?: readonly Bound[];
}

/**
 * Every bound that says something of a problem, for weights of a law, and what is necessary.
 *
 * @throws InputError on a bad problem, a law that a bound cannot do with, or rescaling where it means nothing
 */
export function boundsTable(
  problem: Problem,
  law: WeightLaw,
  options: TableOptions,
): { readonly bounds: BoundRow[]; readonly lower: LowerRow[] } {
  requireProblem(problem);
  return {
    bounds: applicable(problem, law, options).map((bound): BoundRow => {
      const { name, source, constants } = bound;
      const layers = bound.layers(problem);
      const warning = outsideProof(bound, layers, law);
      return {
        name,
        source,
        ...(constants === undefined ? {} : { constants }),
        ...(warning === undefined ? {} : { warning }),
        layers,
      };
    }),
    lower: lowerBounds
      .filter((bound) => bound.applies(problem))
      .map((bound) => ({
        name: bound.name,
        source: bound.source,
        about: bound.about,
        ...(bound.provedFor(law) ? {} : { warning: `not proved for ${law.name}` }),
        width: bound.width(problem),
      })),
  };
}

/** How far the worst weight stays from every slope whatever the width and R; undefined for laws of more than two values. */
export const errorFloor = (law: WeightLaw): number | undefined =>
  isTwoValued(law) ? twoValuedErrorFloor(law.scales[0]!) : undefined;

const isTwoValued = ({ name }: WeightLaw) => /^(?:two-valued|sc):/.test(name);

function applicable(
  problem: Problem,
  law: WeightLaw,
  { recursion, rescaled = false, own = [] }: TableOptions,
): Bound[] {
  if (rescaled && law.uniform === 1)
    throw new InputError('--rescaled', 'means nothing for uniform:1, the theorem’s own unit', 'leave it out');
  const uniform = recursion ? named : resampledBound({ recursion });
  const resampled = law.uniform === 1 ? uniform : resampledFor(law, { rescaled });
  const replaced = new Map([resampled, bestOf(resampled)].map((bound) => [bound.name, bound]));
  const single = problem.widths.join() === '1,1';
  return [...bounds, ...own]
    .map((bound) => replaced.get(bound.name) ?? bound)
    .filter(({ name }) => {
      if (name === 'resampled') return !isTwoValued(law);
      if (name === 'best') return !isTwoValued(law) && correctedIsProved(problem, law);
      if (name === 'lemma-4.2') return single && problem.resamplings === 1;
      return name !== 'proposition-4.3' || single;
    });
}

/** `best` mixes in the corrected theorem's blocks, which have to be proved for this distribution. */
const correctedIsProved = (problem: Problem, law: WeightLaw) =>
  outsideProof(corrected, corrected.layers(problem), law) === undefined;
