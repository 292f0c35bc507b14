import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { defaultsFor, RUN_DEFAULTS } from '../../../src/train/spec/defaults.js';

const mnist = defaultsFor('conv2', 'iterand', 'mnist');

/** Where a document says a default, and what that is in the code. */
const sentences: readonly (readonly [file: string, pattern: RegExp, value: number])[] = [
  ['docs/training.md', /after every epoch and every (\S+) minutes/g, RUN_DEFAULTS.checkpointMinutes],
  ['README.md', /K_per = (\S+) gives MNIST/g, mnist.period],
  ['docs/decisions.md', /MNIST's K_per is (\d+)/g, mnist.period],
];

it.each(sentences)('%s says %s as the code has it', (file, pattern, value) => {
  const found = [...readFileSync(file, 'utf8').matchAll(pattern)];
  expect(found.map(([, number]) => Number(number))).toEqual([value]);
});

it('README and the manual send to the program for the rest, and state no other default', () => {
  const text = ['README.md', 'docs/training.md'].map((file) => readFileSync(file, 'utf8')).join('\n');
  expect(text).toContain('`--dry-run` shows all');
  expect(text.match(/\bdefaults? (?:is |of |to )?[\d.]+/gi)).toBeNull();
});
