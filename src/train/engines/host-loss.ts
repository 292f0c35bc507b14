/**
 * Mean cross-entropy and hits of the examples in `logits`, in float64.
 *
 * @param logits [n, classes], row-major
 * @param labels n class indices or more
 * @returns the loss in nats; the number of rows whose first largest logit is the label's and none of whose logits is NaN
 */
export function lossAndHits(
  logits: Float32Array,
  labels: ArrayLike<number>,
  classes: number,
): { loss: number; hits: number } {
  let loss = 0;
  let hits = 0;
  const count = logits.length / classes;
  for (let i = 0; i < count; i++) {
    const row = logits.subarray(i * classes, (i + 1) * classes);
    const best = row.reduce((b, v, j) => (v > row[b]! ? j : b), 0);
    const most = row[best]!;
    const sum = row.reduce((s, v) => s + Math.exp(v - most), 0);
    const entropy = Math.log(sum) + most - row[labels[i]!]!;
    loss += entropy;
    if (best === labels[i] && !row.some(Number.isNaN)) hits++;
  }
  return { loss: loss / count, hits };
}
