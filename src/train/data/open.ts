import { requireOneOf } from '../../core/errors.js';
import type { Dataset } from './dataset.js';

/** Sets that are known by name. */
export const datasetNames = ['mnist'] as const;

/**
 * Opens a dataset by name.
 *
 * @throws InputError if the name is not known or the data is missing or damaged
 */
export async function openDataset(name: string): Promise<Dataset> {
  requireOneOf('data', name, datasetNames);
  return (await import('./mnist.js')).openMnist();
}
