import type { TheorySettings } from '../../../src/report/theory/settings.js';

/** Every part of the report, in a second. */
export const smallReport: TheorySettings = {
  seed: 1,
  alpha: 1e-3,
  epsilon: 0.1,
  delta: 0.01,
  points: 12,
  leastWidth: { weights: [1], simulatedAt: [250], largestBatch: 1500 },
  failure: {
    weights: [
      { weight: 0, simulatedAt: [93] },
      { weight: 0.5, simulatedAt: [93] },
      { weight: 1, simulatedAt: [2, 93] },
    ],
    deltas: [0.01, 0.001],
    trials: 400,
    existenceTrials: 20_000,
  },
  map: { weights: [1], mostNeurons: 1000, cells: 10 },
  law: { tolerance: 0.03, delta: 0.1, trials: 60, resamplings: [2, 8], widths: [6, 5, 4] },
  networks: {
    targets: [
      { widths: [2, 2], trials: 200 },
      { widths: [6, 5, 4], trials: 50 },
    ],
    simulatedAt: [0.1, 1],
    points: 6,
  },
};
