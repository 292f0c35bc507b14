import { InputError, nearest } from '../core/errors.js';

/** The page's fields, in their order. */
export const fields = [
  'widths',
  'epsilon',
  'delta',
  'resamplings',
  'distribution',
  'strategy',
  'bound',
  'factor',
  'target',
  'weight',
  'trials',
  'seed',
] as const;
export type Field = (typeof fields)[number];

/** What the page is set to: the texts of its fields, so that a link gives back what was typed. */
export type State = Readonly<Record<Field, string>>;

/** The bound of the strategy's own, corrected or resampled. */
export const OWN_BOUND = 'default';

/** What the page opens with: a network for MNIST at the corrected theorem's width. */
export const DEFAULTS: State = {
  widths: '784,300,100,10',
  epsilon: '0.1',
  delta: '0.01',
  resamplings: '1000',
  distribution: 'uniform:1',
  strategy: 'projection',
  bound: OWN_BOUND,
  factor: '1',
  target: 'gaussian',
  weight: '1',
  trials: '200',
  seed: '1',
};

/** The most widths that a link may have: each is a row of the page. */
const MOST_WIDTHS = 100;

/** The part of an address after `#` that gives back the state. */
export const encodeState = (state: State): string =>
  fields.map((field) => `${field}=${readable(encodeURIComponent(state[field]))}`).join('&');

const readable = (text: string) => text.replaceAll('%2C', ',').replaceAll('%3A', ':');

/**
 * The state of a link; what it leaves out is as {@link DEFAULTS}.
 *
 * @param hash with or without its `#`
 * @throws InputError if it has a field that the page does not know, one twice, or too many widths
 */
export function decodeState(hash: string): State {
  const state: Record<Field, string> = { ...DEFAULTS };
  const given = new Set<string>();
  for (const [key, value] of new URLSearchParams(hash.replace(/^#/, ''))) {
    const field = fields.find((known) => known === key);
    if (field === undefined) {
      const near = nearest(key, fields);
      throw new InputError(
        `link with '${key}'`,
        `a link holds ${fields.join(', ')}`,
        near === undefined ? 'leave it out' : `did you mean '${near}'`,
      );
    }
    if (given.has(key))
      throw new InputError(`link with two values of '${key}'`, 'needs one', 'leave one out');
    given.add(key);
    state[field] = value;
  }
  const widths = state.widths.split(',').length;
  if (widths > MOST_WIDTHS)
    throw new InputError(`link with ${widths} widths`, `the page takes at most ${MOST_WIDTHS}`, 'give fewer');
  return state;
}
