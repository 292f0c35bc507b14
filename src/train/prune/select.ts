/**
 * The k-th smallest of `values`, in O(n): one pass counts the upper 16 bits of each value's ordered key, a second the lower 16 bits
 * in the bin that holds rank k. -0 counts as below +0; NaN as above infinity (below -infinity if its sign bit is set).
 *
 * @param k rank, 1 ... n
 */
export function kthSmallest(values: Float32Array, k: number): number {
  const { length } = values;
  if (!(Number.isInteger(k) && k >= 1 && k <= length)) throw new RangeError(`rank ${k} of ${length} values`);
  const bits = new Uint32Array(values.buffer, values.byteOffset, length);
  const upper = new Uint32Array(65_536);
  for (let i = 0; i < length; i++) upper[orderedKey(bits[i]!) >>> 16]!++;
  const high = findRank(upper, k);
  const lower = new Uint32Array(65_536);
  for (let i = 0; i < length; i++) {
    const key = orderedKey(bits[i]!);
    if (key >>> 16 === high.bin) lower[key & 0xffff]!++;
  }
  const key = ((high.bin << 16) | findRank(lower, high.rank).bin) >>> 0;
  return new Float32Array(Uint32Array.of(key & 0x80000000 ? key ^ 0x80000000 : ~key).buffer)[0]!;
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
