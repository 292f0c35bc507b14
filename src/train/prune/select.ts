/** Bits below each digit of a key, most significant first: many small digits for few values, whose counts would cost more. */
const FEW = [21, 10, 0] as const;
const MANY = [16, 0] as const;

/** Values sampled for a bracket. */
const SAMPLE = 512;
/** Half a bracket, in ranks of the sample: over four standard deviations of any rank. */
const MARGIN = 48;
/** From this many values on a bracket pays. */
const WORTH_A_BRACKET = 8 * SAMPLE;

/** The values within a bracket; kept between calls, for a fresh buffer costs more than the pass that fills it. */
let kept = new Int32Array(0);

/**
 * The k-th smallest of `values`, in O(n): brackets by samples leave a few thousand candidates, from which it is selected digit by
 * digit. Always exact: where a bracket misses it, all are selected from. -0 counts as below +0; NaN as above infinity (below -infinity if its
 * sign bit is set).
 *
 * @param k rank, 1 ... n
 */
export function kthSmallest(values: Float32Array, k: number): number {
  const { length } = values;
  if (!(Number.isInteger(k) && k >= 1 && k <= length)) throw new RangeError(`rank ${k} of ${length} values`);
  const all = new Int32Array(values.buffer, values.byteOffset, length);
  let candidates = all;
  let rank = k;
  while (candidates.length >= WORTH_A_BRACKET) {
    const [low, high] = bracket(candidates, rank);
    const { below, inside } = narrow(candidates, low, high);
    if (rank <= below || rank > below + inside.length) return select(all, k);
    rank -= below;
    if (2 * inside.length > candidates.length) return select(inside, rank);
    candidates = inside;
  }
  return select(candidates, rank);
}

/** Half keys between which the k-th smallest lies, unless the sample is an unlucky one. */
function bracket(bits: Int32Array, k: number): [low: number, high: number] {
  const sample = new Int32Array(SAMPLE);
  const step = bits.length / SAMPLE;
  for (let i = 0; i < SAMPLE; i++) sample[i] = keyOf(bits[Math.floor(i * step)]!) >> 1;
  sample.sort();
  const at = Math.floor((k / bits.length) * SAMPLE);
  return [
    at < MARGIN ? -(2 ** 30) : sample[at - MARGIN]!,
    at + MARGIN >= SAMPLE ? 2 ** 30 - 1 : sample[at + MARGIN]!,
  ];
}

/** How many half keys lie below `low`, and the values of those in [low, high], in order; they may overwrite `bits`. */
function narrow(bits: Int32Array, low: number, high: number): { below: number; inside: Int32Array } {
  if (kept.length < bits.length) kept = new Int32Array(bits.length);
  const to = kept;
  let below = 0;
  let count = 0;
  // Without branches, which would be mispredicted half of the time: the sign of a difference of half keys, which never overflows.
  for (let i = 0; i < bits.length; i++) {
    const value = bits[i]!;
    const half = keyOf(value) >> 1;
    const less = (half - low) >>> 31;
    to[count] = value;
    below += less;
    count += (less | ((high - half) >>> 31)) ^ 1;
  }
  return { below, inside: to.subarray(0, count) };
}

/** The k-th smallest, digit by digit of each value's key: only the values that share the digits found so far are counted on. */
function select(values: Int32Array, k: number): number {
  let candidates = values;
  let known = 32;
  let rank = k;
  for (const shift of values.length < 65_536 ? FEW : MANY) {
    const largest = 2 ** (known - shift) - 1;
    const digit = (bits: number) => ((keyOf(bits) ^ 0x80000000) >>> shift) & largest;
    const counts = new Uint32Array(largest + 1);
    for (let i = 0; i < candidates.length; i++) counts[digit(candidates[i]!)]!++;
    const found = findRank(counts, rank);
    const same = new Int32Array(counts[found.bin]!);
    for (let i = 0, j = 0; j < same.length; i++)
      if (digit(candidates[i]!) === found.bin) same[j++] = candidates[i]!;
    candidates = same;
    known = shift;
    rank = found.rank;
  }
  return scoreOf(keyOf(candidates[0]!));
}

/** The bin that holds the k-th element, and its rank within. */
function findRank(counts: Uint32Array, k: number): { bin: number; rank: number } {
  let bin = 0;
  let rank = k;
  while (rank > counts[bin]!) rank -= counts[bin++]!;
  return { bin, rank };
}

/** A float's bits made to order as signed integers do, and back: the others inverted where the sign bit is set. */
function keyOf(bits: number): number {
  return bits ^ ((bits >> 31) & 0x7fffffff);
}

function scoreOf(key: number): number {
  return new Float32Array(Int32Array.of(keyOf(key)).buffer)[0]!;
}

/** Whether any value is NaN or infinite. */
export function hasNonFinite(values: Float32Array): boolean {
  const bits = new Int32Array(values.buffer, values.byteOffset, values.length);
  let largest = 0;
  for (let i = 0; i < bits.length; i++) largest = Math.max(largest, bits[i]! & 0x7fffffff);
  return largest >= 0x7f800000;
}
