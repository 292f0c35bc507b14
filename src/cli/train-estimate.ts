import { existsSync } from 'node:fs';
import { runPaths } from '../runs/paths.js';
import { planRun } from '../train/run/estimate.js';
import type { Machine } from '../train/run/setup.js';
import { type TrainSpec, trainRunName } from '../train/spec/spec.js';
import { duration } from './training-line.js';

/** The text, or JSON, of `iterand train --dry-run`. */
export async function dryRun(
  spec: TrainSpec,
  seed: number,
  root: string,
  machine: Machine,
  json: boolean,
): Promise<string> {
  const plan = await planRun(spec, seed, machine);
  const paths = runPaths(root, trainRunName(spec, seed));
  if (json) return `${JSON.stringify({ name: paths.name, seed, spec, plan }, null, 2)}\n`;
  const { data } = plan;
  const number = (value: number) => value.toLocaleString('en');
  const rows: [string, string][] = [
    [
      'run',
      `${paths.folder}${existsSync(paths.spec) ? ' (exists: the command without --dry-run goes on with it)' : ''}`,
    ],
    ...Object.entries({ ...spec, seed }).map(([key, value]): [string, string] => [`  ${key}`, String(value)]),
    [
      'data',
      `${data.name}: ${number(data.train)} training, ${number(data.validation)} validation, ${number(data.test)} test images`,
    ],
    [
      'weights',
      `${number(plan.prunable)} that can be pruned, ${number(plan.parameters)} parameters in SGD training`,
    ],
    ['steps', `${number(spec.epochs * plan.stepsPerEpoch)} (${number(plan.stepsPerEpoch)} an epoch)`],
    [
      'speed',
      `${number(Math.round(plan.imagesPerSecond))} images/s, ${(1000 * plan.secondsPerStep).toFixed(1)} ms a step (measured)`,
    ],
    ['time', `about ${duration(plan.seconds)}, validation and test included`],
    ['memory', `about ${number(Math.round(plan.memory / 2 ** 20))} MiB (measured)`],
  ];
  return `${rows.map(([key, value]) => `${key.padEnd(20)}${value}`).join('\n')}\n`;
}
