import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { fileError } from '../core/file-error.js';
import { readBytes, writeAtomic } from '../core/files.js';
import { parseJson } from '../core/json.js';
import { decodeSafetensors, encodeSafetensors, type TensorFile } from '../core/safetensors.js';
import { sealOf } from '../core/seal.js';
import { damaged, readingStored } from './damage.js';

/**
 * Writes tensors and metadata as a safetensors file whose metadata hold the SHA-256 of the rest. A reader sees the old file
 * or the new one.
 *
 * @throws InputError if the disk is full or the file cannot be written; the old file is as it was
 */
export function writeSealed(path: string, { tensors, metadata }: TensorFile): void {
  writeAtomic(path, encodeSafetensors(tensors, { ...metadata, sha256: sealOf({ tensors, metadata }) }));
}

const FIX = 'restore the file from a copy, or see docs/training.md, "Damaged files"';

/**
 * Reads what {@link writeSealed} wrote.
 *
 * @throws InputError that names the file and the check it failed
 */
export function readSealed(path: string): TensorFile {
  const bytes = readBytes(path);
  const file = readingStored(path, () => decodeSafetensors(bytes, path), FIX);
  const { sha256, ...metadata } = file.metadata;
  if (sha256 === undefined) throw damaged(path, 'it holds no checksum', FIX);
  if (sha256 !== sealOf({ tensors: file.tensors, metadata }))
    throw damaged(path, 'its content does not match its SHA-256 checksum', FIX);
  return { tensors: file.tensors, metadata };
}

/**
 * The metadata of such a file, without its tensors and so without its checksum: good for what is checked in another way.
 *
 * @throws InputError that names the file if it has no metadata
 */
export function readSealedMetadata(path: string): Readonly<Record<string, unknown>> {
  const header = readingStored(path, () => parseJson(readHeader(path), path), FIX);
  const metadata = (header as { __metadata__?: unknown } | null)?.__metadata__;
  if (typeof metadata !== 'object' || metadata === null) throw damaged(path, 'it has no metadata', FIX);
  return metadata as Record<string, unknown>;
}

function readHeader(path: string): Uint8Array {
  try {
    const file = openSync(path, 'r');
    try {
      const length = Buffer.alloc(8);
      readSync(file, length, 0, 8, 0);
      const bytes = Number(length.readBigUInt64LE());
      if (bytes > fstatSync(file).size - 8) throw damaged(path, 'it is shorter than its header', FIX);
      const header = Buffer.alloc(bytes);
      readSync(file, header, 0, bytes, 8);
      return header;
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw fileError(path, error);
  }
}
