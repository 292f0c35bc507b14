import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { InputError } from '../../core/errors.js';
import { fileError } from '../../core/file-error.js';
import { readBytes, writeAtomic } from '../../core/files.js';
import { canonical } from '../../runs/canonical.js';
import { damaged } from '../../runs/damage.js';
import { type RunPaths, runPaths } from '../../runs/paths.js';
import { lookBefore, removeEmpty } from '../../runs/traces.js';
import { exportRun } from '../export/run.js';
import { type KnownRun, readRun } from '../run/open.js';
import { readEpochs, readSteps } from '../run/read-records.js';
import { readTimes } from '../run/read-times.js';
import { readResult, type StoredResult, writeResult } from '../run/result.js';
import type { Machine } from '../run/setup.js';
import { ruleOf } from '../spec/pruning.js';
import { requireStorable } from '../ticket/run.js';
import { networkFile, readTensors, requireTicketOf, ticketIn } from './network.js';
import { readProvenance, writeProvenance } from './provenance.js';
import { withSteps } from './source.js';

/** How runs are taken in. */
export interface TakeInOptions {
  /** Folder of all runs, to which they go. */
  readonly root: string;
  /** Where tickets go, named by their runs; by default each lies in its run's folder. */
  readonly tickets?: string;
  /** Leaves out the record of every step, by far the largest; that of every epoch stays. */
  readonly withoutSteps?: boolean;
  /** For a run whose network is still a checkpoint: its ticket is made from it. */
  readonly machine?: Machine;
}

/** A run that was looked at. */
export interface Looked {
  readonly run: KnownRun;
  /** `new` can be taken in; `there` already was, with the same result; `unfinished` cannot be. */
  readonly found: 'new' | 'there' | 'unfinished';
}

/**
 * Looks whether a run can be taken in; writes nothing.
 *
 * @throws InputError if a file of it is damaged, or another run of its name with another result is there
 */
export function lookAt(run: KnownRun, { root, tickets, machine }: TakeInOptions): Looked {
  const { paths, spec } = run;
  const stored = readResult(paths);
  if (stored === undefined) return { run, found: 'unfinished' };
  readProvenance(paths);
  const epochs = readEpochs(paths);
  if (epochs.length !== spec.epochs)
    throw damaged(paths.epochs, `it holds ${epochs.length} epochs of ${spec.epochs}`);
  const { result } = stored;
  withSteps(paths, (unpacked, there) => {
    if (there && readSteps(unpacked).length !== result.steps)
      throw damaged(paths.steps, `it does not hold the ${result.steps} steps of ${paths.result}`);
  });
  readTimes(paths);
  const network = networkFile(run);
  if (network === paths.ticket) requireTicketOf(run, result, network);
  else if (network !== undefined) readTensors(run, network);
  else if (spec.method !== 'sgd' && existsSync(paths.last)) requireTicketable(run, machine);
  const there = runPaths(root, paths.name);
  const ticket = ticketPath(there, tickets);
  if (!existsSync(there.folder)) {
    if (ticket !== there.ticket && existsSync(ticket)) requireTicketOf(run, result, ticket);
    return { run, found: 'new' };
  }
  requireSame(run, readRun(there));
  return { run, found: 'there' };
}

/** Refuses a run whose network would be lost with its checkpoints. */
function requireTicketable({ paths, spec }: KnownRun, machine: Machine = {}): void {
  try {
    requireStorable('a ticket', spec, ruleOf(spec, machine.rule));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(
      `the run ${paths.name}`,
      `gives no ticket, and its checkpoints would be left out: ${error.rule}`,
      'copy its folder as it is, checkpoints and all',
    );
  }
}

/** Refuses a run whose name another one bears: equal settings and seed with another result are two runs. */
function requireSame({ paths }: KnownRun, { paths: there }: KnownRun): void {
  const [given, held] = [readResult(paths), readResult(there)];
  const what = `the run ${paths.name} of ${dirname(dirname(paths.folder))}`;
  if (held === undefined)
    throw new InputError(what, `is in ${there.folder} too, unfinished`, 'end or remove that one first');
  const same =
    canonical(given!.result) === canonical(held.result) &&
    readBytes(paths.epochs).equals(readBytes(there.epochs));
  if (!same)
    throw new InputError(
      what,
      `has another result than the run of the same name in ${there.folder}: ${given!.result.test.hits} hits against ${held.result.test.hits}`,
      'keep the two in folders of their own; another processor or number of threads may be why',
    );
}

