import { totalmem } from 'node:os';
import { expect, it } from 'vitest';
import { availableMemory } from '../../src/core/host.js';
import { memoryText, requireMemory } from '../../src/core/memory.js';

it('what is available is some of the machine’s memory', () => {
  const swapAndAll = totalmem() + 2 ** 40;
  expect(availableMemory()).toBeGreaterThan(2 ** 20);
  expect(availableMemory()).toBeLessThan(swapAndAll);
});

it('refuses what is clearly too much, with both sizes', () => {
  const ask = (bytes: number) => () => requireMemory('training x', bytes, 'lower it', 1.3, 4 * 2 ** 30);
  expect(ask(4 * 2 ** 30)).not.toThrow();
  expect(ask(5 * 2 ** 30)).not.toThrow();
  expect(ask(6 * 2 ** 30)).toThrow(
    'training x: needs about 6.0 GiB of memory, and 4.0 GiB are available; lower it.',
  );
  expect(ask(Number.POSITIVE_INFINITY)).toThrow('Infinity GiB');
  expect(memoryText(2 ** 80)).toBe('1.1e+15 GiB');
});
