import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../../src/core/errors.js';
import { parseJson } from '../../../src/core/json.js';
import { type Holder, thisProcess } from '../../../src/runs/holder.js';
import { takeLock } from '../../../src/runs/lock.js';
import { hashFolder } from '../../../src/train/data/folder-hash.js';
import { resolveTrainSpec } from '../../../src/train/spec/spec.js';
import { wholeFile } from '../damager.js';
import { type Kind, kind, kindOf } from './kind.js';

export async function memoryKind(folder: string): Promise<Kind> {
  const path = join(folder, 'hashes.json');
  const classes = [{ path: 'images/train/bright', names: ['0.png', '1.png'] }];
  const hash = (bytes: number) =>
    hashFolder(folder, classes, { memory: [path], now: Date.now() + 60_000, worth: { bytes, files: bytes } });
  await hash(0);
  return kindOf('image hashes', path, { json: wholeFile, read: () => hash(1e12) });
}

export function specKind(folder: string): Kind {
  const settings = {
    network: 'conv2',
    method: 'iterand',
    data: 'mnist',
    width: 0.25,
    epochs: 3,
    learningRate: 0.3,
  };
  return kind('--spec file', join(folder, 'settings.json'), JSON.stringify(settings), {
    json: wholeFile,
    read: (path) => resolveTrainSpec(parseJson(readFileSync(path), path) as Record<string, unknown>),
    now: (bytes) => resolveTrainSpec(JSON.parse(Buffer.from(bytes).toString('utf8'))),
    named: '',
  });
}

/** The lock of a process that works on a run, while it does. */
export async function lockKind(folder: string): Promise<Kind> {
  const path = join(folder, 'lock.json');
  // Without a heartbeat, which would write into the damaged file.
  const held = await takeLock(path, { beat: 2 ** 30 });
  const thief: Required<Holder> = { ...thisProcess(), token: 'thief' };
  return kindOf('lock.json', path, {
    json: wholeFile,
    async read() {
      const lock = await takeLock(path, { beat: 10, stale: 1, own: thief }).catch((error: Error) => {
        if (!(error instanceof InputError)) throw error;
      });
      try {
        // Whoever comes second is refused; or the first is, at its next look. Never do both go on.
        if (lock) held.check();
        return lock ? 'both' : 'the first goes on';
      } finally {
        lock?.release();
      }
    },
  });
}
