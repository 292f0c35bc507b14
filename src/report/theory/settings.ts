/** What the theory report computes; {@link fullReport} is what `iterand report` shows. */
export interface TheorySettings {
  readonly seed: number;
  /** Error level of the figures' intervals together. */
  readonly alpha: number;
  readonly epsilon: number;
  readonly delta: number;
  /** Points of a curve over R. */
  readonly points: number;
  readonly leastWidth: {
    readonly weights: readonly number[];
    /** R where the least width is also found by simulation. */
    readonly simulatedAt: readonly number[];
    readonly largestBatch: number;
  };
  readonly failure: {
    /** Target weights, and the R where each is simulated. */
    readonly weights: readonly { readonly weight: number; readonly simulatedAt: readonly number[] }[];
    readonly deltas: readonly number[];
    readonly trials: number;
    /** Trials of the search over all subnetworks. */
    readonly existenceTrials: number;
  };
  readonly map: { readonly weights: readonly number[]; readonly mostNeurons: number; readonly cells: number };
  /** Width against R: one weight by every strategy, and a network by the bounds. */
  readonly law: {
    readonly tolerance: number;
    readonly delta: number;
    readonly trials: number;
    readonly resamplings: readonly number[];
    readonly widths: readonly number[];
  };
  readonly networks: {
    /** Targets, and trials for each point of it. */
    readonly targets: readonly { readonly widths: readonly number[]; readonly trials: number }[];
    /** R as fractions of the R from which Theorem 4.1 calls the least width enough. */
    readonly simulatedAt: readonly number[];
    /** Points of the exact curves, besides those where the theorem's width jumps. */
    readonly points: number;
  };
}

/** The settings of `iterand report`. */
export const fullReport = {
  epsilon: 0.1,
  delta: 0.01,
  points: 100,
  leastWidth: { weights: [0.5, 1], simulatedAt: [10, 50, 200], largestBatch: 2000 },
  failure: {
    weights: [
      { weight: 0, simulatedAt: [30, 80, 140] },
      { weight: 0.5, simulatedAt: [50, 95, 185] },
      { weight: 1, simulatedAt: [2, 10, 40, 93, 185] },
    ],
    deltas: [0.01, 0.001],
    trials: 4000,
    existenceTrials: 100_000,
  },
  map: { weights: [0.5, 1], mostNeurons: 10_000, cells: 56 },
  law: {
    tolerance: 1e-3,
    delta: 0.1,
    trials: 1000,
    resamplings: [1, 2, 4, 8, 16, 32, 64],
    widths: [784, 300, 100, 10],
  },
  networks: {
    targets: [
      { widths: [2, 2], trials: 2000 },
      { widths: [10, 10, 10], trials: 2000 },
      { widths: [100, 50, 10], trials: 200 },
      { widths: [784, 300, 100, 10], trials: 20 },
    ],
    simulatedAt: [0.02, 0.2, 1],
    points: 40,
  },
} as const;

/** About `count` integers from `from` to `to`, evenly spaced in the logarithm, each once. */
export function logIntegers(from: number, to: number, count: number): number[] {
  const ratio = Math.log(to / from) / (count - 1);
  const all = Array.from({ length: count }, (_, i) => Math.round(from * Math.exp(i * ratio)));
  return [...new Set(all)];
}
