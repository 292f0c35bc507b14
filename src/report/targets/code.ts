import type { FoundBlock } from '../../theory/simulate/find-blocks.js';
import { type BitCoder, Counts, quantize, writer } from '../../train/ticket/bits.js';
import { RangeEncoder } from '../../train/ticket/range-coder.js';

/** A bit whose probability is learnt in its context. */
function adaptive(coder: BitCoder, counts: Counts, context: number, bit: number): number {
  const coded = coder.code(bit, quantize(counts.zero(context, 0.5, 1)));
  counts.add(context, coded);
  return coded;
}

/** Numbers below `size`, bit by bit from the highest, each bit in the context of those before it. */
class Symbols {
  readonly #bits: number;
  readonly #counts: Counts;

  constructor(size: number) {
    this.#bits = Math.ceil(Math.log2(Math.max(1, size)));
    this.#counts = new Counts(2 ** this.#bits);
  }

  code(coder: BitCoder, value: number): number {
    let node = 1;
    for (let bit = this.#bits - 1; bit >= 0; bit--)
      node = 2 * node + adaptive(coder, this.#counts, node, (value >> bit) & 1);
    return node - 2 ** this.#bits;
  }
}

/**
 * Codes what names the subnetwork of a layer's blocks: for every output how many neurons it goes through, which of them are kept, and the sample of v of each;
 * and, unless the strategy fixes it, the sample of u of each neuron that is kept. Writes it, or fills the blocks with what is read.
 *
 * @param blocks with their `neurons`, which the reader knows
 * @param resamplings R
 * @param namesU whether u has to be named
 */
export function codeBlocks(
  coder: BitCoder,
  blocks: readonly Pick<FoundBlock, 'neurons' | 'us' | 'vs'>[],
  resamplings: number,
  namesU: boolean,
): void {
  const most = blocks.reduce((least, { neurons }) => Math.max(least, neurons), 0);
  const further = new Counts(most + 1);
  const masks = new Counts(most + 1);
  const [samplesU, samplesV] = [new Symbols(resamplings), new Symbols(resamplings)];
  for (const { neurons, us, vs } of blocks) {
    for (let from = 0; from < vs.length; from += neurons) {
      const end = codeLength(coder, further, neurons, lastKept(vs, from, neurons));
      for (let neuron = 0; neuron < end; neuron++) {
        const at = from + neuron;
        const isKept = neuron === end - 1 || adaptive(coder, masks, neuron, vs[at]! >= 0 ? 1 : 0) === 1;
        vs[at] = isKept ? samplesV.code(coder, vs[at]!) : -1;
      }
      vs.fill(-1, from + end, from + neurons);
    }
    if (namesU)
      for (let neuron = 0; neuron < neurons; neuron++)
        us[neuron] = isUsed(vs, neurons, neuron) ? samplesU.code(coder, us[neuron]!) : -1;
  }
}

function codeLength(coder: BitCoder, further: Counts, neurons: number, length: number): number {
  let end = 0;
  while (end < neurons && adaptive(coder, further, end, end < length ? 1 : 0) === 1) end++;
  return end;
}

function lastKept(vs: Int32Array, from: number, neurons: number): number {
  let end = neurons;
  while (end > 0 && vs[from + end - 1]! < 0) end--;
  return end;
}

const isUsed = (vs: Int32Array, neurons: number, neuron: number): boolean => {
  for (let at = neuron; at < vs.length; at += neurons) if (vs[at]! >= 0) return true;
  return false;
};

/** Codes whole numbers: the length of the magnitude in bits, its bits below the first (the three highest in a context of their own), the sign. */
export function codeIntegers(coder: BitCoder, values: Int32Array): void {
  const lengths = new Symbols(32);
  const heads = new Counts(32 * 8);
  const signs = new Counts(1);
  for (const [i, value] of values.entries()) {
    const magnitude = Math.abs(value);
    const length = lengths.code(coder, 32 - Math.clz32(magnitude));
    let read = length === 0 ? 0 : 1;
    for (let bit = length - 2; bit >= 0; bit--) {
      const next = (magnitude >> bit) & 1;
      // Beyond three bits the distribution is flat.
      read =
        2 * read +
        (length - 2 - bit < 3
          ? adaptive(coder, heads, length * 8 + (read & 7), next)
          : coder.code(next, 32_768));
    }
    values[i] = read > 0 && adaptive(coder, signs, 0, value < 0 ? 1 : 0) === 1 ? -read : read;
  }
}

/** Bytes of what `code` writes. */
export function codedBytes(code: (coder: BitCoder) => void): number {
  const encoder = new RangeEncoder();
  code(writer(encoder));
  return encoder.finish().length;
}
