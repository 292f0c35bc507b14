import { hiddenWidth } from '../../theory/search/construction.js';
import { DEFAULTS, OWN_BOUND, type State } from '../state.js';
import { type Experiment, readLaw, readNumberOf, readProblem, readSeed, readTrials } from './query.js';

/**
 * The command that prints the numbers of the page's experiment. Every word is what was read of a field, never its text: a link may hold anything, and the command is copied
 * into a shell.
 *
 * @throws FieldError
 */
export function command(state: State, { construction, bound }: Experiment): string {
  const { widths, epsilon, delta, resamplings } = readProblem(state);
  const distribution = readLaw(state).name;
  const { strategy } = construction;
  const { target } = state;
  const options = [
    target === 'weight' ? `--weight ${readNumberOf(state, 'weight')}` : `--widths ${widths.join()}`,
    `--epsilon ${epsilon} --delta ${delta} --resamplings ${resamplings}`,
    ...(state.bound === OWN_BOUND ? [] : [`--bound ${bound.name}`]),
    ...(strategy === DEFAULTS.strategy ? [] : [`--strategy ${strategy}`]),
    ...(readNumberOf(state, 'factor') === 1
      ? []
      : [`--hidden ${construction.layers.map(hiddenWidth).join()}`]),
    ...(distribution === DEFAULTS.distribution ? [] : [`--distribution ${distribution}`]),
    // An experiment's target is one of those that the page offers.
    ...(target === 'weight' || target === DEFAULTS.target ? [] : [`--target ${target}`]),
    `--trials ${readTrials(state)} --seed ${readSeed(state)}`,
  ];
  return `npx iterand simulate ${options.join(' ')}`;
}
