import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Argument, Option } from 'commander';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { program } from '../../src/cli/main.js';
import { captured } from '../cli/captured.js';
import { writeImages } from '../images.js';
import { leaves, without, written } from '../support/commands.js';
import { start } from './cli.js';

// Every option and argument of every command, as the program itself lists them, is given each of these values.
const top = realpathSync(mkdtempSync(join(tmpdir(), 'iterand-options-')));
const [cwd, home, folder, images, runs] = ['cwd', 'home', 'folder', 'images', 'runs'].map((n) =>
  join(top, n),
) as [string, string, string, string, string];
const bad = { empty: '', NaN: 'NaN', '-1': '-1', '1e300': '1e300', folder, long: 'x'.repeat(300) };
type Bad = keyof typeof bad;

/** A run, an instance and a ticket that commands are given. */
const instance = join(top, 'instance.json');
const ticket = join(top, 'run.ticket');
const sweep = join(top, 'sweep.json');
let run = '';
const settings = [
  '--network',
  'conv2',
  '--width',
  '0.1',
  '--method',
  'iterand',
  '--data',
  `folder:${images}`,
];
const short = [
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
const problem = ['--widths', '2,2', '--epsilon', '0.9', '--delta', '0.3', '--resamplings', '60'];

/** What each command is given beside the option that is tried: with it alone the command would do its work. */
const base: Readonly<Record<string, () => readonly string[]>> = {
  bounds: () => ['--widths', '2,2', '--epsilon', '0.9', '--delta', '0.3'],
  simulate: () => [...problem, '--trials', '1', '--workers', '1'],
  search: () => problem,
  'check-instance': () => [instance],
  certify: () => [instance, '--seconds', '1'],
  law: () => ['--t', '0.1', '--resamplings', '2', '--trials', '2', '--workers', '1'],
  pensia: () => ['--workers', '1'],
  verify: () => ['--claim', 'eq-8', '--workers', '1'],
  report: () => [],
  'data list': () => [],
  'data cifar10': () => ['--from', folder, '--data-folder', join(top, 'data')],
  'data index': () => [`folder:${images}`],
  'data check': () => [`folder:${images}`],
  methods: () => [],
  doctor: () => [],
  networks: () => [],
  train: () => [...settings, ...short, '--out', runs],
  sweep: () => [sweep, '--out', runs, '--threads', '1'],
  runs: () => [],
  'runs add': () => [runs, '--out', join(top, 'added'), '--threads', '1'],
  compare: () => ['*', '--runs', runs],
  figure: () => ['2', '--list'],
  evaluate: () => [run, '--threads', '1'],
  export: () => [run, '--threads', '1', '--ticket', join(top, 'new.ticket')],
  vectors: () => ['test/fixtures/conv6-x0.25-ku-sgd.safetensors'],
};

/** Options that the one tried stands in place of, besides itself. */
const instead: Readonly<Record<string, readonly string[]>> = {
  'bounds --target': ['--widths'],
  'simulate --weight': ['--widths'],
  'search --weight': ['--widths'],
  'train --resume': [...settings, ...short].filter((word) => word.startsWith('--')),
  'train --network-file': ['--network', '--width'],
  'data cifar10 --url': ['--from'],
};

/** Where such a value is a right one. */
const right: Readonly<Record<string, readonly Bad[]>> = {
  // One weight in [-1, 1].
  'simulate --weight': ['-1'],
  'search --weight': ['-1'],
  // Folders, there or to be made; files to be made.
  'law --weight': ['-1'],
  'pensia --runs': ['NaN', '-1', '1e300', 'folder'],
  'report --out': ['NaN', '-1', '1e300', 'folder'],
  'report --runs': ['NaN', '-1', '1e300', 'folder'],
  'train --out': ['NaN', '-1', '1e300', 'folder'],
  'sweep --out': ['NaN', '-1', '1e300', 'folder'],
  // Where no run lies, none is finished.
  'figure --runs': ['NaN', '-1', '1e300', 'folder', 'long'],
  'figure --out': ['NaN', '-1', '1e300', 'folder', 'long'],
  'runs add --out': ['NaN', '-1', '1e300', 'folder'],
  'runs add --data-folder': ['folder'],
  'runs add --tickets': ['NaN', '-1', '1e300', 'folder'],
  'compare --out': ['NaN', '-1', '1e300', 'folder'],
  'compare --plots': ['NaN', '-1', '1e300', 'folder'],
  'runs --out': ['folder'],
  'data list --data-folder': ['folder'],
  'data cifar10 --data-folder': ['NaN', '-1', '1e300', 'folder'],
  'export --safetensors': ['NaN', '-1', '1e300'],
  'export --onnx': ['NaN', '-1', '1e300'],
};

const commands = leaves(program());
const takesValue = (option: Option) => option.required || option.optional;

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

test('the tables name commands and options that there are', () => {
  expect(Object.keys(base).sort()).toEqual(commands.map(([name]) => name).sort());
  const options = commands.flatMap(([name, { options }]) => options.map((o) => `${name} ${o.long}`));
  for (const name of [...Object.keys(right), ...Object.keys(instead)]) expect(options).toContain(name);
});

/** One line that names the option or what it was given, exit code 2, and nothing written. */
async function expectRefused(
  args: readonly string[],
  names: readonly string[],
  ended: Promise<Ended> = captured(args),
) {
  const there = written(top);
  const { code, stdout, stderr } = await ended;
  const about = args.join(' ').replace(bad.long, 'x...');
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

test.each(commands)('%s refuses each bad value of each option', async (name, { options }) => {
  for (const { long, ...option } of options as (Option & { long: string })[]) {
    const args = [
      ...name.split(' '),
      ...without(base[name]!(), [long, ...(instead[`${name} ${long}`] ?? [])]),
    ];
    if (!takesValue(option as Option)) {
      await expectRefused([...args, `${long}=1`], [long]);
      continue;
    }
    for (const [kind, value] of Object.entries(bad)) {
      if (right[`${name} ${long}`]?.includes(kind as Bad)) continue;
      await expectRefused([...args, long, value], [long, ...(value === '' ? [] : [value])]);
    }
  }
});

const withArguments = commands.filter(([, { registeredArguments }]) => registeredArguments.length > 0);
test.each(withArguments)(
  '%s refuses each bad value of its argument',
  async (name, { registeredArguments }) => {
    const [argument] = registeredArguments as [Argument];
    const [, ...rest] = base[name]!();
    for (const value of Object.values(bad))
      await expectRefused(
        [...name.split(' '), ...rest, '--', value],
        [value === '' ? argument.name() : value],
      );
  },
);

test.each(Object.entries({ evaluate: ticket, export: 'x.ticket' }))(
  '%s: options without an effect',
  async (name, file) => {
    const cases =
      name === 'evaluate'
        ? [
            [file, '--checkpoint', 'best'],
            [file, '--out', runs],
            [run, '--out', folder],
            [file, '--data-folder', folder],
          ]
        : [
            [run, '--onnx', 'a', '--safetensors', './a'],
            [run, '--onnx', join(run, 'last.safetensors')],
          ];
    for (const args of cases)
      await expectRefused(
        [name, ...args],
        args.filter((word) => word.startsWith('--')),
      );
  },
);

const unused: readonly (readonly [string, readonly string[]])[] = [
  ['--target', ['simulate', '--existence', '--epsilon', '0.1', '--delta', '0.1', '--target', 'zero']],
  ['--bound', ['simulate', '--existence', '--epsilon', '0.1', '--delta', '0.1', '--bound', 'paper']],
  [
    '--distribution',
    ['simulate', '--existence', '--epsilon', '0.1', '--delta', '0.1', '--distribution', 'ku:2'],
  ],
  ['--hidden', ['search', ...problem, '--formula', '100', '--hidden', '100,100']],
  ['--rescale', ['search', ...problem, '--rescale']],
  ['--seed', ['train', '--resume', 'x', '--seed', '2']],
  ['--epochs', ['train', '--resume', 'x', '--epochs', '2']],
  ['--spec', ['train', '--resume', 'x', '--spec', 'y']],
  ['--checkpoint-epochs', ['train', ...settings, '--dry-run', '--checkpoint-epochs', '2']],
  ['--data-folder', ['train', ...settings, '--data-folder', folder]],
  ['--data-folder', ['data', 'index', 'mnist', '--data-folder', folder]],
  ['--threads', ['train', ...settings, '--provider', 'webgpu', '--threads', '2']],
  ['--backend', ['evaluate', ticket, '--backend', 'wasm']],
  ['--device', ['evaluate', ticket, '--device', '0']],
  ['--provider', ['evaluate', ticket, '--engine', 'tfjs', '--provider', 'cpu']],
  ['--threads', ['evaluate', ticket, '--engine', 'tfjs', '--threads', '2']],
  ['--threads', ['train', ...settings, '--engine', 'tfjs', '--threads', '2']],
  ['--backend', ['train', ...settings, '--backend', 'wasm']],
  ['--provider', ['train', ...settings, '--engine', 'tfjs', '--provider', 'cpu']],
  ['--provider', ['train', ...settings, '--engine', 'auto', '--provider', 'cpu']],
  ['--backend', ['vectors', 'x', '--backend', 'wasm']],
  ['--standard', ['vectors', 'x', '--engine', 'tfjs', '--standard']],
  ['--final-rate', ['train', ...settings, ...short, '--final-rate', '0.1']],
  ['--sparsity', ['train', '--network', 'conv2', '--method', 'sgd', '--data', 'mnist', '--sparsity', '0.1']],
  [
    '--image-size',
    ['train', '--network', 'conv2', '--method', 'sgd', '--data', 'mnist', '--image-size', '64'],
  ],
  ['--runs', ['report', '--theory', '--runs', folder]],
  ['--alpha', ['report', '--training', '--alpha', '0.1']],
  ['--workers', ['report', '--training', '--workers', '1']],
  ['--url', ['data', 'cifar10', '--from', folder, '--url', 'https://example.org']],
];
test.each(unused)('%s is refused where it would have no effect: %j', (option, args) =>
  expectRefused(args, [option]),
);

const misspelt: readonly (readonly [string, readonly string[]])[] = [
  ['train', ['trian']],
  ['index', ['data', 'indx', 'mnist']],
  ['--seed', ['train', '--sead', '3']],
  ['conv6', ['train', '--network', 'conv66', '--method', 'sgd', '--data', 'mnist']],
  ['iterand', ['train', '--network', 'conv6', '--method', 'iterrand', '--data', 'mnist']],
  ['cifar10', ['train', '--network', 'conv6', '--method', 'sgd', '--data', 'cifar01']],
  ['uniform', ['train', ...settings, '--param', 'unifrom']],
  ['onnx', ['train', ...settings, '--engine', 'onx']],
  ['webgpu', ['train', ...settings, ...short, '--provider', 'webgpo']],
  ['wasm', ['train', ...settings, '--engine', 'tfjs', '--backend', 'wsam']],
  ['validation', ['evaluate', 'x', '--split', 'valdation']],
  ['best', ['evaluate', 'x', '--checkpoint', 'bets']],
  ['corrected', ['simulate', ...problem, '--bound', 'corected']],
  ['gaussian', ['simulate', ...problem, '--target', 'gausian']],
  ['uniform', ['simulate', ...problem, '--distribution', 'unifrom:1']],
  ['draws', ['simulate', ...problem, '--simulator', 'drawss']],
  ['eq-8', ['verify', '--claim', 'eq8']],
  ['skip', ['train', ...settings, '--unreadable', 'skp']],
];
test.each(misspelt)('%s is meant: %j', (meant, args) => expectRefused(args, [`did you mean '${meant}'`]));

test('a process of its own says the same', async () => {
  const commands = [
    ['train', ...settings, '--sparsity', ''],
    ['bounds', '--widths', '2,2', '--epsilon', '0.1', '--delta', 'NaN'],
    ['evaluate', folder],
  ];
  const started = commands.map((args) => [args, start(args, { HOME: home }).ended] as const);
  for (const [args, ended] of started) await expectRefused(args, [args.at(-2)!, args.at(-1)!], ended);
});
