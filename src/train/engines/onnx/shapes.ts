import type { Value } from './value.js';

/** A shape with some axes reduced: dropped, or kept as 1. */
export function reduced(shape: readonly number[], axes: readonly number[], keep: boolean): readonly number[] {
  return keep ? shape.map((n, i) => (axes.includes(i) ? 1 : n)) : shape.filter((_, i) => !axes.includes(i));
}

/** What two values broadcast to. @throws RangeError */
export function broadcast(a: Value, b: Value): readonly number[] {
  const rank = Math.max(a.shape.length, b.shape.length);
  return Array.from({ length: rank }, (_, i) => {
    const m = a.shape[i - rank + a.shape.length] ?? 1;
    const n = b.shape[i - rank + b.shape.length] ?? 1;
    if (m !== n && m !== 1 && n !== 1) throw new RangeError(`[${a.shape}] and [${b.shape}] do not broadcast`);
    return m === 1 ? n : m;
  });
}
