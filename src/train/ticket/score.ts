import { InputError } from '../../core/errors.js';
import { readBytes } from '../../core/files.js';
import { isOfData } from '../data/dataset.js';
import type { Split } from '../data/index.js';
import { evaluateSplit, type Score } from '../loop/evaluate.js';
import type { Rule } from '../prune/rules/rule.js';
import { type Machine, setUp } from '../run/setup.js';
import { readTicket, rebuild } from './run.js';

/** A ticket file's content. @param own the run's rule, where that is one's own @throws InputError if it cannot be read or is damaged */
export const readTicketFile = (path: string, own?: Rule) => readTicket(readBytes(path), path, own);

/** How a ticket file's network, rebuilt from its seeds, does on a split of the data it was trained on. */
export async function scoreTicket(
  path: string,
  split: Split,
  machine: Machine = {},
  { ticket, header } = readTicketFile(path, machine.rule),
): Promise<Score> {
  const { dataset, engine, pipeline, close } = await setUp(header.spec, machine, 'evaluation');
  try {
    if (!isOfData(header.data.fingerprint, dataset))
      throw new InputError(
        path,
        `is of other data (${header.data.name}, fingerprint ${header.data.fingerprint.slice(0, 24)}...)`,
        'pass the --data-folder that holds the images it was trained on',
      );
    await rebuild(ticket, header, engine);
    return await evaluateSplit(engine, pipeline, split, header.spec.evaluationBatch);
  } finally {
    await close();
  }
}
