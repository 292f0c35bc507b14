import { proposition43 } from '../bounds/index.js';
import { twoNeuronExistence } from '../probability/two-neuron-existence.js';
import { singleWeightTarget } from '../problem/target.js';
import { constructionFor } from '../search/construction.js';
import { constructionSuccessRate, existenceSuccessRate, type SuccessRate } from '../simulate/montecarlo.js';
import type { ClaimNumber, ClaimRecord } from './claim.js';
import { failureAtPaperWidth, oneSided, paperDistribution } from './single-weight.js';

/** A success rate as the failure probability it estimates. */
export function failureNumber(label: string, { rate, interval, alpha, trials }: SuccessRate): ClaimNumber {
  return {
    label: `${label}, ${trials} trials`,
    value: 1 - rate,
    interval: { low: 1 - interval.high, high: 1 - interval.low },
    alpha,
  };
}

const existsPair: ClaimRecord = {
  id: 'eq-15',
  source: 'paper, Eq. 15 with 17, as printed',
  statement: 'P(some i_1, i_2 with pi(i_1) = pi(i_2) have |u - 1| <= eps/2 and |v - w| <= eps/2) <= delta/2.',
  intervals: 0,
  decide() {
    const exists = oneSided(22, 20, 0.1, 1).success;
    const smallest = oneSided(1, 8, 0.99, 1).success;
    return {
      methods: ['proof', 'exact'],
      verdict: exists > 0.005 ? 'refuted' : 'consistent',
      reason: 'As in Eq. 11 the wanted event is printed and its complement is meant.',
      numbers: [
        { label: "P(exists) at w=1, eps=0.1, delta=0.01, R=20, d'=22", value: exists },
        { label: "P(exists) at w=1, eps=0.99, delta=0.5, R=8, d'=1", value: smallest },
      ],
      counterexample: `w=1, epsilon=0.99, delta=0.5, R=8, d'=1: P = ${smallest.toFixed(3)} > 0.25`,
    };
  },
};

const pairCount: ClaimRecord = {
  id: 'eq-16',
  source: 'paper, Eq. 16',
  statement: "The number of pairs (i_1, i_2) of sample indices with pi(i_1) = pi(i_2) is d' R^2.",
  intervals: 0,
  decide() {
    let wrong = 0;
    for (let d = 1; d <= 6; d++)
      for (let R = 1; R <= 8; R++) {
        let pairs = 0;
        for (let a = 0; a < d * R; a++)
          for (let b = 0; b < d * R; b++) if (Math.floor(a / R) === Math.floor(b / R)) pairs++;
        if (pairs !== d * R * R) wrong++;
      }
    return {
      methods: ['proof', 'exact'],
      verdict: wrong === 0 ? 'holds' : 'refuted',
      reason: "Each of d' neurons has R samples of u and R of v; counted one by one for d' <= 6, R <= 8.",
      numbers: [{ label: "(d', R) with another count, of 48", value: wrong }],
    };
  },
};

const product: ClaimRecord = {
  id: 'eq-17',
  source: 'paper, Eq. 17, read as the complement',
  statement: "P(no good pair) <= (1 - eps^2/16)^(d' R^2) <= delta/2.",
  intervals: 0,
  decide() {
    const bound = (n: number, R: number, epsilon: number) =>
      Math.exp(n * R * R * Math.log1p(-(epsilon ** 2) / 16));
    // Smallest R: 2, for one neuron; then the case the headline needs, R t/4 well above 1.
    const [exact, printed] = [oneSided(1, 2, 0.99, 1).failure, bound(1, 2, 0.99)];
    let reversed = 0;
    let cases = 0;
    for (const epsilon of [0.01, 0.1, 0.5, 0.99])
      for (const R of [1, 2, 3, 10, 100])
        for (const n of [1, 2, 10]) {
          cases++;
          // FKG: failure >= (1-p^2)^(n R^2) with equality at R = 1; 1e-12 is rounding.
          if (oneSided(n, R, epsilon, 1).failure >= bound(n, R, epsilon) * (1 - 1e-12)) reversed++;
        }
    return {
      methods: ['proof', 'exact'],
      verdict: exact > printed ? 'refuted' : 'consistent',
      reason:
        "The R^2 pairs of a neuron share samples; by Harris' (FKG) inequality failure is at least the product, with equality only at R = 1. " +
        "The printed condition d' >= 16/(eps^2 R^2) log(delta/2) asks nothing, its right side being negative: log(2/delta) is meant.",
      numbers: [
        { label: "exact failure at w=1, eps=0.99, R=2, d'=1", value: exact },
        { label: 'printed bound there', value: printed },
        { label: "exact failure at w=1, eps=0.1, R=93, d'=1", value: oneSided(1, 93, 0.1, 1).failure },
        { label: 'printed bound there', value: bound(1, 93, 0.1) },
        { label: `cases of ${cases} where failure >= the product`, value: reversed },
      ],
      counterexample: `w=1, epsilon=0.99, R=2, d'=1: ${exact.toFixed(6)} > ${printed.toFixed(6)}`,
    };
  },
};

