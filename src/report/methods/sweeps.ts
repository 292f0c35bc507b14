import type { Scale } from '../paper/figure.js';

/** The sweeps of one data set, by the names of their files; docs/methods-table.md says what each is for. */
export interface MethodsSweeps {
  readonly data: string;
  /** Tries of learning rates, without a refresh. */
  readonly rates?: string;
  /** Tries of K_per and r, with the learning rate chosen; without them the first data set's are taken. */
  readonly refreshes?: string;
  /** The runs whose test accuracies are the table. */
  readonly table: string;
}

/** What the table of rules and refreshes is made of, in the order in which it is carried out. */
export const METHODS_SWEEPS: Readonly<Record<Scale, readonly MethodsSweeps[]>> = {
  paper: [
    {
      data: 'MNIST',
      rates: 'methods-mnist-rates',
      refreshes: 'methods-mnist-refreshes',
      table: 'methods-mnist',
    },
    { data: 'CIFAR-10', rates: 'methods-cifar10-rates', table: 'methods-cifar10' },
  ],
  smoke: [{ data: 'MNIST', table: 'methods' }],
};

const namesOf = (scale: Scale): string[] =>
  METHODS_SWEEPS[scale].flatMap(({ rates, refreshes, table }) =>
    [rates, refreshes, table].filter((name) => name !== undefined),
  );

/** Names of all its sweep files. */
export const methodsFigure = { sweeps: { paper: namesOf('paper'), smoke: namesOf('smoke') } } as const;
