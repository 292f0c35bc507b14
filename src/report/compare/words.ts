import type { MeanEstimate } from '../../core/mean.js';
import type { Comparison, Difference, Place } from '../../sweep/compare/compare.js';
import { valueName } from '../../sweep/compare/keys.js';

/** `76.50 to 94.66`; empty for one value, which gives no interval. */
export function intervalText({ interval: { low, high } }: MeanEstimate): string {
  return Number.isFinite(high) ? `${low.toFixed(2)} to ${high.toFixed(2)}` : '';
}

/** The sample's deviation; empty for one value. */
export const deviationText = ({ deviation }: MeanEstimate): string =>
  Number.isNaN(deviation) ? '' : deviation.toFixed(2);

/** `85.58 % (95 % interval 76.50 to 94.66)`. */
export function accuracyText(estimate: MeanEstimate): string {
  const interval = intervalText(estimate);
  return `${estimate.mean.toFixed(2)} % (${interval === '' ? 'one seed' : `95 % interval ${interval}`})`;
}

/** One sentence on a difference, which claims no more than its interval allows. */
export function differenceText({ of, minus, pairs, estimate }: Omit<Difference, 'place'>): string {
  const { mean, interval } = estimate;
  const size = `${Math.abs(mean).toFixed(2)} points`;
  const where = mean > 0 ? `${size} above` : mean < 0 ? `${size} below` : 'level with';
  const fact = `${of.label} is ${where} ${minus.label}`;
  if (pairs.length === 1) return `${fact} with one seed, which does not decide which is better.`;
  const sure = interval.low > 0 || interval.high < 0;
  return `${fact} in the mean of ${pairs.length} seeds (95 % interval of the difference ${intervalText(estimate)})${sure ? '.' : ': these seeds alone do not decide which is better.'}`;
}

/** What a place is called in a figure that has the width on its axis: `ResNet-18`; empty where there is nothing else to tell. */
export function placeWithoutWidth({ example }: Place, { keys }: Pick<Comparison, 'keys'>): string {
  return keys.places
    .filter((key) => key !== 'width')
    .map((key) => valueName(example, key))
    .filter((name) => name !== '')
    .join(', ');
}
