import { existsSync } from 'node:fs';
import { InputError } from '../../core/errors.js';
import type { Split } from '../data/index.js';
import { evaluateSplit, type Score } from '../loop/evaluate.js';
import { type Checkpoint, readCheckpoint } from './checkpoint.js';
import type { KnownRun } from './open.js';
import { putBack } from './saving.js';
import { type Machine, type Setup, setUp } from './setup.js';

/** Which of a run's checkpoints. */
export type Which = 'last' | 'best';

/** Opens a run's data and its network at a checkpoint, hands them to `use`, and closes them. */
export async function withRun<T>(
  { paths, spec }: Pick<KnownRun, 'paths' | 'spec'>,
  which: Which,
  machine: Machine,
  use: (setup: Setup, checkpoint: Checkpoint) => Promise<T>,
): Promise<T> {
  const path = paths[which];
  if (!existsSync(path))
    throw new InputError(`run '${paths.name}'`, `has no ${which} checkpoint yet`, 'train it for an epoch');
  const setup = await setUp(spec, machine, 'evaluation');
  try {
    const checkpoint = readCheckpoint(path, { run: paths.name, data: setup.dataset });
    await putBack(setup, checkpoint, path);
    return await use(setup, checkpoint);
  } finally {
    await setup.close();
  }
}

/** How a run's network at a checkpoint does on a split. */
export function scoreRun(run: KnownRun, which: Which, split: Split, machine: Machine = {}): Promise<Score> {
  return withRun(run, which, machine, ({ engine, pipeline }) =>
    evaluateSplit(engine, pipeline, split, run.spec.evaluationBatch),
  );
}
