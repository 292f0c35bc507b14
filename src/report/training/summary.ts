import { type MeanEstimate, meanEstimate } from '../../core/mean.js';
import type { MethodRuns } from '../../sweep/methods.js';

/** Error level of each interval. */
export const ALPHA = 0.05;

/** What the seeds of one method say, accuracies in percent. */
export interface MethodSummary {
  readonly method: string;
  readonly test: MeanEstimate;
  readonly tests: readonly number[];
}

/** IteRand against edge-popup: the differences of the seeds' test accuracies, in percentage points. */
export interface Comparison {
  readonly methods: readonly MethodSummary[];
  readonly difference?: MeanEstimate;
  /** IteRand minus edge-popup of each seed; empty where one of them was not run. */
  readonly differences: readonly number[];
  /** One sentence, which claims no more than the interval allows. */
  readonly verdict: string;
}

export const METHOD_NAMES = { sgd: 'SGD', 'edge-popup': 'edge-popup', iterand: 'IteRand' } as const;

/** Means over the seeds, and IteRand against edge-popup seed by seed (equal seeds share first weights, scores and batches). */
export function summarize(compared: readonly MethodRuns[]): Comparison {
  const methods = compared.map(({ method, runs }) => {
    const tests = runs.map(({ test }) => 100 * test.accuracy);
    return { method: METHOD_NAMES[method], tests, test: meanEstimate(tests, ALPHA) };
  });
  const of = (method: string) => methods.find((m) => m.method === method)?.tests;
  const [randomized, fixed] = [of('IteRand'), of('edge-popup')];
  if (randomized === undefined || fixed === undefined) return { methods, differences: [], verdict: '' };
  const differences = randomized.map((value, i) => value - fixed[i]!);
  const difference = meanEstimate(differences, ALPHA);
  return { methods, difference, differences, verdict: verdictOf(difference, randomized.length) };
}

/** `85.58 % (95 % interval 76.50 to 94.66)`. */
export function accuracyText({ mean, interval }: MeanEstimate): string {
  if (!Number.isFinite(interval.high)) return `${mean.toFixed(2)} % (one seed)`;
  return `${mean.toFixed(2)} % (95 % interval ${interval.low.toFixed(2)} to ${interval.high.toFixed(2)})`;
}

function verdictOf({ mean, interval: { low, high } }: MeanEstimate, seeds: number): string {
  const points = (value: number) => `${Math.abs(value).toFixed(2)} points`;
  const range = `95 % interval of the difference ${low.toFixed(2)} to ${high.toFixed(2)}`;
  const where = mean > 0 ? 'above' : mean < 0 ? 'below' : 'level with';
  const fact = `IteRand is ${mean === 0 ? '' : `${points(mean)} `}${where} edge-popup in the mean of ${seeds} seeds`;
  const sure = low > 0 || high < 0;
  return `${fact} (${range})${sure ? '.' : ': these seeds alone do not decide which is better.'}`;
}
