import * as v from 'valibot';
import type { PartStore } from '../core/pool.js';
import { damaged } from '../runs/damage.js';
import { type RunPaths, runPaths, seedFolder, specFolder } from '../runs/paths.js';
import { readSealedJson, type SealedKind, writeJson, writeSealedJson } from '../runs/sealed-json.js';
import { specId } from '../runs/spec.js';
import { writeState } from '../runs/state.js';
import { removeTemporaries } from '../runs/traces.js';
import { workOn } from '../runs/work.js';
import type { JobKind } from './job.js';
import { KeptParts, partsSoFar } from './kept-parts.js';
import type { Settings } from './sweep-file.js';

/** Work that comes to one result at its end, such as trials of a theorem. Of a run that is stopped before, the parts that are done are kept. */
export interface ResultJob<Spec extends object, Result extends object> {
  readonly name: string;
  /** Of what the spec's keys mean. */
  readonly version: number;
  readonly keys: readonly string[];
  resolve(settings: Settings): Spec;
  check?(spec: Spec): Promise<void>;
  /** What its folders' names begin with. */
  label(spec: Spec): string;
  /**
   * Computes the result.
   *
   * @param options.progress to be called as parts end: throws if the run is to stop
   * @param options.kept parts of this run that are done, JSON values by their numbers; left out where it is only measured
   */
  compute(
    spec: Spec,
    seed: number,
    options: { threads?: number; progress: () => void; kept?: PartStore<unknown> },
  ): Promise<Result>;
  /** What of a result a list shows, a fraction. */
  rateOf(result: Result): number | undefined;
  /** The same with fewer trials, and what share of them that is: what is measured. */
  brief(spec: Spec): { readonly spec: Spec; readonly share: number };
}

/** What a run's progress is counted in. */
const UNITS = 100;

/** A job kind of work with one result. A run's folder holds `spec.json` and, once it is finished, `result.json`. */
export function resultJobs<Spec extends object, Result extends object>(
  job: ResultJob<Spec, Result>,
): JobKind<Spec> {
  const { name, version } = job;
  const file = resultFile(name);
  const read = (paths: RunPaths): Result | undefined => {
    const stored = readSealedJson(paths.result, file);
    if (stored === undefined || !('result' in stored)) return undefined;
    if (stored.run !== paths.name) throw damaged(paths.result, `it is the result of ${stored.run}`, file.fix);
    return stored.result as Result;
  };
  const runName = (spec: Spec, seed: number) =>
    `${specFolder(`${name}-${job.label(spec)}`.replace(/[^\w.-]/g, '_'), specId({ name, version }, spec))}/${seedFolder(seed)}`;
  return {
    name,
    root: 'trials',
    keys: job.keys,
    unit: 'hundredths',
    resolve: job.resolve,
    ...(job.check && { check: job.check }),
    runName,
    units: () => UNITS,
    isFinished: (paths) => read(paths) !== undefined,
    async run(spec, seed, { root, machine = {}, signal, progress, warn }) {
      const paths = runPaths(root, runName(spec, seed));
      if (read(paths) !== undefined) return { state: 'finished', already: true };
      const { threads } = machine;
      return await workOn(paths, { ...(signal && { signal }), ...(warn && { warn }) }, async (lock) => {
        if (read(paths) !== undefined) return { state: 'finished', already: true };
        removeTemporaries(paths);
        writeJson(paths.spec, { name, version, seed, spec });
        writeState(paths, { state: 'running' });
        progress?.({ done: 0 });
        const kept = new KeptParts(paths);
        try {
          const stopIfAsked = () => signal?.throwIfAborted();
          const result = await job.compute(spec, seed, {
            ...(threads && { threads }),
            progress: stopIfAsked,
            kept,
          });
          lock.check();
          writeSealedJson(paths.result, file, { run: paths.name, seed, result });
          writeState(paths, { state: 'finished' });
          kept.remove();
          return { state: 'finished', already: false };
        } catch (error) {
          // Whoever took the run over says how it stands.
          lock.check();
          if (signal?.aborted && error === signal.reason) {
            writeState(paths, { state: 'stopped' });
            return { state: 'stopped' };
          }
          writeState(paths, { state: 'failed', reason: (error as Error).message });
          throw error;
        }
      });
    },
    costKey: (spec) => spec,
    async measure(spec, seed, { threads = 1 }) {
      const { spec: brief, share } = job.brief(spec);
      // One thread, and a second time: what starting threads and loading modules takes is not what trials take.
      const compute = () => job.compute(brief, seed, { threads: 1, progress: () => {} });
      await compute();
      const began = performance.now();
      await compute();
      const seconds = (performance.now() - began) / 1000;
      const memory = process.resourceUsage().maxRSS * 1024;
      return { secondsPerUnit: seconds / share / threads / UNITS, secondsBeside: 0, memory };
    },
    progressOf(paths) {
      const result = read(paths);
      if (result === undefined) return { done: Math.floor(UNITS * (partsSoFar(paths)?.share ?? 0)) };
      const rate = job.rateOf(result);
      return { done: UNITS, ...(rate === undefined ? {} : { result: rate }) };
    },
    pace(paths) {
      const seconds = partsSoFar(paths)?.secondsForAll;
      return seconds === undefined ? undefined : seconds / UNITS;
    },
    records: (paths) => paths.parts,
  };
}

/** How the result of a kind is stored. */
function resultFile(name: string) {
  return {
    format: `iterand ${name} result 1`,
    schema: v.strictObject({ run: v.string(), seed: v.number(), result: v.unknown() }),
    // There is no version without a seal: nothing fulfils this.
    unsealed: v.strictObject({ sha256: v.string() }),
    fix: 'restore it from a copy, or remove it and give the command of the sweep again, which computes it anew',
  } satisfies SealedKind<
    v.StrictObjectSchema<v.ObjectEntries, undefined>,
    v.StrictObjectSchema<v.ObjectEntries, undefined>
  >;
}
