import type { Field } from './state.js';
import { roundSteps, type Steps } from './steps.js';

/** A field of the page. */
export interface Control {
  readonly field: Field;
  readonly label: string;
  /** One or two sentences for newcomers. */
  readonly hint: string;
  /** A slider beside the text. */
  readonly steps?: Steps;
  /** A list to choose from, filled where the page is built. */
  readonly choice?: 'strategies' | 'bounds' | 'targets';
  /** Examples offered while one types. */
  readonly examples?: readonly string[];
  readonly group: Group;
}

export const groups = ['promise', 'weights', 'width', 'trials'] as const;
export type Group = (typeof groups)[number];

/** Layers that the slider of l goes to; a link may have more. */
export const MOST_LAYERS = 6;
/** Steps of the slider of one d_i. */
export const widthSteps = roundSteps(1, 5000, true);

/** Every field but the widths, which have rows of their own. */
export const controls: readonly Control[] = [
  {
    field: 'epsilon',
    label: 'ε, the error allowed',
    hint: 'On inputs from −1 to 1 the pruned network may differ from the target by this much.',
    steps: roundSteps(1e-4, 1),
    group: 'promise',
  },
  {
    field: 'delta',
    label: 'δ, the failure allowed',
    hint: 'The probability, over the random weights, that no good subnetwork is found.',
    steps: roundSteps(1e-12, 0.8),
    group: 'promise',
  },
  {
    field: 'resamplings',
    label: 'R, samples per weight',
    hint: 'Each random weight may be drawn this often, and one draw is kept. R = 1 is pruning without re-sampling.',
    steps: roundSteps(1, 1e9, true),
    group: 'weights',
  },
  {
    field: 'distribution',
    label: 'Distribution of a random weight',
    hint: 'The paper’s is uniform:1, which is U[−1, 1]. Others are normal:S, two-valued:A, ku:FAN_IN and sc:FAN_IN.',
    examples: ['uniform:1', 'uniform:2', 'normal:1', 'two-valued:1', 'ku:784', 'sc:784'],
    group: 'weights',
  },
  {
    field: 'strategy',
    label: 'Strategy of the search',
    hint: 'How a subnetwork is looked for in the random network.',
    choice: 'strategies',
    group: 'width',
  },
  {
    field: 'bound',
    label: 'Width as asked by',
    hint: 'The bound that gives the hidden widths and the tolerance of each weight.',
    choice: 'bounds',
    group: 'width',
  },
  {
    field: 'factor',
    label: 'Times that width',
    hint: 'At 1 the random network is as wide as the bound asks; at 0.5, half as wide.',
    steps: roundSteps(1e-3, 1000),
    group: 'width',
  },
  {
    field: 'target',
    label: 'Target network',
    hint: 'Its matrices have norm 1. An extreme one has a single entry ±1 a layer, the hardest for one neuron a weight.',
    choice: 'targets',
    group: 'width',
  },
  {
    field: 'weight',
    label: 'w, for one weight',
    hint: 'The target is w x. It is used where the target is ‘one weight’.',
    steps: Array.from({ length: 41 }, (_, k) => (k - 20) / 20),
    group: 'width',
  },
  {
    field: 'trials',
    label: 'Trials',
    hint: 'Random networks that are drawn and searched.',
    steps: roundSteps(10, 1e6, true),
    group: 'trials',
  },
  {
    field: 'seed',
    label: 'Seed',
    hint: 'The same seed draws the same networks, here and on the command line.',
    group: 'trials',
  },
];
