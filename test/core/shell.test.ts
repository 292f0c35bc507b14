import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { flagWords, shellWord } from '../../src/core/shell.js';

test('settings as words of a command line', () => {
  const settings = {
    network: 'conv2',
    evaluationBatch: 5,
    sigma: 0,
    rescale: true,
    json: false,
    threads: undefined,
  };
  expect(Object.entries(settings).flatMap(([key, value]) => flagWords(key, value))).toEqual([
    ...['--network', 'conv2', '--evaluation-batch', '5', '--sigma', '0', '--rescale'],
  ]);
});

test.skipIf(process.platform === 'win32')('a word comes out of the shell as it went in', () => {
  for (const word of ['conv2/seed-1', 'my data', "Ada's", '$HOME `id` "x" \\', '*', ''])
    expect(execFileSync('sh', ['-c', `printf %s ${shellWord(word)}`], { encoding: 'utf8' })).toBe(word);
});
