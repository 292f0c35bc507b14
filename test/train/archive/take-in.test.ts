import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { runPaths } from '../../../src/runs/paths.js';
import { scoreNetworkFile } from '../../../src/train/archive/network.js';
import { readProvenance } from '../../../src/train/archive/provenance.js';
import { runsIn } from '../../../src/train/archive/source.js';
import { lookAt, takeIn } from '../../../src/train/archive/take-in.js';
import { summarizeRuns } from '../../../src/train/run/list.js';
import { openRun } from '../../../src/train/run/open.js';
import { readEpochs, readSteps } from '../../../src/train/run/read-records.js';
import { readResult } from '../../../src/train/run/result.js';
import { scoreRun } from '../../../src/train/run/score.js';
import { trainRun } from '../../../src/train/run/train.js';
import { resolveTrainSpec } from '../../../src/train/spec/spec.js';
import { captured } from '../../cli/captured.js';
import { writeImages } from '../../images.js';
import { temporaryFolder } from '../data/temporary.js';

const machine = { threads: 1, workers: 1 };
const folder = temporaryFolder();
const made = join(folder, 'made');
const names: string[] = [];
beforeAll(async () => {
  const images = join(folder, 'images');
  await writeImages(images);
  for (const method of ['iterand', 'sgd']) {
    const spec = resolveTrainSpec({
      ...{ network: 'conv2', width: 0.1, data: `folder:${images}`, imageSize: 8, epochs: 3, batch: 10 },
      ...{ method, warmup: 0, finalEpochs: 0, ...(method === 'sgd' ? {} : { period: 2 }) },
    });
    names.push((await trainRun(spec, 1, { root: made, ...machine })).paths.name);
  }
});

/** A copy of the runs that were made, to be changed. */
const copied = () => {
  const to = join(temporaryFolder(), 'copy');
  cpSync(made, to, { recursive: true });
  return to;
};
const add = (...args: string[]) => captured(['runs', 'add', ...args, '--threads', '1']);
const packed = spawnSync('xz', ['--version']).status === 0;
if (!packed) console.warn('SKIPPED: steps compressed with xz are not taken in, no xz on PATH');

describe.each([0, 1])('run %i of a ticket and of tensors', (i) => {
  test('is taken in without checkpoints, and its network gives the same score', async () => {
    const root = join(temporaryFolder(), 'runs');
    const { stdout, code } = await add(made, '--out', root);
    expect(code, stdout).toBe(0);
    const [from, run] = [openRun(made, names[i]!), openRun(root, names[i]!)];
    expect(existsSync(run.paths.last) || existsSync(run.paths.best)).toBe(false);
    expect(readdirSync(root).sort()).toEqual(names.map((name) => name.split('/')[0]).sort());
    expect(readEpochs(run.paths)).toEqual(readEpochs(from.paths));
    expect(readSteps(run.paths)).toEqual(readSteps(from.paths));
    const { test: score } = readResult(from.paths)!.result;
    expect(await scoreNetworkFile(run, 'test', machine)).toEqual(score);
    expect(await scoreNetworkFile(run, 'validation', machine)).toEqual(
      await scoreRun(from, 'last', 'validation', machine),
    );
    const printed = await captured(['evaluate', names[i]!, '--out', root, '--json', '--threads', '1']);
    expect(JSON.parse(printed.stdout)).toEqual({ split: 'test', ...score });
    const { parts, files } = readProvenance(run.paths)!;
    expect(parts).toMatchObject([{ threads: 1, node: process.versions.node, iterand: '0.1.0' }]);
    expect(Object.keys(files)).toEqual(i === 0 ? ['times.jsonl'] : ['final.safetensors', 'times.jsonl']);
    // Taken in once more, nothing is written; and what was taken in can itself be taken in.
    expect((await add(made, '--out', root)).stdout).toContain('is there already');
    const second = join(temporaryFolder(), 'runs');
    expect((await add(join(root, names[i]!), '--out', second)).code).toBe(0);
    expect(await scoreNetworkFile(openRun(second, names[i]!), 'test', machine)).toEqual(score);
  });
});

