import { readFileSync } from 'node:fs';
import { InputError } from '../../core/errors.js';
import { fileError } from '../../core/file-error.js';
import type { Split } from '../data/index.js';
import { evaluateSplit, type Score } from '../loop/evaluate.js';
import { type Machine, setUp } from '../run/setup.js';
import { readTicket, rebuild } from './run.js';

/** How a ticket file's network, rebuilt from its seeds, does on a split of the data it was trained on. */
export async function scoreTicket(path: string, split: Split, machine: Machine = {}): Promise<Score> {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw fileError(path, error);
  }
  const { ticket, header } = readTicket(bytes, path);
  const { dataset, engine, pipeline, close } = await setUp(header.spec, machine);
  try {
    if (dataset.fingerprint !== header.data.fingerprint)
      throw new InputError(
        path,
        `is of other data (${header.data.name}, SHA-256 ${header.data.fingerprint.slice(0, 12)}...)`,
        'pass the --data-folder that holds the images it was trained on',
      );
    rebuild(ticket, header, engine);
    return await evaluateSplit(engine, pipeline, split, header.spec.evaluationBatch);
  } finally {
    await close();
  }
}
