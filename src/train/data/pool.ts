import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';
import type { WorkerSetup } from './task.js';

const source = import.meta.url.endsWith('.ts');

/**
 * A pool of worker threads that make batches. Each holds up to two tasks, so that it goes on while a training
 * step holds the main thread, which hands out tasks only between steps.
 */
export function makePool(threads: number, workerData: WorkerSetup): Piscina {
  const worker = workerData.pixels === null ? 'file-worker' : 'memory-worker';
  return new Piscina({
    filename: new URL(`./${worker}.${source ? 'ts' : 'js'}`, import.meta.url).href,
    minThreads: threads,
    maxThreads: threads,
    concurrentTasksPerWorker: 2,
    idleTimeout: Number.POSITIVE_INFINITY,
    // A worker waits in its event loop, not in Atomics.wait: image decoding answers there.
    atomics: 'disabled',
    recordTiming: false,
    workerData,
    // Run from the sources (tests, benches), a worker needs the same loader as the main thread.
    ...(source ? { execArgv: ['--import', 'tsx'] } : {}),
  });
}

/** One thread resizes small images in memory faster than any step takes them; decoding takes all but one core. */
export function defaultThreads(decodes: boolean): number {
  return decodes ? Math.max(1, availableParallelism() - 1) : 1;
}
