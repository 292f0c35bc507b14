import { type Construction, hiddenWidth } from '../../theory/search/construction.js';
import { DEFAULTS, OWN_BOUND, type State } from '../state.js';

/** The command that prints the numbers of the page's experiment. */
export function command(state: State, construction: Construction): string {
  const { widths, epsilon, delta, resamplings, distribution, strategy, bound, target, weight, trials, seed } =
    state;
  const options = [
    target === 'weight' ? `--weight ${weight}` : `--widths ${widths}`,
    `--epsilon ${epsilon} --delta ${delta} --resamplings ${resamplings}`,
    ...(bound === OWN_BOUND ? [] : [`--bound ${bound}`]),
    ...(strategy === DEFAULTS.strategy ? [] : [`--strategy ${strategy}`]),
    ...(Number(state.factor) === 1 ? [] : [`--hidden ${construction.layers.map(hiddenWidth).join()}`]),
    ...(distribution === DEFAULTS.distribution ? [] : [`--distribution ${distribution}`]),
    ...(target === 'weight' || target === DEFAULTS.target ? [] : [`--target ${target}`]),
    `--trials ${trials} --seed ${seed}`,
  ];
  return `npx iterand simulate ${options.join(' ')}`;
}