const forConstruction: ClaimRecord = {
  id: 'prop-4.3-construction',
  source: 'paper, Proposition 4.3, for the projection-map construction',
  statement:
    'd >= 2 ceil(16/(eps^2 R^2) log(2/delta)) neurons: the construction succeeds with probability >= 1 - delta.',
  intervals: 2,
  async decide({ alpha, seed, workers }) {
    const [epsilon, delta] = [0.1, 0.01];
    const at = (R: number) =>
      constructionFor({ widths: [1, 1], epsilon, delta, resamplings: R }, proposition43, paperDistribution);
    const small = await constructionSuccessRate(at(2), singleWeightTarget(1), 'outcome', {
      trials: 200_000,
      seed,
      alpha,
      workers,
    });
    const drawn = await constructionSuccessRate(at(93), singleWeightTarget(0.5), 'draws', {
      trials: 5_000,
      seed,
      alpha,
      workers,
    });
    const exact = failureAtPaperWidth(epsilon, delta, 2, 1);
    return {
      methods: ['exact', 'simulation'],
      verdict: exact > delta ? 'refuted' : 'consistent',
      reason: 'Eq. 17 goes the other way; R = 2 is the least possible R, since R = 1 is Lemma 4.2.',
      numbers: [
        { label: 'exact failure at w=1, R=2 (d=4240)', value: exact },
        failureNumber('simulated there (outcome)', small),
        { label: 'exact failure at w=0.5, R=93 (d=2)', value: failureAtPaperWidth(epsilon, delta, 93, 0.5) },
        failureNumber('simulated there (every sample drawn)', drawn),
      ],
      counterexample: `w=1, epsilon=0.1, delta=0.01, R=2: failure ${exact.toFixed(5)} > 0.01`,
    };
  },
};

const overAll: ClaimRecord = {
  id: 'prop-4.3-existence',
  source: 'paper, Proposition 4.3, over all subnetworks',
  statement:
    'd >= 2 ceil(16/(eps^2 R^2) log(2/delta)) neurons: some subnetwork is within eps with probability >= 1 - delta.',
  intervals: 1,
  async decide({ alpha, seed, workers }) {
    const [epsilon, delta, R] = [0.1, 1e-3, 111];
    const exact = twoNeuronExistence(epsilon, R).failure;
    const simulated = await existenceSuccessRate(epsilon, R, { trials: 200_000, seed, alpha, workers });
    const tiny = 4.1e-12;
    const least = twoNeuronExistence(0.99, 21).failure;
    return {
      methods: ['proof', 'exact', 'simulation'],
      verdict: exact > delta && least > tiny ? 'refuted' : 'consistent',
      reason:
        'At |w| = 1 two neurons need samples with |u| >= 1-eps; R must grow like log(1/delta), not its square root.',
      numbers: [
        { label: 'exact failure at w=1, eps=0.1, R=111, d=2 (delta=0.001)', value: exact },
        failureNumber('exhaustive search over subnetworks', simulated),
        { label: 'exact failure at w=1, eps=0.99, R=21, d=2 (delta=4.1e-12)', value: least },
      ],
      counterexample:
        `w=1, epsilon=0.1, delta=0.001, R=111, d=2: failure ${exact.toFixed(6)} > 0.001; ` +
        `least R found: epsilon=0.99, delta=${tiny}, R=21: ${least.toExponential(3)}`,
    };
  },
};

/** The claims about one re-sampled weight: Eq. 15 to 17 and Proposition 4.3 in both readings. */
export const propositionClaims: readonly ClaimRecord[] = [
  existsPair,
  pairCount,
  product,
  forConstruction,
  overAll,
];
