import { formatNumber } from '../../core/format.js';
import { counting, layer, logConfigurations } from '../bounds/lower.js';
import { oneWeightNeurons } from '../bounds/one-weight.js';
import { resampledBound } from '../bounds/resampled.js';
import { twoNeuronExistence } from '../probability/two-neuron-existence.js';
import type { ClaimRecord } from './claim.js';

const tolerances = [1 / 3, 0.1, 1e-2, 1e-3, 1e-6, 1e-9, 1e-12];
const failures = [0.5, 0.1, 1e-2, 1e-6, 1e-12, 1e-100, 1e-300];
const samples = [1, 2, 3, 5, 8, 10, 16, 20, 36, 49, 50, 52, 53, 100, 1000, 1e6, 1e9];

interface Case {
  readonly t: number;
  readonly delta: number;
  readonly R: number;
  readonly neurons: number;
}

/** n* of the closed form over a grid. */
const cases = (): Case[] =>
  samples.flatMap((R) =>
    tolerances.flatMap((t) =>
      failures.map((delta): Case => {
        const neurons = oneWeightNeurons(t, delta, R, { recursion: false }).closed;
        return { t, delta, R, neurons };
      }),
    ),
  );

/** The explicit form of docs/theory-width.md, section 3, for every R. */
const explicit = ({ t, delta, R }: Case): number =>
  Math.ceil((18 * (Math.log(2 / t) - Math.log(delta))) / Math.log1p(R)) +
  Math.ceil((26 * Math.log(2 / delta)) / R);

/** The paper's open question: Theorems 1 and 2 of docs/theory-width.md. */
const widthClaim: ClaimRecord = {
  id: 'resampled-width',
  part: 'ours',
  source: 'docs/theory-width.md, Theorems 1 and 2',
  statement:
    'D_1 >= 2 d_0 n_1 and D_i >= d_{i-1} n_i are enough with n_i = n*(R, t_i, delta/N), which is at most ceil(18 log(2/(t delta))/log(1+R)) + ceil(26 log(2/delta)/R) for every R: the width shrinks with R.',
  intervals: 0,
  decide() {
    const all = cases();
    const share = Math.max(...all.map((one) => one.neurons / explicit(one)));
    const problem = { widths: [784, 300, 100, 10], epsilon: 0.1, delta: 0.01 };
    const closed = resampledBound({ recursion: false });
    const [few, many] = [10, 1000].map((resamplings) =>
      closed.layers({ ...problem, resamplings }).map(({ neurons }) => neurons!),
    ) as [number[], number[]];
    return {
      methods: ['proof', 'exact'],
      verdict: share <= 1 ? 'holds' : 'refuted',
      finding: `The width does shrink further with R: of the order of log(1/t)/log(1+R) + log(1/delta)/R neurons for each weight are enough; for 784-300-100-10 at eps=0.1, delta=0.01 ${few.join(', ')} neurons a block at R=10 and ${many.join(', ')} at R=1000.`,
      reason:
        'The set of slopes within t grows by each sample of v at a rate that is known in the mean; once it covers a share of the unit interval one sample hits the weight. The numbers of the closed form lie below the explicit one.',
      numbers: [
        { label: `largest n* / explicit form over ${all.length} (R, t, delta)`, value: share },
        ...few.map((value, i) => ({ label: `neurons a block, layer ${i + 1}, R=10`, value })),
        ...many.map((value, i) => ({ label: `neurons a block, layer ${i + 1}, R=1000`, value })),
      ],
    };
  },
};

/** Theorem 1 against the counting bound: the order is exact. */
const orderClaim: ClaimRecord = {
  id: 'resampled-order',
  part: 'ours',
  source: 'docs/theory-width.md, sections 3 and 6 (i)',
  statement:
    'For one weight, t <= 1/8, delta <= 1/2 and R <= t^(-1/2) the least width is of the exact order log(1/t)/log(1+R) + log(1/delta)/R.',
  intervals: 0,
  decide() {
    const inside = cases().filter(({ t, delta, R }) => t <= 1 / 8 && delta <= 0.5 && R <= t ** -0.5);
    const order = ({ t, delta, R }: Case) => -Math.log(t) / Math.log1p(R) - Math.log(delta) / R;
    // Both signs: delta/2 each, and D = 2n.
    const upper = Math.max(
      ...inside.map((one) => {
        const { closed } = oneWeightNeurons(one.t, one.delta / 2, one.R, { recursion: false });
        return (2 * closed) / order(one);
      }),
    );
    const lower = Math.min(
      ...inside.map((one) => {
        const problem = { widths: [1, 1], epsilon: one.t, delta: one.delta, resamplings: one.R };
        return counting.width(problem) / order(one);
      }),
    );
    return {
      methods: ['proof', 'exact'],
      verdict: lower > 0 && Number.isFinite(upper) ? 'holds' : 'undecided',
      finding: `No subnetwork does better in kind: for one weight the width needed lies between ${formatNumber(lower)} and ${formatNumber(upper)} times log(1/t)/log(1+R) + log(1/delta)/R in all ${inside.length} cases tried with R <= t^(-1/2), by counting from below and the theorem from above.`,
      reason:
        'At most 4 t^2 (1+R^2)^D of the choices are near the weight in the mean, and with probability 2^(1-RD) one sign of u is missing: both terms are necessary.',
      numbers: [
        { label: `least counting bound / order over ${inside.length} cases`, value: lower },
        { label: 'largest theorem / order', value: upper },
      ],
    };
  },
};

