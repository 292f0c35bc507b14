import { formatNumber } from '../../core/format.js';
import { twoNeuronExistence } from '../probability/two-neuron-existence.js';
import type { ClaimRecord } from './claim.js';

/**
 * log(1/delta) from which Theorem 4.1's "in particular" is false over all subnetworks because of P(fail) >= 2^(-R D_1), at
 * its own D_1 = 2 d_0 and R just above the largest of its thresholds 8 l d_{i-1}/eps sqrt(d_i log(2 l d_{i-1} d_i/delta)).
 */
export function refutedFrom(widths: readonly number[], epsilon: number): number {
  const l = widths.length - 1;
  const samples = (log: number) =>
    2 *
    widths[0]! *
    (1 +
      Math.max(
        ...widths.slice(1).map((outputs, k) => {
          const inputs = widths[k]!;
          return (
            ((8 * l * inputs) / epsilon) * Math.sqrt(outputs * (Math.log(2 * l * inputs * outputs) + log))
          );
        }),
      ));
  let [low, high] = [1, 1e40];
  while (high / low > 1 + 1e-9) {
    const middle = Math.sqrt(low * high);
    if (samples(middle) * Math.LN2 < middle) high = middle;
    else low = middle;
  }
  return high;
}

/** The samples every width theorem needs, whatever the architecture. */
export const necessaryClaim: ClaimRecord = {
  id: 'necessary-samples',
  part: 'ours',
  source: 'docs/theory.md, what every width theorem needs',
  statement:
    'For every architecture, every eps < 1 and every rule of re-sampling some target has P(no subnetwork is within eps) >= 2^(-R D_1): R D_1 >= log_2(1/delta) is necessary.',
  intervals: 0,
  decide() {
    let least = Number.POSITIVE_INFINITY;
    let cases = 0;
    for (const epsilon of [0.01, 0.1, 0.5, 0.9, 0.99, 0.999])
      for (let R = 1; R <= 50; R++) {
        least = Math.min(least, twoNeuronExistence(epsilon, R).failure * 4 ** R);
        cases++;
      }
    const needed = Math.ceil(Math.log2(1 / 0.001) / 2);
    return {
      methods: ['proof', 'exact'],
      verdict: least >= 1 ? 'holds' : 'refuted',
      finding: `For every architecture and every eps < 1 a subnetwork is missing with probability at least 2^(-R D_1) for some target, so that R D_1 >= log_2(1/delta) is necessary; in ${cases} exact cases of two neurons failure is at least ${formatNumber(least)} times that.`,
      reason:
        'Take the target that passes on its first input alone. If all R D_1 samples of the first column of G_1 are <= 0, every subnetwork maps e_1 to 0, at distance 1 from f(e_1).',
      numbers: [
        { label: `least exact failure / 2^(-R D_1) over ${cases} cases, two neurons, w=1`, value: least },
        { label: 'R that two neurons need at least for delta=0.001', value: needed },
      ],
    };
  },
};
