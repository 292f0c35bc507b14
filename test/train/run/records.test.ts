import { existsSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runPaths } from '../../../src/runs/paths.js';
import { openRecords } from '../../../src/train/run/records.js';
import { temporaryFolder } from '../data/temporary.js';

const paths = runPaths(temporaryFolder(), '.');

test('a killed process’s half line of wall times is cut off, the rest kept', () => {
  writeFileSync(paths.times, '{"a":1}\n{"b');
  openRecords(paths).close();
  expect(readFileSync(paths.times, 'utf8')).toBe('{"a":1}\n');
});

/** The files under the run's folder that this process holds open. */
const held = () =>
  readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const path = readlinkSync(join('/proc/self/fd', fd));
      return path.startsWith(paths.folder) ? [path] : [];
    } catch {
      return [];
    }
  });

test.skipIf(!existsSync('/proc/self/fd'))('where one cannot be opened, none stays open', () => {
  writeFileSync(paths.steps, '{"step":0}\n');
  writeFileSync(paths.epochs, '');
  const open = openRecords(paths, { steps: { bytes: 11 }, epochs: { bytes: 0 } });
  expect(held()).toHaveLength(3);
  open.close();
  expect(() => openRecords(paths, { steps: { bytes: 11 }, epochs: { bytes: 5 } })).toThrow(
    `${paths.epochs}: is damaged`,
  );
  expect(held()).toEqual([]);
});
