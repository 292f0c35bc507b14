import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { beforeAll, describe, expect, test } from 'vitest';
import type { HashedPrefix } from '../../../src/runs/lines.js';
import { type RunPaths, runPaths } from '../../../src/runs/paths.js';
import { writeSealedJson } from '../../../src/runs/sealed-json.js';
import { readState } from '../../../src/runs/state.js';
import { summarizeRuns } from '../../../src/train/run/list.js';
import { openRun } from '../../../src/train/run/open.js';
import type { RunOptions } from '../../../src/train/run/outcome.js';
import { readEpochs, readSteps } from '../../../src/train/run/read-records.js';
import { readResult, writeResult } from '../../../src/train/run/result.js';
import type { RecordsSoFar } from '../../../src/train/run/schemas.js';
import { trainRun } from '../../../src/train/run/train.js';
import { resolveTrainSpec, trainRunName } from '../../../src/train/spec/spec.js';
import { writeImages } from '../../images.js';
import { temporaryFolder } from '../data/temporary.js';

const folder = temporaryFolder();
const images = join(folder, 'images');
const spec = resolveTrainSpec({
  network: 'conv2',
  width: 0.1,
  method: 'iterand',
  data: `folder:${images}`,
  imageSize: 8,
  epochs: 2,
  batch: 8,
  period: 3,
  warmup: 0,
  finalEpochs: 0,
});
const name = trainRunName(spec, 3);
const train = (root: string, more: Partial<RunOptions> = {}) =>
  trainRun(spec, 3, { root, threads: 1, workers: 1, ...more });

let [finished, stopped] = ['', ''];
beforeAll(async () => {
  await writeImages(images);
  finished = join(folder, 'finished');
  await train(finished);
  stopped = join(folder, 'stopped');
  const stop = new AbortController();
  // In the second epoch.
  await train(stopped, {
    signal: stop.signal,
    callbacks: [
      {
        step({ step }) {
          if (step === 6) stop.abort();
        },
      },
    ],
  });
}, 60_000);

let copies = 0;
const copy = (of: string): RunPaths => {
  const root = join(folder, `copy-${copies++}`);
  cpSync(of, root, { recursive: true });
  return runPaths(root, name);
};
const rootOf = (paths: RunPaths) => join(paths.folder, '../..');
const flip = (path: string, at: number) => {
  const bytes = readFileSync(path);
  bytes[at]! ^= 1;
  writeFileSync(path, bytes);
};
const listed = (paths: RunPaths) => summarizeRuns(rootOf(paths))[0];