test('tickets go where they are wanted, and steps may be left out', async () => {
  const root = join(temporaryFolder(), 'runs');
  const tickets = join(temporaryFolder(), 'tickets');
  expect((await add(made, '--out', root, '--tickets', tickets, '--no-steps')).code).toBe(0);
  const ticket = `${names[0]!.replace('/', '-')}.ticket`;
  expect(readdirSync(tickets)).toEqual([ticket]);
  const { paths } = openRun(root, names[0]!);
  expect(existsSync(paths.steps)).toBe(false);
  expect(readEpochs(paths)).toHaveLength(3);
  const { stdout } = await captured(['evaluate', join(tickets, ticket), '--json', '--threads', '1']);
  expect(JSON.parse(stdout)).toEqual({ split: 'test', ...readResult(paths)!.result.test });
});

test.skipIf(!packed)('a run of the first version, its steps compressed, is sealed', async () => {
  const fixture = join(import.meta.dirname, '../../fixtures/runs-1/finished');
  const from = join(temporaryFolder(), 'runs');
  cpSync(fixture, from, { recursive: true });
  const [run] = runsIn(from);
  const { paths } = run!;
  const steps = readFileSync(paths.steps);
  spawnSync('xz', [paths.steps]);
  expect(existsSync(paths.steps)).toBe(false);
  const root = join(temporaryFolder(), 'runs');
  expect(lookAt(run!, { root }).found).toBe('new');
  const there = await takeIn(run!, { root, machine });
  expect(readFileSync(there.steps).equals(steps)).toBe(true);
  expect(readResult(paths)!.records).toBeUndefined();
  expect(readResult(there)!.records!.epochs.bytes).toBe(readFileSync(paths.epochs).length);
  const text = readFileSync(there.epochs, 'utf8');
  writeFileSync(there.epochs, text.replace('"loss":2', '"loss":3'));
  expect(() => readEpochs(there)).toThrow(there.epochs);
  writeFileSync(`${paths.steps}.xz`, 'no xz');
  expect(() => lookAt(run!, { root: join(temporaryFolder(), 'other') })).toThrow('xz says');
});

describe('nothing is written', () => {
  const refused = async (from: string, words: string | RegExp) => {
    const root = join(temporaryFolder(), 'runs');
    const { stderr, code } = await add(from, '--out', root);
    expect(stderr).toMatch(words);
    expect(code).toBe(2);
    expect(existsSync(root)).toBe(false);
  };

  test.each(['epochs', 'steps', 'result', 'spec', 'times'] as const)(
    'of runs with damaged %s',
    async (file) => {
      const from = copied();
      const { paths } = openRun(from, names[1]!);
      const bytes = readFileSync(paths[file]);
      bytes[bytes.length >> 1]! ^= 1;
      if (file === 'times') appendFileSync(paths.times, 'x\n');
      else writeFileSync(paths[file], bytes);
      await refused(from, /damaged/);
    },
  );

  test('of a folder without a finished run, or that is none', async () => {
    const from = copied();
    for (const name of names) rmSync(runPaths(from, name).result);
    await refused(from, /holds no finished run \(2 unfinished\)/);
    await refused(join(from, 'none'), /is no folder/);
    await refused(join(folder, 'images'), /holds no run/);
  });

  test('of runs given twice', async () => {
    const root = join(temporaryFolder(), 'runs');
    expect((await add(made, copied(), '--out', root)).stderr).toContain('lies in two of the folders');
    expect(existsSync(root)).toBe(false);
  });

  test('of a run whose network no ticket holds, before any other is taken in', async () => {
    const from = copied();
    const gates = resolveTrainSpec({
      ...{ network: 'conv2', width: 0.1, data: openRun(from, names[0]!).spec.data, imageSize: 8 },
      ...{ rule: 'gates', epochs: 1, warmup: 0, finalEpochs: 0, batch: 10 },
    });
    await trainRun(gates, 1, { root: from, ...machine });
    await refused(from, /gives no ticket.*'gates' hold values between 0 and 1.*copy its folder as it is/);
  });

  test('of a run that was taken in and damaged since', async () => {
    const root = join(temporaryFolder(), 'runs');
    await add(made, '--out', root);
    const { tensors } = openRun(root, names[1]!).paths;
    const bytes = readFileSync(tensors);
    bytes[bytes.length - 10]! ^= 1;
    writeFileSync(tensors, bytes);
    await refused(root, /final.safetensors: is damaged/);
  });

  test('where the run cannot be put: its ticket is taken back too', async () => {
    const root = join(temporaryFolder(), 'runs');
    const tickets = join(temporaryFolder(), 'tickets');
    const [run] = runsIn(join(made, names[0]!));
    const { folder: taken } = runPaths(root, names[0]!);
    mkdirSync(taken, { recursive: true });
    writeFileSync(join(taken, 'notes'), 'mine');
    await expect(takeIn(run!, { root, tickets, machine })).rejects.toThrow(taken);
    expect(existsSync(tickets)).toBe(false);
    expect(readdirSync(root)).toEqual([names[0]!.split('/')[0]]);
    expect(readdirSync(taken)).toEqual(['notes']);
  });

  test('of a ticket of another run', async () => {
    const from = copied();
    const { paths } = openRun(from, names[0]!);
    const tickets = join(temporaryFolder(), 'tickets');
    await add(made, '--out', join(temporaryFolder(), 'runs'), '--tickets', tickets);
    cpSync(join(tickets, readdirSync(tickets)[0]!), paths.ticket);
    expect((await add(from, '--out', join(temporaryFolder(), 'runs'))).code).toBe(0);
    const other = resolveTrainSpec({ ...openRun(from, names[0]!).spec, learningRate: 0.2 });
    const second = (await trainRun(other, 1, { root: from, ...machine })).paths;
    cpSync(paths.ticket, second.ticket);
    await refused(from, /is no ticket of/);
  });
});