/** Where a run's ticket goes. */
const ticketPath = (there: RunPaths, tickets?: string): string =>
  tickets === undefined ? there.ticket : ticketIn(tickets, there.name);

/**
 * Takes a run in that was found new: a copy without checkpoints, with its network and where it was made.
 *
 * @returns the paths of the copy
 * @throws InputError if it cannot be written, or its network cannot be made; nothing is left behind
 */
export async function takeIn(run: KnownRun, options: TakeInOptions): Promise<RunPaths> {
  const { root, tickets } = options;
  const there = runPaths(root, run.paths.name);
  const ticket = ticketPath(there, tickets);
  const folders = [dirname(there.folder), dirname(ticket)];
  const missing = folders.map((folder) => lookBefore({ folder }).missing);
  const made = join(root, `${MAKING}${process.pid}.tmp`);
  try {
    mkdirSync(made, { recursive: true });
    const copy = { ...runPaths(made, '.'), name: there.name };
    await fill(run, copy, options);
    mkdirSync(dirname(there.folder), { recursive: true });
    moveIn(copy, there, ticket);
  } catch (error) {
    rmSync(made, { recursive: true, force: true });
    missing.forEach(removeEmpty);
    throw fileError(there.folder, error);
  }
  return there;
}

const MAKING = '.taken-in.';
const A_DAY = 24 * 3600 * 1000;

/** Removes what killed processes were taking in a day ago or longer; a younger one may be under way. */
export function removeLeft(root: string): void {
  if (!existsSync(root)) return;
  for (const name of readdirSync(root)) {
    const path = join(root, name);
    if (name.startsWith(MAKING) && statSync(path).mtimeMs < Date.now() - A_DAY)
      rmSync(path, { recursive: true, force: true });
  }
}

/** Puts a copy in its place, its ticket where tickets go, or neither. */
function moveIn(copy: RunPaths, there: RunPaths, ticket: string): void {
  const apart = ticket !== there.ticket && existsSync(copy.ticket);
  const held = existsSync(ticket);
  if (apart) {
    // Not a rename: it may be another file system.
    writeAtomic(ticket, readBytes(copy.ticket));
    rmSync(copy.ticket);
  }
  try {
    renameSync(copy.folder, there.folder);
  } catch (error) {
    if (apart && !held) rmSync(ticket, { force: true });
    throw error;
  }
}

/** Writes what is kept of a run to a new folder. */
async function fill(run: KnownRun, copy: RunPaths, options: TakeInOptions): Promise<void> {
  const { paths } = run;
  for (const file of ['spec', 'state', 'epochs', 'times'] as const)
    if (existsSync(paths[file])) copyBytes(paths[file], copy[file]);
  const stored = readResult(paths)!;
  withSteps(paths, (unpacked, there) => {
    if (there && !options.withoutSteps) copyBytes(unpacked.steps, copy.steps);
    if (stored.records === undefined && there) seal(copy, unpacked, stored);
    else copyBytes(paths.result, copy.result);
  });
  await keepNetwork(run, copy, options.machine);
  const own = [copy.times, copy.tensors].filter((file) => existsSync(file));
  writeProvenance(copy.provenance, copy.name, readTimes(paths)?.parts ?? [], own);
}

/** A result of the first version knows no hashes: from here on its records cannot change unseen. */
function seal(copy: RunPaths, { steps, epochs }: RunPaths, { result }: StoredResult): void {
  const hashed = (path: string) => {
    const bytes = readBytes(path);
    return { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
  };
  writeResult(copy, result, { steps: hashed(steps), epochs: hashed(epochs) });
}

async function keepNetwork(run: KnownRun, copy: RunPaths, machine?: Machine): Promise<void> {
  const { paths, spec } = run;
  const network = networkFile(run);
  const to = spec.method === 'sgd' ? copy.tensors : copy.ticket;
  if (network !== undefined) copyBytes(network, join(copy.folder, basename(network)));
  else if (existsSync(paths.last))
    await exportRun(run, 'last', spec.method === 'sgd' ? { safetensors: to } : { ticket: to }, machine);
}

/** A copy that its owner may write, whatever the modes of the original. */
const copyBytes = (from: string, to: string): void => writeFileSync(to, readBytes(from));
