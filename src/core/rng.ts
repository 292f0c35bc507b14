import mt19937 from '@stdlib/random-base-mt19937';
import { InputError } from './errors.js';
import { sha256 } from './host.js';

/** A stream of random numbers (mt19937) with a state that can be saved and restored. */
export interface Stream {
  /** Uniform on the integers 0 ... 2^32-1. */
  readonly uint32: () => number;
  /** Uniform on [0, 1), 53 bits. */
  readonly uniform: () => number;
  /** Fills the array with uniforms on [0, 1): the same numbers as `uniform`, at more than twice the rate. */
  fill(out: Float64Array): void;
  /** Fills the array with uniforms on 0 ... 2^32-1: the same numbers as `uint32`, at a multiple of the rate. */
  words(out: Uint32Array): void;
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
  requireSeed(seed);
  const digest = sha256(JSON.stringify([seed, ...path]));
  const bytes = new DataView(digest.buffer, digest.byteOffset, digest.byteLength);
  const words = Uint32Array.from({ length: 8 }, (_, i) => bytes.getUint32(4 * i, true));
  return wrap(mt19937.factory({ seed: words, copy: false }));
}

/** A seed that {@link stream} takes. @throws InputError if it is out of range */
export function requireSeed(seed: number): number {
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw new InputError(`seed ${seed}`, 'must be an integer from 0 to 2^53-1', 'pass a seed such as 1');
  return seed;
}

/** The stream that continues from a saved {@link Stream.state}. */
export function restore(state: Uint32Array): Stream {
  return wrap(mt19937.factory({ state, copy: true }));
}

interface Generator {
  (): number;
  state: Uint32Array;
  readonly normalized: () => number;
}

function wrap(made: ReturnType<typeof mt19937.factory>): Stream {
  // The package's types leave `normalized` off what factory returns; the value has it.
  const generator = made as unknown as Generator;
  return {
    uint32: generator,
    uniform: generator.normalized,
    fill: (out) => onState(generator, (state) => fillFrom(state, out)),
    words: (out) => onState(generator, (state) => wordsFrom(state, out)),
    state: () => generator.state.slice(),
  };
}

function onState(generator: Generator, draw: (state: Uint32Array) => void): void {
  const state = generator.state.slice();
  draw(state);
  generator.state = state;
}

// The state's layout in @stdlib: version, sections, 624, the 624 words, 1, the index of the next word, seed.
const WORDS = 3;
const INDEX = WORDS + 624 + 1;

/** What `normalized` would return, drawn for a whole array: a call per number costs more than the number. */
function fillFrom(state: Uint32Array, out: Float64Array): void {
  const words = state.subarray(WORDS, WORDS + 624);
  let next = state[INDEX]!;
  let i = 0;
  while (i < out.length) {
    if (next >= 624) {
      twist(words);
      next = 0;
    }
    // Pairs within one generation of words need no test between them.
    const pairs = Math.min((624 - next) >> 1, out.length - i);
    for (const end = i + pairs; i < end; i++, next += 2) out[i] = join(words[next]!, words[next + 1]!);
    if (i < out.length && next === 623) {
      const first = words[623]!;
      twist(words);
      next = 1;
      out[i++] = join(first, words[0]!);
    }
  }
  state[INDEX] = next;
}

/** What the generator would return, drawn for a whole array. */
function wordsFrom(state: Uint32Array, out: Uint32Array): void {
  const words = state.subarray(WORDS, WORDS + 624);
  let next = state[INDEX]!;
  for (let i = 0; i < out.length; ) {
    if (next >= 624) {
      twist(words);
      next = 0;
    }
    for (const end = i + Math.min(624 - next, out.length - i); i < end; i++, next++)
      out[i] = temper(words[next]!);
  }
  state[INDEX] = next;
}

/** 53 bits of two words, on [0, 1); a multiplication by 2^-53, exact as @stdlib's. */
function join(a: number, b: number): number {
  return ((temper(a) >>> 5) * 67108864 + (temper(b) >>> 6)) * 2 ** -53;
}

/** The tempering of Matsumoto and Nishimura 1998. */
function temper(word: number): number {
  let r = word ^ (word >>> 11);
  r ^= (r << 7) & 0x9d2c5680;
  r ^= (r << 15) & 0xefc60000;
  return r ^ (r >>> 18);
}

/** The next 624 words of the recurrence of Matsumoto and Nishimura 1998; loops split so that no index needs a test. */
function twist(words: Uint32Array): void {
  for (let i = 0; i < 227; i++) words[i] = words[i + 397]! ^ mix(words[i]!, words[i + 1]!);
  for (let i = 227; i < 623; i++) words[i] = words[i - 227]! ^ mix(words[i]!, words[i + 1]!);
  words[623] = words[396]! ^ mix(words[623]!, words[0]!);
}

function mix(word: number, next: number): number {
  const w = (word & 0x80000000) | (next & 0x7fffffff);
  return (w >>> 1) ^ (-(w & 1) & 0x9908b0df);
}
