import { dirname } from 'node:path';
import * as v from 'valibot';
import { InputError } from '../../core/errors.js';
import type { RunPaths } from '../../runs/paths.js';
import { parseStrict } from '../../runs/spec.js';
import { findRun, readJson } from '../../runs/state.js';
import { parseTrainSpec, TRAIN_SPEC, type TrainSpec, trainRunName } from '../spec/spec.js';

const schema = v.strictObject({
  name: v.literal(TRAIN_SPEC.name),
  version: v.literal(TRAIN_SPEC.version),
  seed: v.pipe(v.number(), v.integer(), v.minValue(0)),
  spec: v.unknown(),
});

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
  const file = parseStrict(paths.spec, schema, readJson(paths.spec));
  const spec = parseTrainSpec(file.spec);
  const name = trainRunName(spec, file.seed);
  if (!paths.folder.replaceAll('\\', '/').endsWith(name))
    throw new InputError(
      paths.spec,
      `is damaged: it is the spec of ${name}`,
      'restore the file, or the folder its name',
    );
  return { paths: { ...paths, name }, spec, seed: file.seed, root: dirname(dirname(paths.folder)) };
}
