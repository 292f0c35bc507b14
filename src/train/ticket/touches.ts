import { type BitCoder, Counts, quantize } from './bits.js';

/** How many seen bits the layers before count for in a new one, at most. */
const parentWeight = 8;

/**
 * A code for which randomization last touched a weight, 0 ... `largest`: the number's bits from the highest down,
 * each with a probability of its own for what went before (a binary tree of adaptive counts). A layer starts from
 * the shares of the layers before it, since all were randomized at the same times.
 */
export class TouchModel {
  private readonly depth: number;
  private readonly before: Counts;

  /** @param largest the last randomization's number; 0 if there was none */
  constructor(largest: number) {
    this.depth = 32 - Math.clz32(largest);
    this.before = new Counts(2 ** this.depth);
  }

  /** Codes one layer's numbers in place. */
  codeLayer(coder: BitCoder, touches: Int32Array): void {
    const { depth, before } = this;
    const counts = new Counts(2 ** depth);
    for (let i = 0; i < touches.length; i++) {
      const value = touches[i]!;
      let node = 1;
      for (let level = depth - 1; level >= 0; level--) {
        const weight = Math.min(parentWeight, 1 + before.total(node));
        const zero = counts.zero(node, before.zero(node, 0.5, 1), weight);
        const bit = coder.code((value >>> level) & 1, quantize(zero));
        counts.add(node, bit);
        node = 2 * node + bit;
      }
      touches[i] = node - 2 ** depth;
    }
    for (let node = 1; node < 2 ** depth; node++) {
      before.zeros[node]! += counts.zeros[node]!;
      before.ones[node]! += counts.ones[node]!;
    }
  }
}
