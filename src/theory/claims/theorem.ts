import { formatNumber } from '../../core/format.js';
import { boundByName, theorem41 } from '../bounds/index.js';
import { forwardTarget, makeTarget, singleWeightTarget } from '../problem/target.js';
import { constructionFor, exactProbability } from '../search/construction.js';
import { forwardEffective } from '../search/effective.js';
import { constructionSuccessRate } from '../simulate/montecarlo.js';
import type { ClaimRecord } from './claim.js';
import { failureNumber, paperDistribution, twoSided } from './single-weight.js';

const ofOneWeight = (epsilon: number, delta: number, R: number) => ({
  widths: [1, 1],
  epsilon,
  delta,
  resamplings: R,
});

/** Exact failure at Theorem 4.1's width for w = 1, l = d_0 = d_1 = 1, with the schedule's tolerance or another. */
function failureAt(R: number, tolerance?: number): number {
  const options = tolerance === undefined ? {} : { tolerance };
  const construction = constructionFor(ofOneWeight(0.1, 0.01, R), theorem41, paperDistribution, options);
  return exactProbability(construction, singleWeightTarget(1)).failure;
}

const width: ClaimRecord = {
  id: 'thm-4.1-construction',
  part: 'proof',
  source: 'paper, proof of Theorem 4.1, its construction',
  statement:
    'Hidden widths 2 d_{i-1} ceil(64 l^2 d_{i-1}^2 d_i/(eps^2 R^2) log(2 l d_{i-1} d_i/delta)): the construction succeeds with probability >= 1 - delta.',
  intervals: 1,
  async decide({ alpha, seed, workers }) {
    const [own, granted] = [failureAt(2), failureAt(131, 0.1)];
    const bound = constructionFor(ofOneWeight(0.1, 0.01, 131), theorem41, paperDistribution);
    const simulated = await constructionSuccessRate(bound, singleWeightTarget(1), 'draws', {
      trials: 5_000,
      seed,
      alpha,
      workers,
    });
    return {
      methods: ['exact', 'simulation'],
      verdict: own > 0.01 && granted > 0.01 ? 'refuted' : 'consistent',
      finding: `The proof of Theorem 4.1: its construction misses the promise at l=d_0=d_1=1, w=1, eps=0.1, delta=0.01, R=2, where it fails with probability ${formatNumber(own)}.`,
      reason:
        'It inherits Eq. 17; it fails at l = d_0 = d_1 = 1 even if the construction may spend all of eps on its one entry.',
      numbers: [
        { label: 'exact failure at w=1, eps=0.1, delta=0.01, R=2', value: own },
        { label: 'the same with tolerance eps, R=131 (D=4)', value: granted },
        { label: 'exact failure with its own tolerance eps/2, R=131 (D=4)', value: failureAt(131) },
        failureNumber('simulated there, every sample drawn', simulated),
      ],
      counterexample: `l=d_0=d_1=1, w=1, epsilon=0.1, delta=0.01, R=2: failure ${own.toFixed(5)} > 0.01 (tolerance eps granted: R=131, ${granted.toFixed(5)})`,
    };
  },
};

