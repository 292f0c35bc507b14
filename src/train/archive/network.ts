import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../core/errors.js';
import { readBytes } from '../../core/files.js';
import { decodeSafetensors } from '../../core/safetensors.js';
import { sizeOf } from '../../core/shape.js';
import { canonical } from '../../runs/canonical.js';
import { damaged, readingStored } from '../../runs/damage.js';
import { isOfData } from '../data/dataset.js';
import type { Split } from '../data/index.js';
import { evaluateSplit, type Score } from '../loop/evaluate.js';
import type { KnownRun } from '../run/open.js';
import type { RunResult } from '../run/outcome.js';
import { readResult } from '../run/result.js';
import { type Machine, setUp } from '../run/setup.js';
import { readTicketFile, scoreTicket } from '../ticket/score.js';
import { readProvenance } from './provenance.js';

/** The file that holds a run's network where its checkpoints were left out; undefined if there is none. */
export function networkFile({ paths }: Pick<KnownRun, 'paths'>): string | undefined {
  return [paths.ticket, paths.tensors].find((path) => existsSync(path));
}

/** @throws InputError if a ticket is not of this run, or damaged */
export function requireTicketOf({ spec, seed, paths }: KnownRun, result: RunResult, ticket: string): void {
  const { header } = readTicketFile(ticket);
  const { fingerprint } = result.data;
  const same =
    canonical(header.spec) === canonical(spec) &&
    header.seed === seed &&
    header.steps === result.steps &&
    header.data.fingerprint === fingerprint;
  if (!same)
    throw new InputError(ticket, `is no ticket of ${paths.name} after its last step`, 'export it again');
}

/**
 * How a run without checkpoints does on a split, by the network that was kept.
 *
 * @throws InputError if the network is damaged, its result is gone, or the data are others
 */
export function scoreNetworkFile(run: KnownRun, split: Split, machine: Machine = {}): Promise<Score> {
  const { paths } = run;
  const path = networkFile(run)!;
  const result = readResult(paths)?.result;
  if (result === undefined)
    throw new InputError(
      paths.result,
      'is not there, so that nothing says what the network was trained on',
      'take the run in again from where it was made',
    );
  if (path !== paths.ticket) return scoreTensors(run, result, split, machine);
  requireTicketOf(run, result, path);
  return scoreTicket(path, split, machine);
}

async function scoreTensors(
  run: KnownRun,
  result: RunResult,
  split: Split,
  machine: Machine,
): Promise<Score> {
  const { paths, spec } = run;
  readProvenance(paths);
  const { dataset, engine, pipeline, close } = await setUp(spec, machine, 'evaluation');
  try {
    if (!isOfData(result.data.fingerprint, dataset))
      throw new InputError(
        paths.folder,
        `was trained on other data (${result.data.name}, fingerprint ${result.data.fingerprint.slice(0, 24)}...)`,
        'pass the --data-folder that holds the images it was trained on',
      );
    const { tensors } = readTensors(run);
    for (const { name, role, shape } of engine.tensors) {
      if (role === 'momentum') continue;
      const data = tensors.get(name)?.data;
      if (!(data instanceof Float32Array) || data.length !== sizeOf(shape))
        throw damaged(paths.tensors, `it holds no tensor ${name} of ${sizeOf(shape)} values`);
      await engine.write(name, data);
    }
    return await evaluateSplit(engine, pipeline, split, spec.evaluationBatch);
  } finally {
    await close();
  }
}

/** The tensors of a run's `final.safetensors`. @throws InputError if they are of another run, or damaged */
export function readTensors({ paths }: Pick<KnownRun, 'paths'>, path = paths.tensors) {
  const file = readingStored(path, () => decodeSafetensors(readBytes(path), path));
  if (file.metadata.run !== paths.name) throw damaged(path, `it is of the run ${file.metadata.run}`);
  return file;
}

/** Where the ticket of a run lies in a folder of tickets. */
export const ticketIn = (tickets: string, name: string): string =>
  join(tickets, `${name.replaceAll('/', '-')}.ticket`);
