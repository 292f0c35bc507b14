// Laws that hold and that do not, held by gpu:check's harness in a process of its own: vitest's is another run of the same runner.
// `broken-laws laws|thrown [ONLY]` prints what was told, law by law, and what came of them.
import { holdLaws } from '../../bench/gpu/law-harness.js';
import type { LawFound } from '../../bench/gpu/laws.js';

const [which, only] = process.argv.slice(2);
const told: LawFound[] = [];
const found = await holdLaws(
  async () => {
    const { afterEach, describe, expect, test } = await import('../train/engines/laws/harness.js');
    describe('these', () => {
      test('hold', async () => {
        await Promise.resolve();
        expect([1, 2]).toEqual([1, 2]);
      });
      test('expect what is not so', () => expect([1, 2]).toEqual([1, 3]));
      test('reject', async () => {
        await Promise.reject(new Error('it is refused\nby a stack'));
      });
    });
    describe('those', () => {
      afterEach(() => {
        throw new Error('it is not released');
      });
      test('leave something behind', () => expect(1).toBe(1));
    });
    if (which === 'thrown') throw new Error('they cannot be stated');
  },
  only,
  (law) => void told.push(law),
);
process.stdout.write(`${JSON.stringify({ told, found })}\n`);
