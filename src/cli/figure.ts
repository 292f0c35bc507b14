import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { InputError } from '../core/errors.js';
import { requireWritable } from '../core/files.js';
import type { FigureSweep, Scale } from '../report/paper/figure.js';
import type { FinishedRun } from '../sweep/compare/run.js';
import type { JobMachine } from '../sweep/job.js';
import { RUN_DEFAULTS } from '../train/spec/defaults.js';
import { JOB_OPTIONS, jobMachine, jobsOption } from './jobs.js';
import { machineFlags, requireDataFolder } from './machine.js';
import { choiceOption, print, refuseUnused, textArgument, textOption } from './options.js';
import { checkpointOptions } from './train-options.js';

interface FigureOptions extends JobMachine {
  readonly scale: Scale;
  readonly runs: string;
  readonly jobs: number;
  readonly out: string;
  readonly only?: string;
  readonly list?: true;
  readonly page?: true;
  readonly plots?: string;
}

/** `iterand figure`. */
export function figureCommand(): Command {
  const command = new Command('figure')
    .summary("carry out a figure's runs and make its page")
    .description(
      "Carries out the runs of a figure of the paper, with the paper's settings, and makes its page: what is finished, and what is missing. Runs that\n" +
        'are finished, in --runs or among the reports, are not run again. Ctrl-C saves; the same command goes on.\n' +
        "'methods' is a table beside the paper: every pruning rule with every refresh (docs/methods-table.md).",
    )
    .addArgument(textArgument('<number>', 'which figure: 1, 2, 3 or methods'))
    .addOption(
      choiceOption('--scale <name>', "the paper's settings, or the same pipeline in minutes", [
        'paper',
        'smoke',
      ] satisfies Scale[]).default('paper'),
    )
    .addOption(textOption('--runs <folder>', 'folder of all runs').default(RUN_DEFAULTS.root))
    .addOption(jobsOption())
    .addOption(textOption('--out <folder>', 'where the page goes, in a folder of its own').default('reports'))
    .addOption(
      textOption(
        '--only <pattern>',
        "carry out only the runs that match, such as 'network=conv6,width=0.25'",
      ),
    )
    .option('--list', 'print how many runs the figure takes, and which are finished; carry out none')
    .option('--page', 'make the page of the runs that are finished; carry out none')
    .addOption(
      textOption(
        '--plots <folder>',
        'write every plot as PNG and SVG too, drawn by the Chromium or Chrome on PATH',
      ),
    );
  for (const option of checkpointOptions()) command.addOption(option);
  return machineFlags(command)
    .addHelpText(
      'after',
      "\nExamples:\n  npx iterand figure 2 --scale smoke\n  npx iterand figure 2 --only 'network=conv6,width=0.25' --data-folder data\n  npx iterand figure 2 --page",
    )
    .action(run);
}

/** Options of carrying out runs. */
const CARRYING = ['only', 'jobs', ...JOB_OPTIONS];

