import { Command } from 'commander';
import { writeAtomic } from '../src/core/files.js';
import { type Bracket, certify } from '../src/theory/certify/certify.js';
import type { Benchmark } from './lib/benchmark.js';
import { type CertifyReport, certifyTable } from './lib/certify-report.js';
import { foundNetwork, PROBLEM } from './lib/found-network.js';
import { machine } from './lib/machine.js';

/** Depth and width apart, then the paper's shape. */
const NETWORKS: readonly (readonly number[])[] = [
  [8, 4],
  [4, 8, 4],
  [8, 8, 4],
  [8, 16, 4],
  [8, 32, 4],
  [8, 64, 4],
  [8, 16, 16, 4],
  [8, 16, 16, 16, 4],
  [8, 16, 16, 16, 16, 4],
  [32, 32, 4],
  [128, 128, 4],
  [784, 300, 100, 10],
];

/** Boxes of branch and bound: none where the inputs are too many for it to help. */
const boxesFor = (inputs: number, nodes: number): number => (inputs > 64 ? 1 : nodes);

export const benchmark: Benchmark = {
  description:
    'certified brackets of the error: how tight each bound is by depth and width, and 784-300-100-10 in seconds',
  async run(args) {
    await new Command('certify')
      .description(benchmark.description)
      .option('--nodes <n>', 'boxes of branch and bound', '2000')
      .option('--json <file>', 'also write the numbers as JSON')
      .option('--markdown <file>', 'also write the table as Markdown')
      .action(carryOut)
      .parseAsync([...args], { from: 'user' });
  },
};

async function carryOut(options: { nodes: string; json?: string; markdown?: string }): Promise<void> {
  const networks: { widths: readonly number[]; bracket: Bracket }[] = [];
  for (const widths of NETWORKS) {
    const { pair, proof } = foundNetwork(widths);
    const bracket = await certify(pair, {
      gap: 0.001,
      seconds: 1e6,
      nodes: boxesFor(widths[0]!, Number(options.nodes)),
      starts: 12,
      seed: 1,
      proof,
    });
    networks.push({ widths, bracket });
    process.stderr.write(`${widths.join('-')}: ${bracket.seconds.toFixed(2)} s\n`);
  }
  const report: CertifyReport = { machine: machine(), ...PROBLEM, nodes: Number(options.nodes), networks };
  const table = certifyTable(report);
  process.stdout.write(table);
  if (options.json !== undefined) writeAtomic(options.json, `${JSON.stringify(report, withoutWitness, 1)}\n`);
  if (options.markdown !== undefined) writeAtomic(options.markdown, table);
}

/** Points of hundreds of coordinates say nothing to a reader. */
const withoutWitness = (key: string, value: unknown): unknown => (key === 'witness' ? undefined : value);
