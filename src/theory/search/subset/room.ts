import { requireMemory } from '../../../core/memory.js';
import { subsetSumBytes } from './subset-sums.js';

/** Memory for sorted sums that is taken without a look at what is there. */
export const SMALL = 2 ** 26;

/** About what the halves of {@link SubsetSums} take with one more group of values. */
export function bytesWith([left, right]: readonly [number, number], size: number): number {
  return 8 * 3 * (Math.min(left, right) * (1 + size) + Math.max(left, right));
}

/**
 * Refuses sums that are larger than the memory.
 *
 * @param bytes what the next step takes
 * @param sizes of all groups that may be added
 * @param what for the message: whose sums
 * @param threads that search at the same time
 * @throws InputError if the next step is larger than the memory; it says what the whole search may need
 */
export function requireRoom(
  bytes: number,
  sizes: readonly number[],
  what: string,
  fix: string,
  threads = 1,
): void {
  if (bytes * threads <= SMALL) return;
  try {
    requireMemory('', bytes * threads, '');
  } catch {
    requireMemory(what, Math.max(bytes, subsetSumBytes(sizes)) * threads, fix);
  }
}
