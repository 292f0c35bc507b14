import * as v from 'valibot';
import { InputError } from '../../core/errors.js';
import { parseJson } from '../../core/json.js';
import type { Tensor } from '../../core/safetensors.js';
import { readingStored } from '../../runs/damage.js';
import { readSealed, readSealedMetadata, writeSealed } from '../../runs/sealed.js';
import { parseStrict } from '../../runs/spec.js';
import { type Dataset, isOfData } from '../data/dataset.js';
import { count, finite, prefix, type RecordsSoFar } from './schemas.js';

const fields = {
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
  epoch: v.strictObject({ loss: finite, hits: count, examples: count }),
  /** The best epoch by validation accuracy, the first of equal ones. */
  best: v.nullable(v.strictObject({ epoch: count, hits: count })),
  /** Images left out so far because they could not be read. */
  unreadable: v.array(v.string()),
};

const unhashed = v.pipe(
  count,
  v.transform((bytes): { bytes: number; sha256?: string } => ({ bytes })),
);

/** By format; the first held no hashes of the records. The last is what is written. */
const SCHEMAS = {
  'iterand checkpoint 1': v.strictObject({
    ...fields,
    written: v.strictObject({ steps: unhashed, epochs: unhashed }),
  }),
  'iterand checkpoint 2': v.strictObject({
    ...fields,
    /** What the records files held. */
    written: v.strictObject({ steps: prefix, epochs: prefix }),
  }),
} as const;
const FORMAT = 'iterand checkpoint 2';

/** Where a run stands, beside its tensors. */
export type Standing = Omit<v.InferOutput<(typeof SCHEMAS)[typeof FORMAT]>, 'written'> & {
  readonly written: RecordsSoFar;
};

/** A run's whole state: what resuming it needs, and nothing that differs from one repetition to another. */
export interface Checkpoint {
  readonly standing: Standing;
  /** Every tensor of the engine's state, and per layer what `touchedName` names. */
  readonly tensors: ReadonlyMap<string, Tensor>;
}

/** Name of a layer's Int32 tensor of the weight's shape: number of the randomization that drew each weight last, 0 for the initial draw. */
export const touchedName = (layer: string): string => `${layer}.touched`;

/** What a checkpoint is of. */
export interface RunAndData {
  /** The run's name. */
  readonly run: string;
  readonly data: Pick<Dataset, 'fingerprint' | 'formerFingerprints'>;
}

/** Writes a checkpoint so that a reader sees the old one or the new one, never a part. */
export function writeCheckpoint(path: string, { standing, tensors }: Checkpoint): void {
  const checked = parseStrict(path, SCHEMAS[FORMAT], standing);
  writeSealed(path, { tensors, metadata: { format: FORMAT, standing: JSON.stringify(checked) } });
}

/**
 * Reads a checkpoint of a run.
 *
 * @param of the run and data it must be of
 * @throws InputError that names the file and the check it failed
 */
export function readCheckpoint(path: string, of?: RunAndData): Checkpoint {
  const { tensors, metadata } = readSealed(path);
  const standing = parseStanding(path, metadata);
  if (of && standing.run !== of.run)
    throw new InputError(
      path,
      `is of the run ${standing.run}, not ${of.run}`,
      'put the right file in its place',
    );
  if (of && !isOfData(standing.fingerprint, of.data))
    throw new InputError(
      path,
      'the data have changed since it was written (another SHA-256)',
      'restore the data, or start a new run in another --out folder',
    );
  return { standing, tensors };
}

/** What the records files held when a checkpoint was written. Its own checksum is not looked at: hashes that were changed match nothing. */
export function recordsOfCheckpoint(path: string): RecordsSoFar {
  return parseStanding(path, readSealedMetadata(path)).written;
}

function parseStanding(path: string, metadata: Readonly<Record<string, unknown>>): Standing {
  const { format, standing } = metadata;
  if (typeof format !== 'string' || !Object.hasOwn(SCHEMAS, format))
    throw new InputError(
      path,
      `is no checkpoint of this version (${format ?? 'no format'}, not ${FORMAT})`,
      'use the version of iterand that wrote it',
    );
  const schema = SCHEMAS[format as keyof typeof SCHEMAS];
  return readingStored(path, () => parseStrict(path, schema, parseJson(String(standing), path)));
}
