/**
 * Mean cross-entropy and hits of a batch, in float64.
 *
 * @param logits [n, classes], row-major
 * @param labels n class indices
 * @returns the loss in nats; the number of rows whose first largest logit is the label's
 */
export function lossAndHits(
  logits: Float32Array,
  labels: ArrayLike<number>,
  classes: number,
): { loss: number; hits: number } {
  let loss = 0;
  let hits = 0;
  for (let i = 0; i < labels.length; i++) {
    const row = logits.subarray(i * classes, (i + 1) * classes);
    const best = row.reduce((b, v, j) => (v > row[b]! ? j : b), 0);
    const most = row[best]!;
    const sum = row.reduce((s, v) => s + Math.exp(v - most), 0);
    loss += Math.log(sum) + most - row[labels[i]!]!;
    if (best === labels[i]) hits++;
  }
  return { loss: loss / labels.length, hits };
}
