import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { summary } from '../../src/cli/train-run.js';
import { runPaths } from '../../src/runs/paths.js';
import { startOfLoop } from '../../src/train/loop/loop.js';
import type { RunOptions } from '../../src/train/run/outcome.js';
import { resolveTrainSpec } from '../../src/train/spec/spec.js';
import { writeImages } from '../images.js';
import { temporaryFolder } from '../train/data/temporary.js';
import { captured } from './captured.js';

const spec = resolveTrainSpec({ network: 'conv2', method: 'sgd', data: 'mnist', epochs: 10 });
const stopped = (options: RunOptions, position = { epoch: 3, batch: 7 }) =>
  summary(
    {
      state: 'stopped',
      paths: runPaths(options.root, 'conv2/seed-1'),
      standing: { ...startOfLoop(), position },
      saved: true,
    },
    spec,
    options,
  );

test.skipIf(process.platform === 'win32')(
  'a stopped run’s hint holds the flags given, as the shell takes them',
  () => {
    expect(stopped({ root: 'runs' })).toContain('npx iterand train --resume conv2/seed-1\n');
    const text = stopped({
      root: "Ada's runs",
      dataFolder: '/my data',
      threads: 2,
      device: 1,
      workers: 3,
      unreadable: 'skip',
      checkpointEpochs: 5,
      checkpointMinutes: 0,
    });
    const words = execFileSync('bash', ['-c', `printf '%s\\n' ${text.split('npx iterand train')[1]}`], {
      encoding: 'utf8',
    });
    expect(words.trim().split('\n')).toEqual([
      ...['--resume', 'conv2/seed-1', '--out', "Ada's runs", '--data-folder', '/my data', '--threads', '2'],
      ...[
        '--device',
        '1',
        '--workers',
        '3',
        '--unreadable',
        'skip',
        '--checkpoint-epochs',
        '5',
        '--checkpoint-minutes',
        '0',
      ],
    ]);
  },
);

test('it says where the run stopped, the last epoch’s end included', () => {
  expect(stopped({ root: 'runs' })).toContain('stopped in epoch 4 of 10 after 7 batches');
  expect(stopped({ root: 'runs' }, { epoch: 10, batch: 0 })).toContain('stopped after the last of 10 epochs');
});

test('--dry-run whose loss is not finite: one line, exit code 1', async () => {
  const images = join(temporaryFolder(), 'images');
  await writeImages(images);
  const { code, stdout, stderr } = await captured([
    ...['train', '--network', 'conv2', '--width', '0.1', '--method', 'sgd', '--data', `folder:${images}`],
    ...['--image-size', '8', '--epochs', '3', '--batch', '8', '--warmup', '0', '--final-epochs', '0'],
    ...['--learning-rate', '1e25', '--threads', '1', '--workers', '1', '--dry-run'],
  ]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(
    /^iterand: step \d+ \(epoch 0\): the loss is (NaN|Infinity); norms before it: conv1\.weight .*\n$/,
  );
});
