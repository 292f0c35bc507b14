import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EdgeRow } from '../src/theory/search/edges/experiment.js';
import type { Benchmark } from './lib/benchmark.js';

interface Printed {
  readonly seconds: number;
  readonly rows: readonly EdgeRow[];
}

/** Experiment 1 of Pensia et al. 2020 on a network trained for it; the second command finds it trained. */
export const benchmark: Benchmark = {
  description: 'iterand pensia: every weight of 784-500-10 as a subset sum, R = 1 to 16 (goal 60 s)',
  async run() {
    const runs = mkdtempSync(join(tmpdir(), 'iterand-bench-'));
    const pensia = () =>
      JSON.parse(
        execFileSync(process.execPath, ['dist/cli/bin.js', 'pensia', '--json', '--runs', runs], {
          encoding: 'utf8',
        }),
      ) as Printed;
    const start = performance.now();
    pensia();
    const first = (performance.now() - start) / 1000;
    const { seconds, rows } = pensia();
    rmSync(runs, { recursive: true });
    process.stdout.write(`${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.version}\n`);
    for (const row of rows)
      process.stdout.write(
        `R = ${row.resamplings}, n = ${row.edgesPerWeight}: ${row.keptPerWeight.toFixed(3)} kept a weight, ${row.seconds.toFixed(1)} s\n`,
      );
    process.stdout.write(
      `all rows ${seconds.toFixed(1)} s (goal 60); with the training of the network ${first.toFixed(1)} s\n`,
    );
  },
};
