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
export function accuracyText(estimate: MeanEstimate): string {
  const interval = intervalText(estimate);
  return `${estimate.mean.toFixed(2)} % (${interval === '' ? 'one seed' : `95 % interval ${interval}`})`;
}

/** `76.50 to 94.66`; empty for one seed, which gives no interval. */
export function intervalText({ interval: { low, high } }: MeanEstimate): string {
  return Number.isFinite(high) ? `${low.toFixed(2)} to ${high.toFixed(2)}` : '';
}

/** The seeds' deviation; empty for one seed. */
export const deviationText = ({ deviation }: MeanEstimate): string =>
  Number.isNaN(deviation) ? '' : deviation.toFixed(2);

function verdictOf(difference: MeanEstimate, seeds: number): string {
  const { mean, interval } = difference;
  const points = (value: number) => `${Math.abs(value).toFixed(2)} points`;
  const where = mean > 0 ? 'above' : mean < 0 ? 'below' : 'level with';
  const fact = `IteRand is ${mean === 0 ? '' : `${points(mean)} `}${where} edge-popup`;
  if (seeds === 1) return `${fact} with one seed, which does not decide which is better.`;
  const range = `95 % interval of the difference ${intervalText(difference)}`;
  const sure = interval.low > 0 || interval.high < 0;
  return `${fact} in the mean of ${seeds} seeds (${range})${sure ? '.' : ': these seeds alone do not decide which is better.'}`;
}
