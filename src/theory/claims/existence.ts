import { formatNumber } from '../../core/format.js';
import { proposition43, theorem41 } from '../bounds/index.js';
import { twoNeuronExistence } from '../probability/two-neuron-existence.js';
import { existenceSuccessRate } from '../simulate/montecarlo.js';
import type { ClaimRecord } from './claim.js';
import { refutedFrom } from './necessary.js';
import { failureNumber } from './single-weight.js';

/** The least delta for which Proposition 4.3 is content with two neurons of R samples: 2 exp(-(eps R/4)^2). */
export const leastDelta = (epsilon: number, R: number): number => 2 * Math.exp(-(((epsilon * R) / 4) ** 2));

/**
 * The first R at which two neurons fail over all subnetworks (w = 1) more often than the least delta that Proposition 4.3
 * promises with them: it is false for every delta from that least one up to the failure probability.
 */
export function firstRefutation(epsilon: number, from = 1): { R: number; failure: number } {
  for (let R = from; ; R++) {
    const promised = leastDelta(epsilon, R);
    const { failure } = twoNeuronExistence(epsilon, R);
    if (promised < 1 && failure > promised) return { R, failure };
  }
}

const proposition: ClaimRecord = {
  id: 'prop-4.3-existence',
  part: 'statement',
  source: 'paper, Proposition 4.3',
  statement:
    'Of d >= 2 ceil(16/(eps^2 R^2) log(2/delta)) neurons some subnetwork is within eps of w x on |x| <= 1 with probability >= 1 - delta, for all eps, delta in (0, 1).',
  intervals: 1,
  async decide({ alpha, seed, workers }) {
    const [epsilon, delta] = [0.1, 1e-3];
    const usual = twoNeuronExistence(epsilon, 93).failure;
    const R = 111;
    const exact = twoNeuronExistence(epsilon, R).failure;
    const first = firstRefutation(epsilon);
    const limit = firstRefutation(0.001, 8600);
    const [tiny, least] = [4.1e-12, twoNeuronExistence(0.99, 21).failure];
    const simulated = await existenceSuccessRate(epsilon, R, { trials: 600_000, seed, alpha, workers });
    return {
      methods: ['proof', 'exact', 'simulation'],
      verdict:
        exact > delta && proposition43.layers(asked(epsilon, delta, R))[0]!.width === 2
          ? 'refuted'
          : 'consistent',
      finding:
        `Proposition 4.3 is true for usual delta and false for small ones: at w=1, eps=0.1 and two neurons some subnetwork is near enough at delta=0.01 ` +
        `(R=93, failure ${formatNumber(usual)}), not from delta=${first.failure.toFixed(4)} on (R=${first.R}); at delta=0.001 failure is ${formatNumber(exact)}.`,
      reason:
        'At |w| = 1 two neurons need a sample u >= 1-eps, and none of their 2R samples is one with probability (1-eps/2)^(2R): R must grow like log(1/delta)/eps, not like its square root. ' +
        'It makes no difference how samples are chosen: a sequential or adaptive rule ends at one of the R samples of an entry, and here every choice fails.',
      numbers: [
        { label: 'exact failure at w=1, eps=0.1, R=93, d=2 (delta=0.01)', value: usual },
        { label: 'exact failure at w=1, eps=0.1, R=111, d=2 (delta=0.001)', value: exact },
        failureNumber('exhaustive search over subnetworks there', simulated),
        { label: 'largest delta at which d=2 fails, eps=0.1', value: first.failure },
        { label: `the same for eps=0.001 (R=${limit.R}), its limit as eps goes to 0`, value: limit.failure },
        { label: 'exact failure at w=1, eps=0.99, R=21, d=2 (delta=4.1e-12)', value: least },
      ],
      counterexample: `w=1, epsilon=0.1, delta=0.001, R=111, d=2: failure ${exact.toFixed(6)} > 0.001; least R found: epsilon=0.99, delta=${tiny}, R=21: ${least.toExponential(3)}`,
    };
  },
};

const asked = (epsilon: number, delta: number, resamplings: number) => ({
  widths: [1, 1],
  epsilon,
  delta,
  resamplings,
});

const theorem: ClaimRecord = {
  id: 'thm-4.1-existence',
  part: 'statement',
  source: "paper, Theorem 4.1 with its 'in particular'",
  statement:
    'Once R exceeds 8 l d_{i-1}/eps sqrt(d_i log(2 l d_{i-1} d_i/delta)) for all i, the hidden widths 2 d_{i-1} hold a subnetwork within eps with probability >= 1 - delta, for all eps, delta > 0.',
  intervals: 0,
  decide() {
    const at = (epsilon: number, logTwoOverDelta: number) => {
      const delta = 2 * Math.exp(-logTwoOverDelta);
      const threshold = theorem41.layers(asked(epsilon, delta, 1e9))[0]!.resamplingThreshold!;
      const R = Math.floor(threshold) + 1;
      return { log: logTwoOverDelta, delta, R, failure: twoNeuronExistence(epsilon, R).failure };
    };
    const usual = at(0.1, Math.log(200));
    // The least log(2/delta) on a grid of 0.01 at which the exact failure exceeds delta, for epsilon = 0.1.
    let [holds, fails] = [4000, 20_000];
    while (fails - holds > 1) {
      const middle = Math.floor((holds + fails) / 2);
      const { failure, delta } = at(0.1, middle / 100);
      if (failure > delta) fails = middle;
      else holds = middle;
    }
    const found = at(0.1, fails / 100);
    const largest = at(0.001, 48.09);
    const shapes = [
      [1, 1],
      [2, 2],
      [784, 300, 100, 10],
    ];
    return {
      methods: ['proof', 'exact'],
      verdict: found.failure > found.delta ? 'refuted' : 'consistent',
      finding:
        `Theorem 4.1 is false as stated, for tiny delta alone where it was computed: in its smallest case (l=d_0=d_1=1, D=2, eps=0.1) failure is ${formatNumber(usual.failure)} at delta=0.01, ` +
        `and first exceeds delta near ${found.delta.toExponential(0)}; for every architecture and every eps < 1 it fails as delta goes to 0, whatever its constant.`,
      reason:
        'P(fail) >= 2^(-R D_1) for some target of every architecture (below), and R D_1 grows like sqrt(log(1/delta)) here: no change of the constant 8 mends it. ' +
        'That bound is reached at deltas of no practical use; the exact value of the smallest case passes delta much earlier.',
      numbers: [
        {
          label: `exact failure at l=d_0=d_1=1, D=2, delta=0.01, eps=0.1, R=${usual.R}`,
          value: usual.failure,
        },
        { label: 'log(2/delta) where that case first fails, eps=0.1', value: found.log },
        {
          label: `exact failure there, delta=${found.delta.toExponential(2)}, R=${found.R}`,
          value: found.failure,
        },
        {
          label: `exact failure at delta=${largest.delta.toExponential(4)}, eps=0.001, R=${largest.R}`,
          value: largest.failure,
        },
        ...shapes.map((widths) => ({
          label: `log(1/delta) from which 2^(-R D_1) > delta, widths ${widths.join('-')}, eps=0.1`,
          value: refutedFrom(widths, 0.1),
        })),
      ],
      counterexample: `w=1, epsilon=0.1, delta=${found.delta.toExponential(2)}, R=${found.R}, D=2: failure ${found.failure.toExponential(3)} > delta`,
    };
  },
};

/** The paper's statements about re-sampled networks, over all subnetworks. */
export const existenceClaims: readonly ClaimRecord[] = [proposition, theorem];
