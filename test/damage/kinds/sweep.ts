import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { simulateJobs } from '../../../src/cli/theory-jobs.js';
import { parseJson } from '../../../src/core/json.js';
import { runPaths } from '../../../src/runs/paths.js';
import { planSweep, type SweepPlan } from '../../../src/sweep/plan.js';
import { requireUnchanged, startSweep, sweepPaths } from '../../../src/sweep/started.js';
import { readProvenance, writeProvenance } from '../../../src/train/archive/provenance.js';
import { wholeFile } from '../damager.js';
import { type Kind, kind, kindOf } from './kind.js';

/** A sweep's file, its plan, the result of its one job; where a run that was taken in was made. */
export async function sweepKinds(folder: string): Promise<Kind[]> {
  const root = join(folder, 'trials');
  const path = join(folder, 'sweep.json');
  const source = JSON.stringify({
    name: 'small',
    job: 'simulate',
    base: { widths: '2,2', delta: 0.5, resamplings: 30 },
    grid: { epsilon: [1] },
    seeds: [1],
    cases: [{ label: 'few', trials: 2 }],
  });
  const planOf = (value: unknown) => planSweep(value, `sweep ${path}`, [simulateJobs]);
  const plan = planOf(JSON.parse(source));
  startSweep(root, plan, source);
  const { kind: job, runs } = plan;
  const { name, spec, seed } = runs[0]!;
  await job.run(spec, seed, { root, machine: { threads: 1 } });
  const result = runPaths(root, name);

  return [
    kind('sweep file', path, source, {
      json: wholeFile,
      read: () => namesOf(planOf(parseJson(readFileSync(path), path, 'give a JSON file'))),
      now: (bytes) => namesOf(planOf(JSON.parse(Buffer.from(bytes).toString('utf8')))),
      named: '',
    }),
    kindOf('sweep plan', sweepPaths(root, plan.name).plan, {
      read: () => requireUnchanged(root, plan),
      command: ['sweep', path, '--out', root, '--status'],
    }),
    kindOf("result of a sweep's job", result.result, { read: () => job.progressOf(result, spec) }),
    provenanceKind(join(folder, 'taken-in')),
  ];
}

const namesOf = ({ name, kind, description, runs }: SweepPlan) => [name, kind.name, description, runs];

function provenanceKind(root: string): Kind {
  const paths = runPaths(root, 'conv2-sgd-mnist-0123456789/seed-1');
  mkdirSync(paths.folder, { recursive: true });
  writeFileSync(paths.ticket, 'a network');
  const part = { began: '2026-11-28T00:00:00.000Z', cpu: 'a processor', threads: 2, node: 'v20.19.0' };
  writeProvenance(paths.provenance, paths.name, [{ ...part, step: 0 }], [paths.ticket]);
  return kindOf('provenance.json', paths.provenance, { read: () => readProvenance(paths) });
}
