import { outsideProof } from '../../theory/bounds/index.js';
import { MOST_RECURSION } from '../../theory/bounds/resampled.js';
import { boundsTable, errorFloor } from '../../theory/bounds/table.js';
import type { WeightDistribution } from '../../theory/problem/distribution.js';
import type { Problem } from '../../theory/problem/problem.js';
import { exactProbability, hiddenWidth } from '../../theory/search/construction.js';
import type { State } from '../state.js';
import { command } from './command.js';
import { failureCurve } from './curve.js';
import type { Answer } from './messages.js';
import { FieldError, readExperiment, readLaw, readProblem } from './query.js';

/** Everything that is computed for a state, what is quick first; bad inputs are complaints among the answers. */
export function analyse(state: State): Generator<Answer> {
  return orComplaint(answers(state));
}

function* answers(state: State): Generator<Answer> {
  const problem = readProblem(state);
  const law = readLaw(state);
  const slow = law.uniform === 1 && problem.resamplings <= MOST_RECURSION;
  yield table(problem, law, slow);
  // A bad input of the experiment leaves the table of bounds standing.
  yield* orComplaint(width(state, problem, law));
  if (slow) yield table(problem, law, false);
}

/** The answers of a part, or up to its first bad input. */
export function* orComplaint(part: Generator<Answer>): Generator<Answer> {
  try {
    yield* part;
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    yield { kind: 'complaint', field: error.field, message: error.message };
  }
}

function table(problem: Problem, law: WeightDistribution, refining: boolean): Answer {
  const floor = errorFloor(law);
  return {
    kind: 'table',
    ...boundsTable(problem, law, { recursion: !refining }),
    ...(floor === undefined ? {} : { floor }),
    refining,
  };
}

/** The strategy at the width asked for, and at widths around it. */
function* width(state: State, problem: Problem, law: WeightDistribution): Generator<Answer> {
  const experiment = readExperiment(state, problem, law);
  const { bound, own, construction, target } = experiment;
  const { layers, strategy } = construction;
  const exact = strategy === 'projection';
  const warning = outsideProof(bound, bound.layers(problem), law);
  yield {
    kind: 'present',
    hidden: layers.map(hiddenWidth),
    neurons: layers.map(({ neurons }) => neurons),
    tolerances: layers.map(({ tolerance }) => tolerance),
    ...(exact ? { probability: exactProbability(construction, target) } : {}),
    delta: problem.delta,
    ...(warning === undefined ? {} : { warning }),
    command: command(state, experiment),
  };
  if (!exact) return;
  for (const points of failureCurve(own, target, problem.delta, Number(state.factor)))
    yield { kind: 'curve', points };
}
