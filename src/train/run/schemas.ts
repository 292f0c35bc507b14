import * as v from 'valibot';
import type { Prefix } from '../../runs/lines.js';

/** What the stored files of a run share. */
export const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

export const finite = v.pipe(v.number(), v.finite());

/** A `Score`: what it says must agree with itself. */
export const score = v.pipe(
  v.strictObject({ loss: finite, accuracy: v.number(), hits: count, examples: count }),
  v.check(
    ({ accuracy, hits, examples }) => hits <= examples && accuracy === hits / examples,
    'must have accuracy = hits / examples',
  ),
);

/** Bytes of a records file, and their SHA-256. */
export const prefix = v.strictObject({ bytes: count, sha256: v.string() });

/** The records files of a run, to their lengths at some moment. */
export interface RecordsSoFar<P extends Prefix = Prefix> {
  readonly steps: P;
  readonly epochs: P;
}
