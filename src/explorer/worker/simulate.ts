import { clopperPearson } from '../../core/intervals.js';
import { defaultSimulator, requireSimulable } from '../../theory/simulate/simulable.js';
import runTrials from '../../theory/simulate/trials.js';
import { decide } from '../../theory/simulate/verdict.js';
import type { State } from '../state.js';
import { orComplaint } from './analyse.js';
import type { Answer } from './messages.js';
import { inField, readExperiment, readLaw, readProblem, readSeed, readTrials } from './query.js';

/** Error level of the interval, as the command line has it by default. */
const ALPHA = 1e-3;
/** Time between two answers, in milliseconds. */
const PIECE = 80;

/** The trials of a state, and what is known after each piece of them. */
export const simulate = (state: State): Generator<Answer> => orComplaint(pieces(state));

function* pieces(state: State): Generator<Answer> {
  const problem = readProblem(state);
  const law = readLaw(state);
  const { construction, target } = readExperiment(state, problem, law);
  const [seed, of] = [readSeed(state), readTrials(state)];
  const simulator = defaultSimulator(construction.strategy);
  inField('factor', () => requireSimulable(construction, target, simulator));
  const part = {
    kind: 'construction',
    simulator,
    construction: { ...construction, distribution: law.name },
    target,
    seed,
  } as const;
  let [from, size, successes] = [0, 1, 0];
  while (from < of) {
    const to = Math.min(of, from + size);
    const started = performance.now();
    successes += inField('strategy', () => runTrials({ ...part, from, to }));
    const interval = clopperPearson(successes, to, ALPHA);
    yield {
      kind: 'trials',
      trials: to,
      successes,
      of,
      interval,
      alpha: ALPHA,
      verdict: decide(interval, 1 - problem.delta),
    };
    const time = Math.max(1, performance.now() - started);
    size = Math.max(1, Math.min(4 * size, Math.round((size * PIECE) / time)));
    from = to;
  }
}
