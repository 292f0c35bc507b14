import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { runPaths } from '../../src/runs/paths.js';
import { compareMethods, type MethodsSettings } from '../../src/sweep/methods.js';
import { trainRunName } from '../../src/train/spec/spec.js';
import { writeImages } from '../images.js';
import { temporaryFolder } from '../train/data/temporary.js';

const folder = temporaryFolder();
const images = join(folder, 'images');
beforeAll(() => writeImages(images));

test('every method with every seed, each once; a second call takes what is there', async () => {
  const settings: MethodsSettings = {
    shared: {
      network: 'conv2',
      width: 0.1,
      data: `folder:${images}`,
      imageSize: 8,
      epochs: 2,
      batch: 20,
      warmup: 0,
      finalEpochs: 0,
    },
    methods: ['sgd', 'edge-popup', 'iterand'],
    seeds: [4, 5],
  };
  const root = join(folder, 'runs');
  const seen: [number, number][] = [];
  const first = await compareMethods(settings, { root, threads: 1 }, (done, total) =>
    seen.push([done, total]),
  );
  expect(first.groups.map(({ curve, runs }) => [curve.example.spec.method, runs.map((r) => r.seed)])).toEqual(
    settings.methods.map((method) => [method, [4, 5]]),
  );
  for (const { runs } of first.groups)
    for (const run of runs) expect(run.epochs.map((e) => e.epoch)).toEqual([0, 1]);
  expect(seen.at(-1)).toEqual([12, 12]);
  expect(seen.every(([done], i) => i === 0 || done >= seen[i - 1]![0])).toBe(true);

  const { times } = runPaths(root, trainRunName(first.curves[0]!.example.spec, 4));
  const before = readFileSync(times, 'utf8');
  expect(await compareMethods(settings, { root, threads: 1 })).toEqual(first);
  expect(readFileSync(times, 'utf8')).toBe(before);
});