async function run(given: string, options: FigureOptions, command: Command): Promise<void> {
  const { figureByName, figureSweeps } = await import('../report/paper/by-name.js');
  const figure = figureByName(given);
  const { scale, out, runs: root, plots } = options;
  for (const option of ['list', 'page'] as const)
    if (options[option]) refuseUnused(command, `--${option}`, CARRYING, 'it carries out nothing');
  if (options.list) refuseUnused(command, '--list', ['plots'], 'it makes no page');
  if (options.list && options.page)
    throw new InputError('--list with --page', 'each asks for itself alone', 'leave one out');
  requireDataFolder(command);
  const sweeps = figureSweeps(figure, scale);
  const { finishedOf } = await import('../report/paper/progress.js');
  if (options.list) {
    const { done, planned } = finishedOf(sweeps, allFinished(await finishedIn(out, root, sweeps)));
    for (const { plan } of sweeps) print(`${plan.name}: ${plan.runs.length} runs`);
    print(`figure ${given}: ${done} of ${planned} runs finished`);
    return;
  }
  requireWritable(`--out ${out}`, join(out, figure.folder(scale), 'data'), 'folder');
  if (plots !== undefined) requireWritable(`--plots ${plots}`, plots, 'folder');
  if (!options.page) await carryOutMissing(sweeps, options);
  const found = await finishedIn(out, root, sweeps);
  const { withTickets } = await import('../sweep/compare/stored.js');
  const runs = withTickets(allFinished(found), join(out, figure.folder(scale), 'tickets'));
  const page = figure.page(scale, sweeps, runs, (run) => evaluated(found, run));
  if (page === undefined)
    throw new InputError(
      `figure ${given}`,
      `none of its ${finishedOf(sweeps, []).planned} runs is finished in ${root} or ${out}`,
      "carry some out (without --page), or take runs in with 'iterand runs add'",
    );
  const { writePage } = await import('../report/page/write.js');
  print(`Page: ${writePage(out, page)}`);
  if (plots === undefined) return;
  const { writePictures } = await import('../report/pictures/write.js');
  for (const path of await writePictures(plots, page)) print(path);
}

/** Finished runs by the folder they lie in. */
type Found = ReadonlyMap<string, readonly FinishedRun[]>;

/** The finished runs of some sweeps, among the reports and in the folder of all runs; no other run is looked at. */
async function finishedIn(out: string, root: string, sweeps: readonly FigureSweep[]): Promise<Found> {
  const planned = new Set(sweeps.flatMap(({ plan }) => plan.runs.map(({ name }) => name)));
  const { readFinishedRuns } = await import('../sweep/compare/run.js');
  const { readStoredRuns } = await import('../sweep/compare/stored.js');
  const pages = existsSync(out) ? readdirSync(out) : [];
  const archives = pages.filter((name) => /^figure[\w-]*$/.test(name)).map((name) => join(out, name, 'runs'));
  // The table of methods has so many runs that one file holds them.
  const stored = pages.filter((name) => /^methods[\w-]*$/.test(name)).map((name) => join(out, name));
  return new Map([
    ...stored.map((folder) => {
      return [folder, readStoredRuns(join(folder, 'data', 'runs.json'))] as const;
    }),
    ...[...archives, root].map(
      (folder) => [folder, readFinishedRuns(folder, (name) => planned.has(name)).finished] as const,
    ),
  ]);
}

/** Each run once: one that lies among the reports goes before the same one in the folder of all runs. */
function allFinished(found: Found): FinishedRun[] {
  const byName = new Map<string, FinishedRun>();
  for (const runs of found.values())
    for (const run of runs) if (!byName.has(run.name)) byName.set(run.name, run);
  return [...byName.values()];
}

/** What `iterand evaluate` is given for a run: its ticket, or the run itself. */
function evaluated(found: Found, run: FinishedRun): string {
  if (run.ticket !== undefined) return run.ticket.path;
  const folder = [...found].find(([, runs]) => runs.includes(run))?.[0];
  return folder === undefined ? run.name : join(folder, run.name);
}

async function carryOutMissing(sweeps: readonly FigureSweep[], options: FigureOptions): Promise<void> {
  const { selectRuns } = await import('../sweep/select.js');
  const { carryOutSweep } = await import('./sweep-run.js');
  const { out, runs: root, only, jobs } = options;
  const every = { ...sweeps[0]!.plan, runs: sweeps.flatMap(({ plan }) => plan.runs) };
  const wanted = new Set((only === undefined ? every.runs : selectRuns(every, only)).map(({ name }) => name));
  for (const sweep of sweeps) {
    const { source, plan } = sweep;
    const done = new Set(allFinished(await finishedIn(out, root, [sweep])).map(({ name }) => name));
    const missing = plan.runs.filter(({ name }) => wanted.has(name) && !done.has(name));
    if (missing.length === 0) continue;
    await carryOutSweep(plan, missing, source, { root, machine: jobMachine(options), jobs, json: false });
    if (process.exitCode === 130) return;
  }
}