/** Lower bound (i), against the exact existence probability of two neurons. */
const countingClaim: ClaimRecord = {
  id: 'counting-bound',
  part: 'ours',
  source: 'docs/theory-width.md, section 6 (i)',
  statement:
    'For f(x) = w x with t + e^-2 <= |w| <= 1, D hidden neurons succeed with probability at most 4 t^2 ((1+R^2)^D - 2 (1+R^2/2)^D + 1).',
  intervals: 0,
  decide() {
    const tried = [1e-4, 1e-3, 0.01, 0.1, 0.5, 0.8].flatMap((t) =>
      [1, 2, 3, 5, 10, 30, 100].flatMap((R) => {
        const bound = 4 * t * t * Math.exp(logConfigurations(2, R));
        // A bound of 1 and more says nothing.
        return bound < 1 ? [{ success: twoNeuronExistence(t, R).success, bound }] : [];
      }),
    );
    const share = Math.max(...tried.map(({ success, bound }) => success / bound));
    return {
      methods: ['proof', 'exact'],
      verdict: share <= 1 ? 'holds' : 'refuted',
      finding: `Whatever is chosen, D neurons serve one weight with probability at most 4 t^2 ((1+R^2)^D - 2 (1+R^2/2)^D + 1): the exact success of two neurons is at most ${formatNumber(share)} times that in ${tried.length} cases.`,
      reason:
        'A choice of samples has two independent slopes, each within t of w with probability at most 2t; the rest is the number of choices.',
      numbers: [
        { label: `largest exact success / bound over ${tried.length} cases, two neurons, w=1`, value: share },
      ],
    };
  },
};

/** Lower bound (ii), beside Theorem 2 for the same layers. */
const layerClaim: ClaimRecord = {
  id: 'layer-bound',
  part: 'ours',
  source: 'docs/theory-width.md, section 6 (ii)',
  statement:
    'To serve every F of one layer, D >= (d_0 d_1 log(1/eps) - log(1/(1-delta)))/((d_0+d_1) log(1+R)) is necessary.',
  intervals: 0,
  decide() {
    const closed = resampledBound({ recursion: false });
    const tried = [
      [1, 1],
      [8, 8],
      [64, 64],
      [10, 1000],
      [784, 300],
    ].flatMap((widths) =>
      [0.5, 1e-2, 1e-4, 1e-8].flatMap((epsilon) =>
        [1, 4, 32, 1000].map((resamplings) => {
          const problem = { widths, epsilon, delta: 0.1, resamplings };
          return {
            ...problem,
            needed: layer.width(problem),
            enough: closed.layers(problem)[0]!.width,
          };
        }),
      ),
    );
    const share = Math.max(...tried.map(({ needed, enough }) => needed / enough));
    const shown = tried.find(
      ({ widths, epsilon, resamplings }) => widths[0] === 64 && epsilon === 1e-4 && resamplings === 32,
    )!;
    return {
      methods: ['proof', 'exact'],
      verdict: share <= 1 ? 'holds' : 'refuted',
      finding: `A layer that is to serve every F needs D >= (d_0 d_1 log(1/eps) - log(1/(1-delta)))/((d_0+d_1) log(1+R)): for 64x64 at eps=1e-4, delta=0.1, R=32 it needs ${formatNumber(shown.needed)}, and ${formatNumber(shown.enough)} are enough.`,
      reason:
        'A drawn network has at most (1+R)^(D (d_0+d_1)) subnetworks, and each is near a share of at most eps^(d_0 d_1) of the unit ball of F.',
      numbers: [
        { label: `largest necessary / sufficient width over ${tried.length} layers`, value: share },
        { label: 'necessary, 64x64, eps=1e-4, R=32', value: shown.needed },
        { label: 'enough by Theorem 2, 64x64, eps=1e-4, R=32', value: shown.enough },
      ],
    };
  },
};

export const resampledClaims: readonly ClaimRecord[] = [widthClaim, orderClaim, countingClaim, layerClaim];
