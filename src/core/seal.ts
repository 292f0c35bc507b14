import { createHash } from 'node:crypto';
import type { Tensor, TensorFile } from './safetensors.js';

/** SHA-256, in hexadecimal, of tensors and metadata: of names, shapes, types, values and texts, in whatever order they stand. */
export function sealOf({ tensors, metadata }: TensorFile): string {
  const hash = createHash('sha256');
  const names = (keys: Iterable<string>) => [...keys].sort();
  for (const key of names(Object.keys(metadata))) hash.update(JSON.stringify([key, metadata[key]]));
  for (const name of names(tensors.keys())) {
    const { shape, data }: Tensor = tensors.get(name)!;
    hash.update(JSON.stringify([name, shape, data.constructor.name]));
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest('hex');
}
