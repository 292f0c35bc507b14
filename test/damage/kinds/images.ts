import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stream } from '../../../src/core/rng.js';
import { binaryFiles, recordBytes } from '../../../src/train/data/cifar10/format.js';
import { importCifar10 } from '../../../src/train/data/cifar10/import.js';
import { readCifarFolder } from '../../../src/train/data/cifar10/open.js';
import { wholeFile } from '../damager.js';
import { type Kind, kindOf } from './kind.js';

export async function cifarKinds(folder: string): Promise<Kind[]> {
  const recordsPerFile = 10;
  const from = join(folder, 'binaries');
  mkdirSync(from);
  for (const [f, name] of binaryFiles.entries()) {
    const { uint32 } = stream(1, 'cifar', f);
    const records = Uint8Array.from({ length: recordsPerFile * recordBytes }, (_, i) =>
      i % recordBytes === 0 ? i / recordBytes : uint32() & 255,
    );
    writeFileSync(join(from, name), records);
  }
  await importCifar10({ from, dataFolder: folder, recordsPerFile });
  const set = join(folder, 'cifar10');
  const read = () => {
    const { name, fingerprint, labels, source } = readCifarFolder(set, recordsPerFile);
    return { name, fingerprint, labels, pixels: source.kind === 'pixels' && source.pixels.slice() };
  };
  return [
    kindOf('CIFAR-10 manifest', join(set, 'manifest.json'), { json: wholeFile, read, named: set }),
    kindOf('CIFAR-10 binary file', join(set, binaryFiles[2]!), { read, named: set }),
  ];
}
