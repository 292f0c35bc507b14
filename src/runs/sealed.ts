import { readFileSync } from 'node:fs';
import { InputError } from '../core/errors.js';
import { fileError } from '../core/file-error.js';
import { writeAtomic } from '../core/files.js';
import { decodeSafetensors, encodeSafetensors, type TensorFile } from '../core/safetensors.js';
import { sealOf } from '../core/seal.js';

/**
 * Writes tensors and metadata as a safetensors file whose metadata hold the SHA-256 of the rest. A reader sees the old file
 * or the new one.
 *
 * @throws InputError if the disk is full or the file cannot be written; the old file is as it was
 */
export function writeSealed(path: string, { tensors, metadata }: TensorFile): void {
  try {
    writeAtomic(path, encodeSafetensors(tensors, { ...metadata, sha256: sealOf({ tensors, metadata }) }));
  } catch (error) {
    throw fileError(path, error);
  }
}

/**
 * Reads what {@link writeSealed} wrote.
 *
 * @throws InputError that names the file and the check it failed
 */
export function readSealed(path: string): TensorFile {
  const damaged = (check: string) =>
    new InputError(
      path,
      `is damaged: ${check}`,
      'restore the file from a copy, or see README.md, "Damaged checkpoints"',
    );
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw fileError(path, error);
  }
  let file: TensorFile;
  try {
    file = decodeSafetensors(bytes, path);
  } catch (error) {
    throw error instanceof InputError ? damaged(`as a safetensors file, it ${error.rule}`) : error;
  }
  const { sha256, ...metadata } = file.metadata;
  if (sha256 === undefined) throw damaged('it holds no checksum');
  if (sha256 !== sealOf({ tensors: file.tensors, metadata }))
    throw damaged('its content does not match its SHA-256 checksum');
  return { tensors: file.tensors, metadata };
}
