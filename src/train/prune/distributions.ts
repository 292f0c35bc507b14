import { requireInteger } from '../../core/errors.js';
import type { Stream } from '../../core/rng.js';

/** Distributions of weights (D_param) and scores (D_score), by fan-in. */
export const DISTRIBUTIONS = ['ku', 'kn', 'sc', 'uniform'] as const;

/**
 * `ku`: Kaiming uniform, U[-b, b], b = sqrt(6 / fanIn). `kn`: Kaiming normal, N(0, 2 / fanIn).
 * `sc`: signed constant, +-sqrt(2 / fanIn) with probability 1/2 each. `uniform`: U[-1, 1] whatever the fan-in.
 */
export type Distribution = (typeof DISTRIBUTIONS)[number];

/** A function that draws one value after another from `stream`. */
export function sampler(distribution: Distribution, fanIn: number, stream: Stream): () => number {
  requireInteger('fanIn', fanIn, 1, Number.MAX_SAFE_INTEGER);
  // Symmetric on (-1, 1), never 0: 32 random bits are finer than a float32.
  const symmetric = () => (2 * stream.uint32() + 1) / 2 ** 32 - 1;
  switch (distribution) {
    case 'ku': {
      const bound = Math.sqrt(6 / fanIn);
      return () => bound * symmetric();
    }
    case 'uniform':
      return symmetric;
    case 'sc': {
      const magnitude = Math.sqrt(2 / fanIn);
      return () => (stream.uint32() >= 2 ** 31 ? magnitude : -magnitude);
    }
    case 'kn': {
      const deviation = Math.sqrt(2 / fanIn);
      // Box-Muller; one of the pair is used, so that every draw takes the same number of random words.
      return () => {
        const radius = Math.sqrt(-2 * Math.log1p(-stream.uniform()));
        return deviation * radius * Math.cos(2 * Math.PI * stream.uniform());
      };
    }
  }
}

/** `size` independent draws. */
export function draw(distribution: Distribution, fanIn: number, size: number, stream: Stream): Float32Array {
  const next = sampler(distribution, fanIn, stream);
  const values = new Float32Array(size);
  for (let i = 0; i < size; i++) values[i] = next();
  return values;
}
