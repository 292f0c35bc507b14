import { dirname, resolve } from 'node:path';
import * as v from 'valibot';
import { damaged, readingStored } from '../../runs/damage.js';
import type { RunPaths } from '../../runs/paths.js';
import { readJson } from '../../runs/sealed-json.js';
import { parseStrict } from '../../runs/spec.js';
import { findRun } from '../../runs/state.js';
import { parseTrainSpec, TRAIN_SPEC, type TrainSpec, trainRunName } from '../spec/spec.js';
import { count } from './schemas.js';

const schema = v.strictObject({
  name: v.literal(TRAIN_SPEC.name),
  version: v.literal(TRAIN_SPEC.version),
  seed: count,
  spec: v.unknown(),
});

const FIX =
  'restore the file or the folder its name, or give the command of the run, which writes the file anew';

/** A run that exists. */
export interface KnownRun {
  readonly paths: RunPaths;
  readonly spec: TrainSpec;
  readonly seed: number;
  /** The folder of all runs it lies in. */
  readonly root: string;
}

/**
 * The run a person names, by its folder or its name under `root`.
 *
 * @throws InputError if there is none, or its spec file is damaged or of another version
 */
export function openRun(root: string, given: string): KnownRun {
  return readRun(findRun(root, given));
}

/** The run at these paths. */
export function readRun(paths: RunPaths): KnownRun {
  const found = readJson(paths.spec, FIX);
  const file = readingStored(paths.spec, () => parseStrict(paths.spec, schema, found), FIX);
  const spec = readingStored(paths.spec, () => parseTrainSpec(file.spec), FIX);
  const name = trainRunName(spec, file.seed);
  // The name holds the spec's hash and the seed.
  if (!resolve(paths.folder).replaceAll('\\', '/').endsWith(`/${name}`))
    throw damaged(paths.spec, `it is the spec of ${name}`, FIX);
  return { paths: { ...paths, name }, spec, seed: file.seed, root: dirname(dirname(paths.folder)) };
}

/** Whether a spec file says that a run is no training run, and the folder's name as well: `simulate-...`. */
export function isOfAnotherKind({ spec, name }: Pick<RunPaths, 'spec' | 'name'>): boolean {
  try {
    const kind = (readJson(spec) as { readonly name?: unknown } | null)?.name;
    return typeof kind === 'string' && kind !== TRAIN_SPEC.name && name.startsWith(`${kind}-`);
  } catch {
    return false;
  }
}
