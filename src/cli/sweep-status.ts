import { duration, formatPercent } from '../core/format.js';
import { runText, type SweepPlan } from '../sweep/plan.js';
import type { RunStatus, SweepStatus } from '../sweep/status.js';
import { columns } from './columns.js';

const percent = (fraction: number | undefined): string =>
  fraction === undefined ? '' : formatPercent(fraction);

/** `15 of 60 runs finished, 2 running, 43 planned; about 3 h 10 min left`. */
export function countsText({ runs, counts, left }: SweepStatus): string {
  const others = (['running', 'stopped', 'planned', 'failed', 'damaged'] as const)
    .filter((state) => counts[state] > 0)
    .map((state) => `, ${counts[state]} ${state}`);
  const time = left === undefined || left === 0 ? '' : `; about ${duration(left)} left`;
  return `${counts.finished} of ${runs.length} runs finished${others.join('')}${time}`;
}

/** The whole table of a sweep, as text. */
export function statusText(plan: SweepPlan, status: SweepStatus): string {
  const reasons = status.runs.flatMap(({ run, reason }) =>
    reason === undefined ? [] : [`${run.name}: ${reason}`],
  );
  return `${[`${plan.name}: ${countsText(status)}`, ...rowsText(plan.kind.unit, status.runs), ...reasons].join('\n')}\n`;
}

/** What a terminal of so many lines can show: the counts, and of the runs first those that are worked on. */
export function liveText(plan: SweepPlan, status: SweepStatus, lines: number): string[] {
  const order = ['running', 'failed', 'damaged', 'stopped', 'planned', 'finished'];
  const runs = [...status.runs].sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state));
  const shown = runs.slice(0, Math.max(1, lines - 4));
  const more = runs.length - shown.length;
  return [
    `${plan.name}: ${countsText(status)}`,
    bar(status),
    ...rowsText(plan.kind.unit, shown),
    ...(more > 0 ? [`and ${more} more`] : []),
  ];
}

function bar({ runs }: SweepStatus): string {
  const done = runs.reduce((sum, { done, units }) => sum + done / units, 0) / runs.length;
  const width = 40;
  const full = Math.floor(width * done);
  return `${'█'.repeat(full)}${'░'.repeat(width - full)} ${(100 * done).toFixed(1)} %`;
}

function rowsText(unit: string, runs: readonly RunStatus[]): string[] {
  return columns([
    ['run', 'state', unit, 'now', 'result', 'left'],
    ...runs.map(({ run, state, done, units, rate, result, left, host }) => [
      runText(run),
      host === undefined ? state : `${state} on ${host}`,
      `${done}/${units}`,
      percent(rate),
      percent(result),
      left === undefined ? '' : duration(left),
    ]),
  ]);
}

/** The status as JSON: each run by its name, what tells it from the others, and where it stands. */
export function statusJson({ name, kind }: SweepPlan, { runs, counts, left }: SweepStatus): string {
  const rows = runs.map(({ run, ...status }) => {
    const { name, seed, curve, point } = run;
    return { name, seed, case: curve, point, ...status };
  });
  return `${JSON.stringify({ name, job: kind.name, count: runs.length, counts, left: left ?? null, runs: rows }, null, 2)}\n`;
}
