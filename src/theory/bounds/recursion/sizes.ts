/** The measures of S at which V_k is kept. */
export interface Sizes {
  /** From the smallest to the whole of J = [-t, 1]. */
  readonly nodes: Float64Array;
  /** The node at half of J: from there on a neuron's hits make up for the growth that is asked for, and V_k falls off. */
  readonly middle: number;
}

/** Cells on both sides of the middle grow by this, the first being this share of it. */
const [GRADING, CLOSEST] = [1.4, 1e-3];
/** Sizes in a factor of two beyond the middle. */
const BEYOND = 8;

/** Geometric, and graded towards the middle, where V_k has a kink. */
export function sizesFrom(least: number, whole: number, perOctave: number): Sizes {
  const half = whole / 2;
  // The middle needs a cell before it.
  const smallest = Math.min(least, half * 0.99);
  const all = [smallest, half, whole];
  for (let i = 1; half * 2 ** (-i / perOctave) > smallest * 1.0001; i++)
    all.push(half * 2 ** (-i / perOctave));
  for (let i = 1; i < BEYOND; i++) all.push(half * 2 ** (i / BEYOND));
  const widest = (2 ** (1 / perOctave) - 1) / (1 - 1 / GRADING);
  for (let d = CLOSEST; d < Math.min(0.3, widest); d *= GRADING) all.push(half * (1 - d), half * (1 + d));
  const nodes: number[] = [];
  for (const size of all.filter((x) => x >= smallest && x <= whole).sort((a, b) => a - b)) {
    const far = size > (nodes.at(-1) ?? 0) * (1 + CLOSEST * 0.6);
    if (far) nodes.push(size);
    else if (size === half || size === whole) nodes[nodes.length - 1] = size;
  }
  return { nodes: Float64Array.from(nodes), middle: nodes.indexOf(half) };
}

/** One size T = nodes[j] as the nodes see it: the same for every neuron. */
export interface Place {
  readonly j: number;
  readonly size: number;
  /** The first node that is asked for: a set of this size or one of the cell before. */
  readonly base: number;
  /** tops[r]: the last node that r samples can lead to. */
  readonly tops: Int32Array;
  /** From node base + i one sample leads at most to this node, and this part of the cell after it. */
  readonly ends: Int32Array;
  readonly parts: Float64Array;
}

export function placeOf({ nodes }: Sizes, j: number, resamplings: number): Place {
  const last = nodes.length - 1;
  const size = nodes[j]!;
  const next = nodes[Math.min(last, j + 1)]!;
  const tops = new Int32Array(resamplings + 1);
  let top = Math.min(last, j + 1);
  tops[0] = top;
  for (let r = 1; r <= resamplings; r++) {
    const end = nodes[top]! + next;
    while (top < last && nodes[top]! < end) top++;
    tops[r] = top;
  }
  const base = Math.max(0, j - 1);
  const ends = new Int32Array(top - base + 1);
  const parts = new Float64Array(top - base + 1);
  let p = base;
  for (let l = base; l <= top; l++) {
    const end = nodes[l]! + size;
    while (p < last && nodes[p + 1]! <= end) p++;
    ends[l - base] = p;
    parts[l - base] = p === last ? 0 : (end - nodes[p]!) / (nodes[p + 1]! - nodes[p]!);
  }
  return { j, size, base, tops, ends, parts };
}
