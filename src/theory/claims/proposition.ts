import { formatNumber } from '../../core/format.js';
import { proposition43 } from '../bounds/index.js';
import { singleWeightTarget } from '../problem/target.js';
import { constructionFor } from '../search/construction.js';
import { constructionSuccessRate } from '../simulate/montecarlo.js';
import type { ClaimRecord } from './claim.js';
import { failureAtPaperWidth, failureNumber, oneSided, paperDistribution } from './single-weight.js';

const existsPair: ClaimRecord = {
  id: 'eq-15',
  part: 'misprint',
  source: 'paper, Eq. 15 with 17, as printed',
  statement: 'P(some i_1, i_2 with pi(i_1) = pi(i_2) have |u - 1| <= eps/2 and |v - w| <= eps/2) <= delta/2.',
  intervals: 0,
  decide() {
    const exists = oneSided(22, 20, 0.1, 1).success;
    const smallest = oneSided(1, 8, 0.99, 1).success;
    return {
      methods: ['proof', 'exact'],
      verdict: exists > 0.005 ? 'refuted' : 'consistent',
      finding: 'Eq. 15 prints the event that a good pair exists where its complement is meant.',
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
  part: 'proof',
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
      finding: 'The count of pairs, Eq. 16, holds.',
      reason: "Each of d' neurons has R samples of u and R of v; counted one by one for d' <= 6, R <= 8.",
      numbers: [{ label: "(d', R) with another count, of 48", value: wrong }],
    };
  },
};

const product: ClaimRecord = {
  id: 'eq-17',
  part: 'proof',
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
      finding:
        "The proof of Proposition 4.3: its step Eq. 17 is false, since by Harris' inequality it goes the other way, with equality only at R = 1.",
      reason:
        "The R^2 pairs of a neuron share samples; by Harris' (FKG) inequality failure is at least the product, with equality only at R = 1. ",
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

const condition: ClaimRecord = {
  id: 'eq-17-condition',
  part: 'misprint',
  source: 'paper, Eq. 17, its condition as printed',
  statement: "d' >= 16/(eps^2 R^2) log(delta/2) neurons make (1 - eps^2/16)^(d' R^2) <= delta/2.",
  intervals: 0,
  decide() {
    const [epsilon, delta] = [0.1, 0.01];
    const asked = (16 / epsilon ** 2) * Math.log(delta / 2);
    const bound = 1 - epsilon ** 2 / 16;
    return {
      methods: ['proof', 'exact'],
      verdict: asked < 1 && bound > delta / 2 ? 'refuted' : 'consistent',
      finding:
        'The condition after Eq. 17 prints log(delta/2), which is negative and asks nothing, where log(2/delta) is meant.',
      reason:
        'The logarithm of delta/2 is negative, so one neuron meets the condition as printed. With log(2/delta) it gives the inequality.',
      numbers: [
        { label: 'right side of the condition at eps=0.1, delta=0.01, R=1', value: asked },
        { label: "(1 - eps^2/16)^(d' R^2) at d'=1", value: bound },
      ],
      counterexample: `epsilon=0.1, delta=0.01, R=1, d'=1: ${bound.toFixed(6)} > ${delta / 2}`,
    };
  },
};

const forConstruction: ClaimRecord = {
  id: 'prop-4.3-construction',
  part: 'proof',
  source: 'paper, proof of Proposition 4.3, its construction',
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
      finding: `The proof of Proposition 4.3: its construction misses the promise at w=1, eps=0.1, delta=0.01, R=2, where it fails with probability ${formatNumber(exact)}.`,
      reason:
        'Eq. 17 goes the other way. R = 2 is the least R there can be, since R = 1 is Lemma 4.2. This is about the proof: over all subnetworks see the statement above.',
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

/** The claims about one re-sampled weight: Eq. 15 to 17, and the construction at Proposition 4.3's width. */
export const propositionClaims: readonly ClaimRecord[] = [
  existsPair,
  pairCount,
  product,
  condition,
  forConstruction,
];
