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

/** What a writer and a reader know of a layer beforehand. */
export interface BlockShape {
  /** Neurons a block in the network that was drawn. */
  readonly drawn: number;
  /** Outputs of a block. */
  readonly outputs: number;
  /** R. */
  readonly resamplings: number;
  /** Whether u has to be named; else the strategy fixes it. */
  readonly namesU: boolean;
}

/** A block as a search leaves it: its neurons up to the last that is kept, and their samples. */
export interface NamedBlock {
  neurons: number;
  us: Int32Array;
  vs: Int32Array;
}

/**
 * Codes what names the subnetwork of a layer's blocks: how many neurons each uses; for every output how many of these it goes through, which of them are kept, and the sample of v
 * of each; and, where it is named, the sample of u of each neuron that is kept. Writes it, or fills the blocks, whatever they hold, with what is read.
 */
export function codeBlocks(coder: BitCoder, blocks: readonly NamedBlock[], shape: BlockShape): void {
  const { drawn, outputs, resamplings, namesU } = shape;
  const used = new Symbols(drawn + 1);
  const further = new Counts(drawn + 1);
  const masks = new Counts(drawn + 1);
  const [samplesU, samplesV] = [new Symbols(resamplings), new Symbols(resamplings)];
  for (const block of blocks) {
    const neurons = used.code(coder, block.neurons);
    if (block.us.length !== neurons || block.vs.length !== outputs * neurons) {
      block.us = new Int32Array(neurons).fill(-1);
      block.vs = new Int32Array(outputs * neurons).fill(-1);
    }
    block.neurons = neurons;
    const { us, vs } = block;
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
