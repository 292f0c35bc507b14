import type { Ops } from './ops.js';

/** The formulas on plain arrays; an array of length 1 is a single number. Every operation rounds to float32, a sum once at its end. */
export const arrayOps: Ops<Float32Array> = {
  add: (a, b) => pairwise(a, b, (x, y) => x + y),
  sub: (a, b) => pairwise(a, b, (x, y) => x - y),
  mul: (a, b) => pairwise(a, b, (x, y) => x * y),
  div: (a, b) => pairwise(a, b, (x, y) => x / y),
  scale: (x, factor) => x.map((v) => v * Math.fround(factor)),
  offset: (x, amount) => x.map((v) => v + Math.fround(amount)),
  abs,
  sign: (x) => x.map(Math.sign),
  exp: (x) => x.map(Math.exp),
  sigmoid: (x) => x.map((v) => 1 / (1 + Math.exp(-v))),
  clamp: (x, low, high) => x.map((v) => Math.min(Math.max(v, low), high)),
  atLeast: (a, b) => pairwise(a, b, (x, y) => (x >= y ? 1 : 0)),
  above: (x, bound) => x.map((v) => (v > bound ? 1 : 0)),
  sum: (x) => Float32Array.of(x.reduce((sum, v) => sum + v, 0)),
  size: (x) => x.length,
};

/** A loop of its own: thresholds take it at every step. */
function abs(x: Float32Array): Float32Array {
  const result = new Float32Array(x.length);
  for (let i = 0; i < x.length; i++) result[i] = Math.abs(x[i]!);
  return result;
}

function pairwise(a: Float32Array, b: Float32Array, of: (x: number, y: number) => number): Float32Array {
  if (b.length === 1) return a.map((x) => of(x, b[0]!));
  if (a.length === 1) return b.map((y) => of(a[0]!, y));
  if (a.length !== b.length) throw new RangeError(`${a.length} and ${b.length} values do not match`);
  return a.map((x, i) => of(x, b[i]!));
}
