import { readFileSync } from 'node:fs';
import { InputError } from '../../core/errors.js';
import { decodeSafetensors } from '../../core/safetensors.js';
import { augmentationVectors } from './augmentation.js';
import type { ReplayOptions, ReplayReport, VectorKind } from './kind.js';
import { trainingVectors } from './training.js';

const kinds: readonly VectorKind[] = [trainingVectors, augmentationVectors];

/**
 * Replays a file of reference vectors.
 *
 * @throws InputError if the file cannot be read, is damaged, or is of no known kind
 */
export async function replayFile(path: string, options: ReplayOptions = {}): Promise<ReplayReport> {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new InputError(path, `cannot be read (${(error as Error).message})`, 'check the path');
  }
  const file = decodeSafetensors(bytes, path);
  const kind = kinds.find((k) => k.matches(file));
  if (!kind)
    throw new InputError(
      path,
      `is no reference file of a known kind (${kinds.map((k) => k.name).join(', ')})`,
      'pass a file made as docs/vectors.md says',
    );
  try {
    return await kind.replay(file, path, options);
  } catch (error) {
    // A setting out of range is told by its name: the file's comes before it.
    if (!(error instanceof InputError) || error.what.startsWith(path)) throw error;
    throw new InputError(`${path}: ${error.what}`, error.rule, error.fix);
  }
}
