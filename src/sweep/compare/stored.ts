import { existsSync, statSync } from 'node:fs';
import * as v from 'valibot';
import { readSealedJson, sealedJson } from '../../runs/sealed-json.js';
import { ticketIn } from '../../train/archive/network.js';
import { EPOCHS } from '../../train/run/records.js';
import { count, finite, score } from '../../train/run/schemas.js';
import { parseTrainSpec, trainRunName } from '../../train/spec/spec.js';
import type { FinishedRun } from './run.js';

const number = v.pipe(v.number(), v.finite());
const part = v.strictObject({
  began: v.string(),
  step: count,
  node: v.string(),
  cpu: v.string(),
  threads: count,
  device: v.optional(v.string()),
  iterand: v.optional(v.string()),
});
const run = v.strictObject({
  name: v.string(),
  seed: count,
  spec: v.unknown(),
  epochs: v.array(EPOCHS.schema),
  result: v.strictObject({
    data: v.strictObject({ name: v.string(), fingerprint: v.string() }),
    steps: count,
    best: v.strictObject({ epoch: count, hits: count }),
    unreadable: v.array(v.string()),
    test: score,
  }),
  size: v.optional(
    v.strictObject({ weights: count, kept: v.optional(count), parameters: count, multiplyAdds: number }),
  ),
  times: v.optional(v.strictObject({ parts: v.array(part), trainingSeconds: finite, images: count })),
});

const STORED = {
  format: 'iterand finished runs 1',
  schema: v.strictObject({ runs: v.array(run) }),
  // There was no version without a seal.
  unsealed: v.strictObject({ sha256: v.string() }),
  fix: 'restore it from a copy, or make the page again where the runs are',
} as const;

/** Finished runs as one sealed file holds them: what comparisons need, without steps, checkpoints and tickets. */
export function storedRuns(runs: readonly FinishedRun[]): object {
  const stored = runs.map(({ ticket: _, ...rest }) => rest);
  return sealedJson('finished runs', STORED, structuredClone({ runs: stored }) as never);
}

/**
 * The runs of a file that holds {@link storedRuns}; none if there is no such file.
 *
 * @throws InputError if it is damaged
 */
export function readStoredRuns(path: string): FinishedRun[] {
  const stored = readSealedJson(path, STORED);
  if (stored === undefined || !('runs' in stored)) return [];
  return stored.runs.map(({ spec: given, ...rest }) => {
    const spec = parseTrainSpec(given);
    return { ...rest, name: trainRunName(spec, rest.seed), spec } as FinishedRun;
  });
}

/** Runs with their tickets, where a folder of tickets named by their runs has one and they have none. */
export function withTickets(runs: readonly FinishedRun[], tickets: string): FinishedRun[] {
  return runs.map((run) => {
    const path = ticketIn(tickets, run.name);
    const has = run.ticket === undefined && existsSync(path);
    return has ? { ...run, ticket: { path, bytes: statSync(path).size } } : run;
  });
}
