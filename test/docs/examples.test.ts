import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { emptyFolder } from '../e2e/cli.js';
import { writeImages } from '../images.js';

const root = resolve(import.meta.dirname, '../..');
const pages = ['README.md', 'docs/extending.md', 'docs/sweeps.md'] as const;
const read = (page: string) => readFileSync(join(root, page), 'utf8');

/** The programs of a page: its blocks marked js, in order. */
const programs = (page: string) => [...read(page).matchAll(/^```js\n(.*?)^```$/gms)].map((m) => m[1]!);

/** What each program must print, in the order of the pages; accuracies are not fixed to the digit, as processors differ. */
const printed: Readonly<Record<(typeof pages)[number], readonly RegExp[]>> = {
  'README.md': [
    /success: 0\.\d/,
    /^(1|0\.9\d*)\n$/,
    /^0 2\.\d+\n10 [\d.]+\n(.*\n)*50 [\d.]+\n(.*\n)*.*accuracy: 0\.[3-9]/,
    /^0\.[2-9]\d*\n$/,
  ],
  'docs/extending.md': [
    /^branches-edge-popup-mnist-[0-9a-f]{10}\/seed-1 0\.[5-9]\d*\n$/,
    /^1 0\.\d+\n2 0\.\d+\n3 0\.[89]\d*\n$/,
    /^[6-8] of 8, 0 unreadable\n$/,
  ],
  'docs/sweeps.md': [/^0\.0625 finished 0\.\d+\n0\.125 finished 0\.\d+\n$/],
};

/** Runs a program in an empty folder that has the built package installed, and an image folder `photos`. */
async function run(
  program: string,
): Promise<{ code: number | null; stdout: string; stderr: string; folder: string }> {
  const folder = emptyFolder('example');
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(root, join(folder, 'node_modules/iterand'), 'junction');
  await writeImages(join(folder, 'photos'));
  writeFileSync(join(folder, 'program.mjs'), program);
  const child = spawn(process.execPath, ['program.mjs'], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (data) => {
    stdout += data;
  });
  child.stderr.on('data', (data) => {
    stderr += data;
  });
  const code = await new Promise<number | null>((done, fail) => child.on('error', fail).on('close', done));
  return { code, stdout, stderr, folder };
}

// Nothing happens where the build is newer than the sources, as after npm test has begun.
beforeAll(() => {
  const made = spawnSync(process.execPath, [join(root, 'scripts/ensure.js')], { encoding: 'utf8' });
  expect(made.status, made.stderr).toBe(0);
}, 300_000);

describe.each(pages)('the programs of %s run as they stand', (page) => {
  test('each has its expectation', () => {
    expect(programs(page).length).toBe(printed[page].length);
  });

  for (const [i, words] of printed[page].entries())
    test(`program ${i + 1}`, async () => {
      const { code, stdout, stderr, folder } = await run(programs(page)[i]!);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toMatch(words);
      if (programs(page)[i]!.includes("root: 'runs'")) expect(existsSync(join(folder, 'runs'))).toBe(true);
    }, 300_000);
});

test('every file that extending.md names is there, and every name it gives is in the file named with it', () => {
  const text = read('docs/extending.md');
  const files = [...text.matchAll(/`((?:src|test|docs|bench)\/[^`]+)`/g)].map((m) => m[1]!);
  expect(files.length).toBeGreaterThan(50);
  expect([...new Set(files)].filter((file) => !existsSync(join(root, file)))).toEqual([]);
  const exported: readonly [name: string, file: string][] = [
    ['NETWORK_NAMES', 'src/train/networks/index.ts'],
    ['datasetNames', 'src/train/data/open.ts'],
    ['Dataset', 'src/train/data/dataset.ts'],
    ['METHODS', 'src/train/spec/defaults.ts'],
    ['ENGINES', 'src/train/engines/names.ts'],
    ['PROVIDERS', 'src/train/engines/onnx/providers.ts'],
    ['TRAIN_SPEC', 'src/train/spec/spec.ts'],
    ['Engine', 'src/train/engines/engine.ts'],
    ['Rule', 'src/train/prune/rules/rule.ts'],
    ['Ops', 'src/train/prune/rules/ops.ts'],
    ['RULES', 'src/train/prune/rules/index.ts'],
    ['ORACLES', 'test/support/rule-oracle.ts'],
    ['Refresher', 'src/train/loop/refresher.ts'],
    ['REFRESHES', 'src/train/prune/refreshes.ts'],
    ['requireStorable', 'src/train/ticket/run.ts'],
    ['searchNetwork', 'src/theory/search/search.ts'],
    ['serveBySum', 'src/theory/search/subset/serve.ts'],
    ['exactProbability', 'src/theory/search/construction.ts'],
    ['searchInstance', 'src/theory/search/instance.ts'],
    ['Bound', 'src/theory/bounds/bound.ts'],
    ['bounds', 'src/theory/bounds/index.ts'],
    ['ClaimRecord', 'src/theory/claims/claim.ts'],
  ];
  for (const [name, file] of exported)
    expect(read(file), `${name} in ${file}`).toMatch(
      new RegExp(`export (const|function|interface|type) ${name}\\b`),
    );
});