const inParticular: ClaimRecord = {
  id: 'thm-4.1-in-particular',
  part: 'proof',
  source: "paper, proof of Theorem 4.1, its construction at the width of 'in particular'",
  statement: 'Once R > 8 l d_{i-1}/eps sqrt(d_i log(2 l d_{i-1} d_i/delta)), width 2 d_{i-1} is enough.',
  intervals: 1,
  async decide({ alpha, seed, workers }) {
    const problem = ofOneWeight(0.1, 0.01, 185);
    const granted = constructionFor(problem, theorem41, paperDistribution, { tolerance: 0.1 });
    const simulated = await constructionSuccessRate(granted, singleWeightTarget(1), 'draws', {
      trials: 5_000,
      seed,
      alpha,
      workers,
    });
    const exact = failureAt(185, 0.1);
    const network = { widths: [784, 300, 100, 10], epsilon: 0.1, delta: 0.01, resamplings: 14_117_690 };
    const whole = exactProbability(
      constructionFor(network, theorem41, paperDistribution),
      makeTarget('gaussian', network.widths, seed),
    );
    let leastR = 185;
    while (twoSided(1, leastR, 0.1, 1).failure > 0.01) leastR++;
    return {
      methods: ['exact', 'simulation'],
      verdict: exact > 0.01 ? 'refuted' : 'consistent',
      finding:
        `The proof of Theorem 4.1: at the width of 'in particular' its construction fails with probability ${formatNumber(exact)} at l=d_0=d_1=1, w=1, eps=0.1, delta=0.01, R=185, even with all of eps as tolerance. ` +
        `For a Gaussian 784-300-100-10 target at R=14,117,690 it meets the tolerances t_i with probability ${formatNumber(whole.success)}: else some entry is off by more than its t_i, which need not make the error exceed eps.`,
      reason:
        'Failure there is about 4 exp(-2 sqrt(log(2/delta))): R must grow like log(1/delta), not like its square root.',
      numbers: [
        { label: "the paper's threshold", value: theorem41.layers(problem)[0]!.resamplingThreshold! },
        { label: 'exact failure at w=1, eps=0.1, R=185, D=2, tolerance eps', value: exact },
        failureNumber('simulated there, every sample drawn', simulated),
        { label: 'exact failure with its own tolerance eps/2', value: failureAt(185) },
        { label: 'least R with exact failure <= 0.01 at tolerance eps', value: leastR },
        {
          label:
            'exact probability that every entry of a Gaussian 784-300-100-10 target is within its t_i at R=14,117,690',
          value: whole.success,
        },
      ],
      counterexample: `l=d_0=d_1=1, w=1, epsilon=0.1, delta=0.01, R=185, D=2: failure ${exact.toFixed(4)} > 0.01`,
    };
  },
};

const schedule: ClaimRecord = {
  id: 'thm-4.1-schedule',
  part: 'reading',
  source: 'tolerances t_i = eps/(2 l d_{i-1} sqrt(d_i)), read off the constants of Theorem 4.1',
  statement: 'Entries within t_i of the target in every layer give an output within eps.',
  intervals: 0,
  decide() {
    const widths = [100, 1, 1];
    const epsilon = 0.1;
    const layers = boundByName('paper').layers({ widths, epsilon, delta: 0.01, resamplings: 1 });
    const target = { widths, matrices: [new Float64Array(100).fill(0.1), Float64Array.of(1)] };
    const off = layers[1]!.tolerance! * (1 - 1e-9);
    const effective = {
      widths,
      layers: [
        { positive: target.matrices[0]!, negative: target.matrices[0]! },
        { positive: Float64Array.of(1 - off) },
      ],
    };
    const x = new Float64Array(100).fill(1);
    const error = Math.abs(forwardEffective(effective, x)[0]! - forwardTarget(target, x)[0]!);
    return {
      methods: ['proof', 'exact'],
      verdict: error > epsilon ? 'refuted' : 'consistent',
      finding: `The tolerances t_i read off the constants of Theorem 4.1 are not enough from layer 2 on: with d=(100,1,1) an entry within t_2 moves the output by ${formatNumber(error / epsilon)} eps.`,
      reason:
        'From layer 2 on inputs have norm up to sqrt(d_0), not sqrt(d_{i-1}). Section 4 prints no tolerances: 16/t_i^2 = 64 l^2 d_{i-1}^2 d_i/eps^2; the appendix was not examined.',
      numbers: [
        { label: 't_2', value: layers[1]!.tolerance! },
        { label: 'output error at x = (1, ..., 1)', value: error },
        { label: 'eps', value: epsilon },
      ],
      counterexample:
        'd=(100,1,1), F_1 = 0.1 in every entry, F_2 = 1, only F_2 off by t_2 = eps/4: error 2.5 eps',
    };
  },
};

/** The claims about Theorem 4.1. */
export const theoremClaims: readonly ClaimRecord[] = [width, inParticular, schedule];
