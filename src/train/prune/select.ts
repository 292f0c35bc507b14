/** Bits below each digit of a key, most significant first: many small digits for few values, whose counts would cost more. */
const FEW = [21, 10, 0] as const;
const MANY = [16, 0] as const;

/**
 * The k-th smallest of `values`, in O(n): digit by digit of each value's ordered key, only the values that share the digits found
 * so far are counted on. -0 counts as below +0; NaN as above infinity (below -infinity if its sign bit is set).
 *
 * @param k rank, 1 ... n
 */
export function kthSmallest(values: Float32Array, k: number): number {
  const { length } = values;
  if (!(Number.isInteger(k) && k >= 1 && k <= length)) throw new RangeError(`rank ${k} of ${length} values`);
  let candidates = new Uint32Array(values.buffer, values.byteOffset, length);
  let known = 32;
  let rank = k;
  for (const shift of length < 65_536 ? FEW : MANY) {
    const largest = 2 ** (known - shift) - 1;
    const counts = new Uint32Array(largest + 1);
    for (let i = 0; i < candidates.length; i++) counts[(orderedKey(candidates[i]!) >>> shift) & largest]!++;
    const found = findRank(counts, rank);
    const kept = new Uint32Array(counts[found.bin]!);
    for (let i = 0, j = 0; j < kept.length; i++)
      if (((orderedKey(candidates[i]!) >>> shift) & largest) === found.bin) kept[j++] = candidates[i]!;
    candidates = kept;
    known = shift;
    rank = found.rank;
  }
  return new Float32Array(candidates.buffer)[0]!;
}

/** The bin that holds the k-th element, and its rank within. */
function findRank(counts: Uint32Array, k: number): { bin: number; rank: number } {
  let bin = 0;
  let rank = k;
  while (rank > counts[bin]!) rank -= counts[bin++]!;
  return { bin, rank };
}

/** A float's bits made to order as unsigned integers do: negatives inverted, the sign bit of the others set. */
function orderedKey(bits: number): number {
  return (bits ^ ((bits >> 31) | 0x80000000)) >>> 0;
}

/** Whether any value is NaN or infinite. */
export function hasNonFinite(values: Float32Array): boolean {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < bits.length; i++) if ((bits[i]! & 0x7f800000) === 0x7f800000) return true;
  return false;
}
