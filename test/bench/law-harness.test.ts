import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import type { LawFound, LawsFound } from '../../bench/gpu/laws.js';

const program = resolve(import.meta.dirname, '../support/broken-laws.ts');
const held = (...args: string[]) =>
  JSON.parse(execFileSync(process.execPath, ['--import', 'tsx', program, ...args], { encoding: 'utf8' })) as {
    readonly told: readonly LawFound[];
    readonly found: LawsFound;
  };

test('laws that do not hold are broken, each for its reason, and are told as they come', () => {
  const { told, found } = held('laws');
  expect(found).toEqual({
    held: 1,
    broken: [
      'these > expect what is not so: expected [ 1, 2 ] to deeply equal [ 1, 3 ]',
      'these > reject: it is refused',
      'those > leave something behind: it is not released',
    ],
  });
  expect(told.map(({ law, broken }) => (broken === undefined ? law : `${law}: ${broken}`))).toEqual([
    'these > hold',
    ...found.broken,
  ]);
});

test('only laws of some name are held, and none is found by a name that none has', () => {
  expect(held('laws', 'hold').found).toEqual({ held: 1, broken: [] });
  expect(held('laws', 'reject').found).toEqual({ held: 0, broken: ['these > reject: it is refused'] });
  expect(held('laws', 'no such')).toEqual({ told: [], found: { held: 0, broken: [] } });
});

test('laws that cannot be stated are none that hold', () => {
  expect(held('thrown').found).toEqual({ held: 0, broken: ['they cannot be stated'] });
});