describe('a changed byte of the records', () => {
  test.each(['steps', 'epochs'] as const)('of a stopped run, %s, is refused on resume', async (file) => {
    const paths = copy(stopped);
    const size = readFileSync(paths[file]).length;
    for (const at of [2, Math.floor(size / 2), size - 3]) {
      flip(paths[file], at);
      const before = readFileSync(paths[file]);
      await expect(train(rootOf(paths))).rejects.toThrow(paths[file]);
      expect(() => (file === 'steps' ? readSteps : readEpochs)(paths)).toThrow(paths[file]);
      expect(readFileSync(paths[file]).equals(before)).toBe(true);
      flip(paths[file], at);
    }
    expect(await train(rootOf(paths))).toMatchObject({ state: 'finished' });
    for (const same of ['steps', 'epochs', 'last', 'best', 'result'] as const)
      expect(readFileSync(paths[same]).equals(readFileSync(runPaths(finished, name)[same])), same).toBe(true);
  });

  test('of a finished run is not reported', () => {
    const paths = copy(finished);
    expect(listed(paths)).toMatchObject({ state: 'finished', epochsDone: 2 });
    // The last digits of a validation loss: no list shows it, no sum tells it.
    const text = readFileSync(paths.epochs, 'utf8');
    writeFileSync(
      paths.epochs,
      text.replace(/("validation":\{"loss":0\.\d\d)(\d)/, (_, a, b) => a + (9 - b)),
    );
    expect(listed(paths)).toMatchObject({ state: 'damaged', reason: expect.stringContaining(paths.epochs) });
    writeFileSync(paths.epochs, `${text}\n`);
    expect(() => readEpochs(paths)).toThrow('where the finished run wrote');
    writeFileSync(paths.epochs, text);
    expect(readSteps(paths)).toHaveLength(10);
    flip(paths.steps, 60);
    expect(() => readSteps(paths)).toThrow(paths.steps);
    rmSync(paths.steps);
    expect(() => readSteps(paths)).toThrow('it holds 0 bytes');
  });

  test('is the checkpoint’s if that is what changed', () => {
    const paths = copy(stopped);
    const text = readFileSync(paths.last, 'latin1');
    const changed = text.replace(
      /(epochs\W+bytes\W+\d+\W+sha256\W+)(\w)/,
      (_, a, b) => a + (b === 'a' ? 'b' : 'a'),
    );
    expect(changed).not.toBe(text);
    writeFileSync(paths.last, changed, 'latin1');
    expect(() => readEpochs(paths)).toThrow(`${paths.last}: is damaged`);
  });

  test('after the checkpoint does not count: the run is cut back to it', () => {
    const paths = copy(stopped);
    writeFileSync(paths.epochs, `${readFileSync(paths.epochs, 'utf8')}{"epoch":1}\n`);
    expect(readEpochs(paths)).toHaveLength(1);
    expect(listed(paths)).toMatchObject({ state: 'stopped', epochsDone: 1 });
  });
});

describe('a damaged state file', () => {
  test.each(['{"state"', 'null', '[]', '', '{"state":"running"} '])(
    '%j: listed; the run goes on',
    async (text) => {
      const paths = copy(stopped);
      const sealed = readFileSync(paths.state, 'utf8');
      writeFileSync(paths.state, text.endsWith(' ') ? sealed.replace('stopped', 'finished') : text);
      expect(() => readState(paths)).toThrow(`${paths.state}: is damaged`);
      expect(listed(paths)).toMatchObject({ state: 'damaged', reason: expect.stringContaining(paths.state) });
      const warned: string[] = [];
      const outcome = await train(rootOf(paths), { warn: (message) => warned.push(message) });
      expect(outcome.state).toBe('finished');
      expect(warned).toEqual([expect.stringContaining('goes on from its checkpoint')]);
      rmSync(paths.result);
      expect(readState(paths).state).toBe('finished');
    },
  );

  test('without a checkpoint beside it is an error, the records kept', async () => {
    const paths = copy(stopped);
    rmSync(paths.last);
    writeFileSync(paths.state, '{}');
    const steps = readFileSync(paths.steps);
    await expect(train(rootOf(paths))).rejects.toThrow(`${paths.state}: is damaged`);
    expect(readFileSync(paths.steps).equals(steps)).toBe(true);
  });

  test('of another run is refused', () => {
    const paths = copy(stopped);
    const other = runPaths(rootOf(paths), name.replace('seed-3', 'seed-4'));
    cpSync(paths.folder, other.folder, { recursive: true });
    expect(() => readState(other)).toThrow(`it is of the run ${name}`);
    expect(() => openRun(rootOf(paths), other.name)).toThrow(`it is the spec of ${name}`);
  });
});

test('a damaged result is refused; removed, it is taken anew with the same bytes', async () => {
  const paths = copy(finished);
  const bytes = readFileSync(paths.result);
  writeFileSync(
    paths.result,
    bytes.toString().replace(/"hits": (\d)/, (_, n) => `"hits": ${(Number(n) + 1) % 10}`),
  );
  await expect(train(rootOf(paths))).rejects.toThrow(`${paths.result}: is damaged`);
  expect(listed(paths)).toMatchObject({ state: 'damaged', reason: expect.stringContaining(paths.result) });
  rmSync(paths.result);
  expect(await train(rootOf(paths))).toMatchObject({ state: 'finished', already: false });
  expect(readFileSync(paths.result).equals(bytes)).toBe(true);
});

test('an accuracy that is not hits / examples is not written, and not read under a right checksum', () => {
  const paths = copy(finished);
  const { result, records } = readResult(paths)!;
  const wrong = { ...result, test: { ...result.test, accuracy: 0.99 } };
  const rule = 'must have accuracy = hits / examples';
  expect(() => writeResult(paths, wrong, records as RecordsSoFar<HashedPrefix>)).toThrow(rule);
  const keys = ['run', 'data', 'steps', 'best', 'unreadable', 'test', 'records'];
  const lenient = v.strictObject(Object.fromEntries(keys.map((key) => [key, v.any()])));
  writeSealedJson(
    paths.result,
    { format: 'iterand result 2', schema: lenient, unsealed: lenient, fix: '' },
    { run: name, ...wrong, records },
  );
  expect(() => readResult(paths)).toThrow(rule);
});

test('a damaged spec file is written anew by the command of the run, since its name holds its hash', async () => {
  const paths = copy(stopped);
  const bytes = readFileSync(paths.spec);
  const text = bytes.toString();
  for (const [damage, why] of [
    [text.replace('"batch": 8', '"batch": 9'), 'it is the spec of'],
    [text.replace('"seed": 3', '"seed": 2'), 'it is the spec of'],
    [text.replace('"epochs": 2', '"epochs": "2"'), 'epochs "2" must be number'],
    [text.slice(0, 90), 'it is no JSON'],
  ] as const) {
    writeFileSync(paths.spec, damage);
    expect(() => openRun(rootOf(paths), name)).toThrow(`${paths.spec}: is damaged: `);
    expect(() => openRun(rootOf(paths), name)).toThrow(why);
  }
  const warned: string[] = [];
  await train(rootOf(paths), { warn: (message) => warned.push(message) });
  expect(warned).toEqual([expect.stringContaining('it is written anew')]);
  expect(readFileSync(paths.spec).equals(bytes)).toBe(true);
});