test('a run that is there with another result is refused, an unfinished one too; the run that is there stays', async () => {
  const root = copied();
  const [from, there] = [copied(), runPaths(root, names[1]!)];
  rmSync(join(from, names[0]!.split('/')[0]!), { recursive: true });
  const result = JSON.parse(readFileSync(there.result, 'utf8'));
  const { format, sha256, run, records, ...plain } = result;
  plain.test = { ...plain.test, hits: plain.test.hits - 1 };
  plain.test.accuracy = plain.test.hits / plain.test.examples;
  writeFileSync(runPaths(from, names[1]!).result, JSON.stringify(plain));
  const collided = await add(from, '--out', root);
  expect(collided.stderr).toContain('has another result than the run of the same name');
  expect(JSON.parse(readFileSync(there.result, 'utf8'))).toEqual(result);
  rmSync(there.result);
  expect((await add(made, '--out', root)).stderr).toContain('unfinished');
});

test('what a killed process was making is cleared away after a day', async () => {
  const root = join(temporaryFolder(), 'runs');
  const [old, young] = ['.taken-in.1.tmp', '.taken-in.2.tmp'].map((name) => join(root, name));
  for (const path of [old!, young!]) mkdirSync(path, { recursive: true });
  utimesSync(old!, 0, 0);
  expect((await add(made, '--out', root)).code).toBe(0);
  expect([existsSync(old!), existsSync(young!)]).toEqual([false, true]);
});

test('a run that was taken in and lost its result is named', async () => {
  const root = join(temporaryFolder(), 'runs');
  await add(made, '--out', root);
  rmSync(runPaths(root, names[0]!).result);
  const { code, stderr } = await captured(['evaluate', names[0]!, '--out', root, '--threads', '1']);
  expect([code, stderr]).toEqual([
    2,
    expect.stringMatching(/result.json: is not there, so that .*take the run in again/),
  ]);
});

test('damage after a run was taken in is seen', async () => {
  const root = join(temporaryFolder(), 'runs');
  await add(made, '--out', root);
  const { paths } = openRun(root, names[1]!);
  for (const file of [paths.times, paths.tensors]) {
    const bytes = readFileSync(file);
    const changed = Buffer.from(bytes);
    changed[bytes.length - 10]! ^= 1;
    writeFileSync(file, changed);
    expect(() => readProvenance(paths)).toThrow(file);
    writeFileSync(file, bytes);
  }
  expect(readProvenance(paths)?.run).toBe(names[1]);
  expect(summarizeRuns(root).map(({ state }) => state)).toEqual(['finished', 'finished']);
});
