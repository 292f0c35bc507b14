import * as v from 'valibot';
import { damaged } from '../../runs/damage.js';
import type { HashedPrefix } from '../../runs/lines.js';
import type { RunPaths } from '../../runs/paths.js';
import { readSealedJson, writeSealedJson } from '../../runs/sealed-json.js';
import type { RunResult } from './outcome.js';
import { count, prefix, type RecordsSoFar, score } from './schemas.js';

const fields = {
  data: v.strictObject({ name: v.string(), fingerprint: v.string() }),
  steps: count,
  best: v.strictObject({ epoch: count, hits: count }),
  unreadable: v.array(v.string()),
  test: score,
};

const RESULT = {
  format: 'iterand result 2',
  /** `records`: the whole of the records files. */
  schema: v.strictObject({
    run: v.string(),
    ...fields,
    records: v.strictObject({ steps: prefix, epochs: prefix }),
  }),
  unsealed: v.strictObject(fields),
  fix: 'restore it from a copy, or remove it and give the command of the run again, which takes it anew from the last checkpoint',
};

/** A finished run's result, and what its records must be; versions before the seal left that out. */
export interface StoredResult {
  readonly result: RunResult;
  readonly records?: RecordsSoFar;
}

/** Writes the result of a run. */
export function writeResult(paths: RunPaths, result: RunResult, records: RecordsSoFar<HashedPrefix>): void {
  const { unreadable, ...rest } = result;
  writeSealedJson(paths.result, RESULT, { run: paths.name, ...rest, unreadable: [...unreadable], records });
}

/** The result of a run; undefined if it has none. @throws InputError if it is damaged */
export function readResult({ result: path, name }: RunPaths): StoredResult | undefined {
  const stored = readSealedJson(path, RESULT);
  if (stored === undefined) return undefined;
  if (!('run' in stored)) return { result: stored };
  const { run, records, ...result } = stored;
  if (run !== name) throw damaged(path, `it is the result of ${run}`, RESULT.fix);
  return { result, records };
}
