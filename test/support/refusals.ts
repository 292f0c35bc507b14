import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { captured } from '../cli/captured.js';
import { writeImages } from '../images.js';
import { written } from './commands.js';

// A folder of folders, of which commands are given some; importing this module makes it, and removes it when the file's tests are over.
export const top = realpathSync(mkdtempSync(join(tmpdir(), 'iterand-options-')));
export const [cwd, home, folder, images, runs] = ['cwd', 'home', 'folder', 'images', 'runs'].map((n) =>
  join(top, n),
) as [string, string, string, string, string];
/** What commands are given: an instance, a ticket, a sweep of one run, and that run, once it is trained. */
export const instance = join(top, 'instance.json');
export const ticket = join(top, 'run.ticket');
export const sweep = join(top, 'sweep.json');
export let run = '';
export const settings = [
  '--network',
  'conv2',
  '--width',
  '0.1',
  '--method',
  'iterand',
  '--data',
  `folder:${images}`,
];
export const short = [
  '--image-size',
  '8',
  '--epochs',
  '1',
  '--warmup',
  '0',
  '--final-epochs',
  '0',
  '--threads',
  '1',
];
export const problem = ['--widths', '2,2', '--epsilon', '0.9', '--delta', '0.3', '--resamplings', '60'];

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const before = process.cwd();
const environment = { ...process.env };
beforeAll(async () => {
  for (const path of [cwd, home, folder]) mkdirSync(path);
  await writeImages(images);
  const trained = await captured(['train', ...settings, ...short, '--out', runs, '--json']);
  expect(trained.code, trained.stderr).toBe(0);
  run = JSON.parse(trained.stdout).paths.folder;
  const { network, width, method, ...others } = JSON.parse(readFileSync(join(run, 'spec.json'), 'utf8')).spec;
  writeFileSync(
    sweep,
    JSON.stringify({ name: 'one', job: 'train', base: { network, width, method, ...others }, seeds: [1] }),
  );
  expect((await captured(['search', ...problem, '--out', instance])).code).toBe(0);
  expect((await captured(['export', run, '--ticket', ticket])).code).toBe(0);
  process.chdir(cwd);
  process.env.HOME = home;
});
afterAll(() => {
  process.chdir(before);
  process.env = environment;
  rmSync(top, { recursive: true, force: true });
});

/** One line that names the option or what it was given, exit code 2, and nothing written. */
export async function expectRefused(
  args: readonly string[],
  names: readonly string[],
  ended: Promise<Ended> = captured(args),
) {
  const there = written(top);
  const { code, stdout, stderr } = await ended;
  const about = args.join(' ').replace(/x{300}/, 'x...');
  expect({ about, code, stdout, stderr }).toEqual({
    about,
    code: 2,
    stdout: '',
    stderr: expect.stringMatching(/^iterand: .*\.\n$/),
  });
  expect(
    names.some((name) => stderr.includes(name)),
    `${about}\n${stderr}`,
  ).toBe(true);
  expect(stderr, about).not.toMatch(/\n./);
  expect(written(top), about).toEqual(there);
}
