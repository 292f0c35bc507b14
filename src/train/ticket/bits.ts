import type { RangeDecoder, RangeEncoder } from './range-coder.js';

/** A coder of bits in either direction: `code` writes its bit, or ignores it and reads one. */
export interface BitCoder {
  /**
   * @param bit the bit to write; reading ignores it
   * @param zero the probability of a 0 in 65536ths, 1 ... 65535
   * @returns the bit
   */
  code(bit: number, zero: number): number;
}

/** A {@link BitCoder} that writes. */
export function writer(encoder: RangeEncoder): BitCoder {
  return {
    code(bit, zero) {
      encoder.encode(bit, zero);
      return bit;
    },
  };
}

/** A {@link BitCoder} that reads. */
export function reader(decoder: RangeDecoder): BitCoder {
  return { code: (_, zero) => decoder.decode(zero) };
}

/** A {@link BitCoder} that writes nothing and adds up what the bits would cost. */
export function meter(): BitCoder & { readonly bits: number } {
  let bits = 0;
  return {
    code(bit, zero) {
      bits -= Math.log2((bit === 0 ? zero : 65536 - zero) / 65536);
      return bit;
    },
    get bits() {
      return bits;
    },
  };
}

/** A probability as the coder takes it. Only +, *, / and floor made it, so that it is the same on every machine. */
export function quantize(zero: number): number {
  const value = Math.floor(zero * 65536);
  return Math.max(1, Math.min(65535, value));
}

/** How often each bit was seen in each of several contexts. */
export class Counts {
  readonly zeros: Float64Array;
  readonly ones: Float64Array;

  constructor(contexts: number) {
    this.zeros = new Float64Array(contexts);
    this.ones = new Float64Array(contexts);
  }

  /**
   * The probability of a 0 in a context, as if `weight` bits had been seen before of which the share `prior` was 0.
   * Weight 1 and prior 1/2 is the estimator of Krichevsky and Trofimov, which costs half a logarithm more than
   * knowing the share beforehand.
   */
  zero(context: number, prior: number, weight: number): number {
    const zeros = this.zeros[context]!;
    return (zeros + weight * prior) / (zeros + this.ones[context]! + weight);
  }

  /** Bits seen in a context. */
  total(context: number): number {
    return this.zeros[context]! + this.ones[context]!;
  }

  /** @param weight how much the bit counts */
  add(context: number, bit: number, weight = 1): void {
    if (bit === 0) this.zeros[context]! += weight;
    else this.ones[context]! += weight;
  }
}
