import { createHash } from 'node:crypto';
import mt19937 from '@stdlib/random/base/mt19937';
import { InputError } from './errors.js';

/** A stream of random numbers (mt19937) with a state that can be saved and restored. */
export interface Stream {
  /** Uniform on the integers 0 ... 2^32-1. */
  readonly uint32: () => number;
  /** Uniform on [0, 1), 53 bits. */
  readonly uniform: () => number;
  /** A copy of the generator's state; `restore` continues from it. */
  state(): Uint32Array;
}

/**
 * The stream at an address: `stream(7, 'weights', 'conv1')`. The SHA-256 of seed and path is the generator's
 * seed array, so that shards, workers and resumed runs draw the same numbers whatever ran before.
 *
 * @param seed an integer in [0, 2^53)
 * @param path names and indices, told apart by type: `1` and `'1'` are different addresses
 * @throws InputError if the seed is out of range
 */
export function stream(seed: number, ...path: readonly (string | number)[]): Stream {
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw new InputError(`seed ${seed}`, 'must be an integer from 0 to 2^53-1', 'pass a seed such as 1');
  const digest = createHash('sha256')
    .update(JSON.stringify([seed, ...path]))
    .digest();
  const words = new Uint32Array(8);
  for (let i = 0; i < 8; i++) words[i] = digest.readUInt32LE(4 * i);
  return wrap(mt19937.factory({ seed: words, copy: false }));
}

/** The stream that continues from a saved {@link Stream.state}. */
export function restore(state: Uint32Array): Stream {
  return wrap(mt19937.factory({ state, copy: true }));
}

function wrap(generator: ReturnType<typeof mt19937.factory>): Stream {
  // The package's types leave `normalized` off what factory returns; the value has it.
  const { normalized } = generator as unknown as { readonly normalized: () => number };
  return {
    uint32: generator,
    uniform: normalized,
    state: () => (generator.state as Uint32Array).slice(),
  };
}
