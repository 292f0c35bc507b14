import { join } from 'node:path';
import { test } from 'vitest';
import { expectRefused, folder, problem, run, runs, settings, short, ticket } from '../support/refusals.js';

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
