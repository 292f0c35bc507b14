import { InputError, requireOneOf } from '../../core/errors.js';
import { type Range, readNumber, readNumbers } from '../../core/read-number.js';
import { requireSeed } from '../../core/rng.js';
import { type Bound, boundByName } from '../../theory/bounds/index.js';
import { parseDistribution, type WeightDistribution } from '../../theory/problem/distribution.js';
import { type Problem, requireProblem, requireWidth } from '../../theory/problem/problem.js';
import {
  makeTarget,
  singleWeightTarget,
  type Target,
  targetEntries,
  targetKinds,
} from '../../theory/problem/target.js';
import { type Construction, constructionFor, hiddenWidth } from '../../theory/search/construction.js';
import { defaultBound, strategyNames } from '../../theory/search/strategies/index.js';
import { type Field, fields, OWN_BOUND, type State } from '../state.js';
import { scaled } from './curve.js';

/** A bad input and the field it stands in. */
export class FieldError extends Error {
  constructor(
    readonly field: Field,
    override readonly message: string,
  ) {
    super(message);
  }
}

/** Runs what may find the field's input bad. */
export function inField<T>(field: Field, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof InputError) throw new FieldError(field, error.message);
    throw error;
  }
}

/** @throws FieldError */
export const readNumberOf = (state: State, field: Field, range: Range = {}): number =>
  inField(field, () => readNumber(field, state[field], range));

/** The problem of the fields. @throws FieldError */
export function readProblem(state: State): Problem {
  const problem = {
    widths: inField('widths', () => readNumbers('widths', state.widths)),
    epsilon: readNumberOf(state, 'epsilon'),
    delta: readNumberOf(state, 'delta'),
    resamplings: readNumberOf(state, 'resamplings'),
  };
  try {
    return requireProblem(problem);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new FieldError(fields.find((field) => error.what.startsWith(field)) ?? 'widths', error.message);
  }
}

/** @throws FieldError */
export const readLaw = (state: State): WeightDistribution =>
  inField('distribution', () => parseDistribution(state.distribution));

/** The most entries of a target that the page draws: 32 MB. */
const MOST_DRAWN = 2 ** 22;

/** What the page takes as a target: a kind that is drawn, or one weight of the user's. */
export const targetChoices = [...targetKinds, 'weight'] as const;

/** The target network, drawn as the command line draws it. @throws FieldError */
function readTarget(state: State, { widths }: Problem): Target {
  const seed = readSeed(state);
  const kind = inField('target', () => requireOneOf('target', state.target, targetChoices));
  if (kind === 'weight') {
    const w = readNumberOf(state, 'weight', { least: -1, most: 1 });
    if (widths.join() === '1,1') return singleWeightTarget(w);
    throw new FieldError(
      'target',
      `target 'weight': is for widths 1,1; pass these, or choose another target.`,
    );
  }
  const entries = targetEntries(widths);
  if (entries > MOST_DRAWN)
    throw new FieldError(
      'widths',
      `a target of widths ${widths.join(',')}: has ${entries} entries, more than the ${MOST_DRAWN} that the page draws; pass smaller widths, or use iterand simulate.`,
    );
  return makeTarget(kind, widths, seed);
}

/** A random network to be searched for a target. */
export interface Experiment {
  /** The bound whose widths and tolerances it has. */
  readonly bound: Bound;
  /** At the width that the bound asks for. */
  readonly own: Construction;
  /** At the factor times that width. */
  readonly construction: Construction;
  readonly target: Target;
}

/** @throws FieldError */
export function readExperiment(state: State, problem: Problem, law: WeightDistribution): Experiment {
  const strategy = inField('strategy', () => requireOneOf('strategy', state.strategy, strategyNames));
  const bound = inField('bound', () =>
    boundByName(state.bound === OWN_BOUND ? defaultBound(strategy) : state.bound),
  );
  const own = inField('bound', () => constructionFor(problem, bound, law, { strategy }));
  const construction = scaled(own, readNumberOf(state, 'factor', { least: 1e-9, most: 1e9 }));
  inField('factor', () => {
    for (const [k, layer] of construction.layers.entries())
      requireWidth(`hidden width D_${k + 1}`, hiddenWidth(layer));
  });
  return { bound, own, construction, target: readTarget(state, problem) };
}

/** @throws FieldError */
export const readSeed = (state: State): number =>
  inField('seed', () => requireSeed(readNumber('seed', state.seed, { whole: true, least: 0 })));

/** @throws FieldError */
export const readTrials = (state: State): number =>
  readNumberOf(state, 'trials', { whole: true, least: 1, most: 1e9 });
