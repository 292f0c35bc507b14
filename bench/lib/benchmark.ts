/** A benchmark: a file `bench/NAME.ts` exports one as `benchmark`; `npm run bench -- NAME` runs it. */
export interface Benchmark {
  /** One line for the list of benchmarks. */
  readonly description: string;
  /** Runs the benchmark and prints its result; `args` are the options after NAME. */
  run(args: readonly string[]): Promise<void>;
}
