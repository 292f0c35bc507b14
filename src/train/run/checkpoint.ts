import * as v from 'valibot';
import { InputError } from '../../core/errors.js';
import type { Tensor } from '../../core/safetensors.js';
import { readSealed, writeSealed } from '../../runs/sealed.js';
import { parseStrict } from '../../runs/spec.js';

const count = v.pipe(v.number(), v.integer(), v.minValue(0));

const schema = v.strictObject({
  /** The run and data that the checkpoint is of. */
  run: v.string(),
  fingerprint: v.string(),
  /** The next batch: `batch` batches of `epoch` are done. */
  position: v.strictObject({ epoch: count, batch: count }),
  /** Steps taken. */
  step: count,
  /** Randomizations done. */
  randomizations: count,
  /** Sums over the steps of the epoch so far. */
  epoch: v.strictObject({ loss: v.number(), hits: count, examples: count }),
  /** The best epoch by validation accuracy, the first of equal ones. */
  best: v.nullable(v.strictObject({ epoch: count, hits: count })),
  /** Images left out so far because they could not be read. */
  unreadable: v.array(v.string()),
  /** Bytes of the metrics files written so far. */
  written: v.strictObject({ steps: count, epochs: count }),
});

/** Where a run stands, beside its tensors. */
export type Standing = v.InferOutput<typeof schema>;

/** A run's whole state: what resuming it needs, and nothing that differs from one repetition to another. */
export interface Checkpoint {
  readonly standing: Standing;
  /** Every tensor of the engine's state, and per layer what {@link touchedName} names. */
  readonly tensors: ReadonlyMap<string, Tensor>;
}

const FORMAT = 'iterand checkpoint 1';

/** Name of a layer's Int32 tensor of the weight's shape: number of the randomization that drew each weight last, 0 for the initial draw. */
export const touchedName = (layer: string): string => `${layer}.touched`;

/** Writes a checkpoint so that a reader sees the old one or the new one, never a part. */
export function writeCheckpoint(path: string, { standing, tensors }: Checkpoint): void {
  writeSealed(path, { tensors, metadata: { format: FORMAT, standing: JSON.stringify(standing) } });
}

/**
 * Reads a checkpoint of a run.
 *
 * @param of the run and data it must be of
 * @throws InputError that names the file and the check it failed
 */
export function readCheckpoint(
  path: string,
  of?: { readonly run: string; readonly fingerprint: string },
): Checkpoint {
  const { tensors, metadata } = readSealed(path);
  if (metadata.format !== FORMAT)
    throw new InputError(
      path,
      `is no checkpoint of this version (${metadata.format ?? 'no format'}, not ${FORMAT})`,
      'use the version of iterand that wrote it',
    );
  const standing = parseStrict(path, schema, JSON.parse(metadata.standing ?? 'null'));
  if (of && standing.run !== of.run)
    throw new InputError(
      path,
      `is of the run ${standing.run}, not ${of.run}`,
      'put the right file in its place',
    );
  if (of && standing.fingerprint !== of.fingerprint)
    throw new InputError(
      path,
      'the data have changed since it was written (another SHA-256)',
      'restore the data, or start a new run in another --out folder',
    );
  return { standing, tensors };
}
