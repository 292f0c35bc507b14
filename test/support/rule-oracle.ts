// The pruning rules in float64 by plain loops, written from the papers' formulas: the oracle of the formulas over `ops`.

/** A layer as a rule sees it; `noise` for masks that are drawn. */
export interface OracleLayer {
  readonly weights: readonly number[];
  readonly scores: readonly number[];
  readonly noise: readonly number[];
}

export interface Oracle {
  /** What is kept by rank: the larger the more. Absent where masks are drawn. */
  readonly key?: (score: number) => number;
  /** The mask of a training step where it is drawn. */
  readonly drawn?: (score: number, noise: number) => number;
  /** The mask of an evaluation where it is drawn. */
  readonly settled?: (score: number) => number;
  readonly effective: (weights: readonly number[], mask: readonly number[]) => number[];
  /** Undefined for untrained scores. */
  readonly gradient?: (
    dw: readonly number[],
    layer: Pick<OracleLayer, 'weights' | 'scores'>,
    mask: readonly number[],
  ) => number[];
  /** What is added to the loss, whose gradient is exact. */
  readonly penalty?: (scores: readonly number[]) => number;
}

const total = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
const sigmoid = (s: number) => 1 / (1 + Math.exp(-s));
const masked = (weights: readonly number[], mask: readonly number[]) => weights.map((w, i) => w * mask[i]!);
const through: Oracle['gradient'] = (dw, { weights }) => dw.map((g, i) => g * weights[i]!);

// The score reaches the mask through abs(s), whose derivative is -1 below 0.
const throughAbs: Oracle['gradient'] = (dw, { weights, scores }) =>
  dw.map((g, i) => g * weights[i]! * (scores[i]! > 0 ? 1 : scores[i]! < 0 ? -1 : 0));

const supermask = (rescale: boolean, mean: boolean): Oracle => {
  const factor = (mask: readonly number[]) => (rescale ? mask.length / Math.max(1, total(mask)) : 1);
  return {
    drawn: (s, u) => (u <= sigmoid(s) ? 1 : 0),
    // sigmoid(s) > 1/2 is s > 0, which rounding does not touch.
    settled: (s) => (mean ? sigmoid(s) : s > 0 ? 1 : 0),
    effective: (weights, mask) => masked(weights, mask).map((w) => w * factor(mask)),
    gradient: (dw, { weights, scores }, mask) =>
      dw.map((g, i) => {
        const p = sigmoid(scores[i]!);
        return g * weights[i]! * p * (1 - p) * factor(mask);
      }),
  };
};

/** Phi(x) - 1/2 by Simpson's rule: enough for differences. */
function normalArea(x: number): number {
  const [n, f] = [2000, (t: number) => Math.exp(-t * t * 0.5) / Math.sqrt(2 * Math.PI)];
  let sum = f(0) + f(x);
  for (let i = 1; i < n; i++) sum += (i % 2 ? 4 : 2) * f((i * x) / n);
  return (sum * x) / (3 * n);
}

const gates = (sigma: number, lambda: number): Oracle => ({
  drawn: (mu, e) => Math.min(1, Math.max(0, mu + sigma * e)),
  settled: (mu) => Math.min(1, Math.max(0, mu)),
  effective: masked,
  gradient: (dw, { weights, scores }, mask) =>
    dw.map((g, i) => {
      const inside = mask[i]! > 0 && mask[i]! < 1;
      const z = scores[i]! / sigma;
      return (
        (inside ? g * weights[i]! : 0) + (lambda * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI) / sigma
      );
    }),
  penalty: (scores) => lambda * total(scores.map((mu) => normalArea(mu / sigma))),
});

/** By rule, with settings that are not the defaults where it has any. */
export const ORACLES: readonly (readonly [name: string, settings: object, oracle: Oracle])[] = [
  ['edge-popup', {}, { key: (s) => s, effective: masked, gradient: through }],
  ['edge-popup-abs', {}, { key: Math.abs, effective: masked, gradient: throughAbs }],
  [
    'biprop',
    {},
    {
      key: Math.abs,
      effective: (weights, mask) => {
        const size = total(weights.map((w, i) => Math.abs(w) * mask[i]!)) / total(mask);
        return weights.map((w, i) => Math.sign(w) * size * mask[i]!);
      },
      gradient: throughAbs,
    },
  ],
  ['supermask', {}, supermask(false, false)],
  ['supermask', { rescale: true }, supermask(true, false)],
  ['supermask', { settle: 'mean' }, supermask(false, true)],
  ['gates', {}, gates(0.5, 1e-4)],
  ['gates', { sigma: 0.3, penalty: 0.01 }, gates(0.3, 0.01)],
  ['random', {}, { key: (s) => s, effective: masked }],
  ['magnitude', {}, { key: (s) => s, effective: masked }],
];

/** 1 for the weights whose key is not below the k-th smallest, k = 1 + round(p (n - 1)) with halves to even. */
export function topMask(keys: readonly number[], sparsity: number): number[] {
  const exact = sparsity * (keys.length - 1);
  const down = Math.floor(exact);
  const up = exact - down > 0.5 || (exact - down === 0.5 && down % 2 === 1) ? 1 : 0;
  const threshold = [...keys].sort((a, b) => a - b)[down + up]!;
  return keys.map((k) => (k >= threshold ? 1 : 0));
}
