import { join } from 'node:path';
import type { Argument, Option } from 'commander';
import { expect, test } from 'vitest';
import { program } from '../../src/cli/main.js';
import { leaves, without } from '../support/commands.js';
import {
  expectRefused,
  folder,
  home,
  images,
  instance,
  problem,
  run,
  runs,
  settings,
  short,
  sweep,
  top,
} from '../support/refusals.js';
import { start } from './cli.js';

// Every option and argument of every command, as the program itself lists them, is given each of these values.
const bad = { empty: '', NaN: 'NaN', '-1': '-1', '1e300': '1e300', folder, long: 'x'.repeat(300) };
type Bad = keyof typeof bad;

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

test('the tables name commands and options that there are', () => {
  expect(Object.keys(base).sort()).toEqual(commands.map(([name]) => name).sort());
  const options = commands.flatMap(([name, { options }]) => options.map((o) => `${name} ${o.long}`));
  for (const name of [...Object.keys(right), ...Object.keys(instead)]) expect(options).toContain(name);
});

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

test('a process of its own says the same', async () => {
  const commands = [
    ['train', ...settings, '--sparsity', ''],
    ['bounds', '--widths', '2,2', '--epsilon', '0.1', '--delta', 'NaN'],
    ['evaluate', folder],
  ];
  const started = commands.map((args) => [args, start(args, { HOME: home }).ended] as const);
  for (const [args, ended] of started) await expectRefused(args, [args.at(-2)!, args.at(-1)!], ended);
});
