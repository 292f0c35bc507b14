import type { Pair, PairLayer } from './pair.js';
import { up } from './rounding.js';
import {
  type Approximate,
  beside,
  exactly,
  halfTimes,
  roundedOnce,
  spectralAbove,
  tooLarge,
} from './spectral.js';

/** Factors of ||x||_2 that bound the 2-norm of layer i's input to its ReLU in f (`z`) and of its difference (`e`), one a layer. */
export interface Balls {
  readonly z: readonly number[];
  readonly e: readonly number[];
}

/** A part of layer i's vector: a matrix times something whose 2-norm is at most `size` ||x||. */
interface Part {
  readonly matrix: Approximate;
  readonly size: number;
}

type Parts = readonly Part[] | undefined;

/**
 * Spectral norms of products of the layers. ReLU is half the identity and half a map that keeps the size of every entry
 * (relu(z) = z/2 + |z|/2), and relu(z + e) - relu(z) = e/2 + S e/2 with S diagonal and |S| <= 1: half of each layer goes
 * through the product with the next layer's matrix, whose norm is less than the product of the norms. docs/theory.md,
 * section 9, has the sums.
 *
 * A generator, so that a caller can let other work in between norms.
 */
export function* ballSteps({ layers }: Pair): Generator<void, Balls> {
  const [z, e] = [[] as number[], [] as number[]];
  let [ofZ, ofE]: [Parts, Parts] = [[], []];
  for (const [k, layer] of layers.entries()) {
    const target = exactly(layer.target, layer.outputs, layer.inputs);
    const change = changeOf(layer);
    if (k === 0) {
      ofZ = [{ matrix: target, size: 1 }];
      ofE = [{ matrix: change, size: 1 }];
      z.push(yield* total(ofZ));
      e.push(yield* total(ofE));
      continue;
    }
    const found = exactly(layer.found, layer.outputs, layer.inputs);
    const [beforeZ, beforeE] = [z[k - 1]!, e[k - 1]!];
    const source = { matrix: change, size: beforeZ };
    ofZ = through(target, ofZ, beforeZ);
    ofE = through(found, ofE, beforeE);
    if (ofE !== undefined) ofE = [...ofE, source];
    const simpleE = yield* total([{ matrix: found, size: beforeE }, source]);
    z.push(Math.min(yield* total([{ matrix: target, size: beforeZ }]), yield* total(ofZ)));
    e.push(Math.min(simpleE, yield* total(ofE)));
  }
  return { z, e };
}

/** A - F of a layer, in layer 1 both signs side by side: (relu(x), -relu(-x)) has the norm of x. */
function changeOf({ change, negative, outputs, inputs }: PairLayer): Approximate {
  const matrix = roundedOnce(change, outputs, inputs);
  return negative === undefined ? matrix : beside(matrix, roundedOnce(negative.change, outputs, inputs));
}

/** Every part through half the next matrix; undefined once that would take too long. */
function through(matrix: Approximate, parts: Parts, size: number): Parts {
  if (parts === undefined || parts.some((part) => tooLarge(matrix, part.matrix))) return undefined;
  const kept = { matrix: { ...matrix, values: matrix.values.map((x) => 0.5 * x) }, size };
  return [...parts.map((part) => ({ ...part, matrix: halfTimes(matrix, part.matrix) })), kept];
}

/** The sum of the parts' norms. */
function* total(parts: Parts): Generator<void, number> {
  if (parts === undefined) return Number.POSITIVE_INFINITY;
  let sum = 0;
  for (const { matrix, size } of parts) {
    sum = up(sum + up(spectralAbove(matrix) * size));
    yield;
  }
  return sum;
}
