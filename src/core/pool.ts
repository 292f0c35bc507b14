import { setImmediate } from 'node:timers/promises';
import { Piscina } from 'piscina';
import { InputError, requireInteger } from './errors.js';
import type { ThreadResult, ThreadTask } from './pool-worker.js';
import type { Progress } from './progress.js';

/** A compiled module whose default export handles one input of {@link mapParts}. */
export interface WorkerModule<In, Out> {
  /** URL of the compiled module, for threads. */
  readonly file: URL;
  /** The same function, for this thread. */
  readonly run: (input: In) => Out | Promise<Out>;
}

/** Where results of parts are kept, by the inputs' numbers, so that work that is stopped goes on from them. */
export interface PartStore<Out> {
  /** A part's result; undefined if it is not there. */
  get(part: number): Out | undefined;
  /** @param of how many parts there are */
  put(part: number, out: Out, of: number): void;
}

/**
 * Applies a worker to every input, in `workers` threads (1: in this thread), and returns the results in the inputs'
 * order: what comes out does not depend on the number of workers.
 *
 * @param workers 1 to 1024
 * @param progress called after each part with the number of parts done
 * @param kept results that are there are taken, and those that come are put there
 * @throws what a worker throws first; an InputError as such, in threads too
 */
export async function mapParts<In, Out>(
  worker: WorkerModule<In, Out>,
  inputs: readonly In[],
  workers: number,
  progress?: Progress,
  kept?: PartStore<Out>,
): Promise<Out[]> {
  requireInteger('workers', workers, 1, 1024);
  let done = 0;
  const report = (out: Out): Out => {
    progress?.(++done, inputs.length);
    return out;
  };
  const each = async (input: In, part: number, work: (input: In) => Out | Promise<Out>): Promise<Out> => {
    const known = kept?.get(part);
    if (known !== undefined) return report(known);
    const out = await work(input);
    kept?.put(part, out, inputs.length);
    return report(out);
  };
  if (workers === 1 || inputs.length <= 1) {
    const results: Out[] = [];
    for (const [part, input] of inputs.entries()) {
      results.push(await each(input, part, worker.run));
      // Signals and progress lines get their turn between parts.
      await setImmediate();
    }
    return results;
  }
  const pool = new Piscina<ThreadTask, ThreadResult>({
    filename: new URL('./pool-worker.js', import.meta.url).href,
    maxThreads: Math.min(workers, inputs.length),
  });
  const inThread = async (input: In): Promise<Out> => {
    const result = await pool.run({ file: worker.file.href, input });
    if ('rule' in result) throw new InputError(result.what, result.rule, result.fix);
    return result.out as Out;
  };
  try {
    return await Promise.all(inputs.map((input, part) => each(input, part, inThread)));
  } finally {
    await pool.destroy();
  }
}
