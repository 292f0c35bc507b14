import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/core/errors.js';
import { mapParts } from '../../src/core/pool.js';
import runTask from '../../src/core/pool-worker.js';
import halve from './halve.js';

const worker = { file: new URL('./halve.ts', import.meta.url), run: halve };

// Threads need compiled modules: test/e2e/theory-bad-input.test.ts has a bad input in one.
it('gives the results in the inputs’ order', async () => {
  const told: number[] = [];
  expect(await mapParts(worker, [8, 4, 2, 6], 1, (done) => told.push(done))).toEqual([4, 2, 1, 3]);
  expect(told).toEqual([1, 2, 3, 4]);
});

it('parts that are kept are not worked on again, and those that come are kept before they are told of', async () => {
  const kept = new Map([[1, 20]]);
  const told: number[][] = [];
  const store = {
    get: (part: number) => kept.get(part),
    put: (part: number, out: number) => kept.set(part, out),
  };
  const tell = (done: number) => told.push([done, kept.size]);
  expect(await mapParts(worker, [8, 3, 6], 1, tell, store)).toEqual([4, 20, 3]);
  expect(told).toEqual([
    [1, 2],
    [2, 2],
    [3, 3],
  ]);
});

it('a bad input comes out as the same InputError', async () => {
  const failed = mapParts(worker, [2, 3, 4], 1);
  await expect(failed).rejects.toBeInstanceOf(InputError);
  await expect(failed).rejects.toMatchObject({
    ...{ what: 'number 3', rule: 'must be even', fix: 'pass 4' },
    message: 'number 3: must be even; pass 4.',
  });
});

describe('in a thread', () => {
  it('an InputError comes as its parts, any other error as itself', async () => {
    const file = worker.file.href;
    expect(await runTask({ file, input: 4 })).toEqual({ out: 2 });
    expect(await runTask({ file, input: 3 })).toEqual({
      what: 'number 3',
      rule: 'must be even',
      fix: 'pass 4',
    });
    await expect(runTask({ file, input: 0 })).rejects.toThrow('nothing to halve');
  });
});
