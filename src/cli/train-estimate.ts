import { existsSync } from 'node:fs';
import { duration } from '../core/format.js';
import { runPaths } from '../runs/paths.js';
import { estimateRun } from '../train/run/estimate.js';
import type { Machine } from '../train/run/setup.js';
import { specNetworkName, type TrainSpec, trainRunName } from '../train/spec/spec.js';

/** The text, or JSON, of `iterand train --dry-run`. */
export async function dryRun(
  spec: TrainSpec,
  seed: number,
  root: string,
  machine: Machine,
  json: boolean,
): Promise<string> {
  const estimate = await estimateRun(spec, seed, machine);
  const paths = runPaths(root, trainRunName(spec, seed));
  if (json) return `${JSON.stringify({ name: paths.name, seed, spec, plan: estimate }, null, 2)}\n`;
  const { data } = estimate;
  const number = (value: number) => value.toLocaleString('en');
  const rows: [string, string][] = [
    [
      'run',
      `${paths.folder}${existsSync(paths.spec) ? ' (exists: the command without --dry-run goes on with it)' : ''}`,
    ],
    ...Object.entries({ ...spec, network: specNetworkName(spec), seed }).map(
      ([key, value]): [string, string] => [`  ${key}`, String(value)],
    ),
    [
      'data',
      `${data.name}: ${number(data.train)} training, ${number(data.validation)} validation, ${number(data.test)} test images`,
    ],
    [
      'weights',
      `${number(estimate.prunable)} that can be pruned, ${number(estimate.parameters)} parameters in SGD training`,
    ],
    ['steps', `${number(spec.epochs * estimate.stepsPerEpoch)} (${number(estimate.stepsPerEpoch)} an epoch)`],
    [
      'speed',
      `${number(Math.round(estimate.imagesPerSecond))} images/s, ${(1000 * estimate.secondsPerStep).toFixed(1)} ms a step (measured)`,
    ],
    ['time', `about ${duration(estimate.seconds)}, validation and test included`],
    ['memory', `about ${number(Math.round(estimate.memory / 2 ** 20))} MiB (measured)`],
  ];
  return `${rows.map(([key, value]) => `${key.padEnd(20)}${value}`).join('\n')}\n`;
}
