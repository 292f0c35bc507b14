import { duration } from '../core/format.js';
import { availableMemory } from '../core/host.js';
import { memoryText } from '../core/memory.js';
import { canonical } from '../runs/canonical.js';
import { runPaths } from '../runs/paths.js';
import type { JobCost, JobKind, JobMachine } from '../sweep/job.js';
import { type PlannedRun, runText, type SweepPlan } from '../sweep/plan.js';
import { ProcessLane } from '../sweep/process-lane.js';
import { columns } from './columns.js';
import { warn } from './options.js';
import { laneEntry } from './sweep-run.js';

interface Measured {
  /** Of those that share what the cost follows from, the first. */
  readonly run: PlannedRun;
  readonly runs: number;
  readonly cost: JobCost;
  /** Of all of them. */
  readonly seconds: number;
}

/** The text, or JSON, of `iterand sweep --dry-run`: time and memory from a few measured steps of each distinct network. */
export async function estimateSweep(
  plan: SweepPlan,
  runs: readonly PlannedRun[],
  settings: {
    readonly root: string;
    readonly machine: JobMachine;
    readonly jobs: number;
    readonly json: boolean;
  },
): Promise<string> {
  const { root, machine, jobs, json } = settings;
  const { kind } = plan;
  const open = runs.filter(({ name }) => !kind.isFinished(runPaths(root, name)));
  const measured: Measured[] = [];
  for (const like of groups(kind, open)) {
    if (!json) process.stderr.write(`measuring ${runText(like[0]!)}\n`);
    measured.push(await measureAll(kind, like, root, machine));
  }
  const total = measured.reduce((sum, { seconds }) => sum + seconds, 0);
  const atOnce = Math.min(jobs, open.length);
  const memory = atOnce * measured.reduce((most, { cost }) => Math.max(most, cost.memory), 0);
  if (memory > availableMemory())
    warn(
      `${atOnce} runs at once need about ${memoryText(memory)} of memory, and ${memoryText(availableMemory())} are available`,
    );
  const counts = { runs: runs.length, finished: runs.length - open.length };
  if (json) {
    const groups = measured.map(({ run, ...rest }) => ({ name: run.name, ...rest }));
    return `${JSON.stringify({ name: plan.name, ...counts, jobs: atOnce, groups, seconds: atOnce === 0 ? 0 : total / atOnce, memory }, null, 2)}\n`;
  }
  const rows = measured.map(({ run, runs, cost, seconds }) => [
    runText(run),
    runs === 1 ? '' : `and ${runs - 1} like it`,
    duration(seconds / runs),
    duration(seconds),
    memoryText(cost.memory),
  ]);
  return `${[
    `${plan.name}: ${counts.runs} runs, ${counts.finished} of them finished before`,
    ...(rows.length === 0 ? [] : columns([['measured', '', 'a run', 'all of them', 'memory'], ...rows])),
    ...(rows.length === 0
      ? []
      : [
          `about ${duration(total / atOnce)} with ${atOnce} at a time, which need about ${memoryText(memory)}; each was measured alone`,
        ]),
  ].join('\n')}\n`;
}

/** Runs that share what their cost follows from. */
function groups(kind: JobKind, runs: readonly PlannedRun[]): PlannedRun[][] {
  const byKey = new Map<string, PlannedRun[]>();
  for (const run of runs) {
    const key = canonical(kind.costKey(run.spec));
    byKey.set(key, [...(byKey.get(key) ?? []), run]);
  }
  return [...byKey.values()];
}

async function measureAll(
  kind: JobKind,
  runs: readonly PlannedRun[],
  root: string,
  machine: JobMachine,
): Promise<Measured> {
  const lane = new ProcessLane(laneEntry, kind, root, machine);
  try {
    const cost = await lane.measure(runs[0]!);
    const seconds = runs.reduce(
      (sum, { spec }) => sum + kind.units(spec) * cost.secondsPerUnit + cost.secondsBeside,
      0,
    );
    return { run: runs[0]!, runs: runs.length, cost, seconds };
  } finally {
    await lane.close();
  }
}
