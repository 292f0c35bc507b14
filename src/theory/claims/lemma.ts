import { formatNumber } from '../../core/format.js';
import type { ClaimRecord } from './claim.js';
import { deltaGrid, epsilonGrid, failureAtPaperWidth, oneSided, weightGrid } from './single-weight.js';

const splitting: ClaimRecord = {
  id: 'eq-8',
  part: 'proof',
  source: 'paper, Eq. 8',
  statement: 'w x = w relu(x) - w relu(-x) for every real x.',
  intervals: 0,
  decide() {
    let largest = 0;
    for (let i = -1000; i <= 1000; i++)
      for (const w of [-1, -0.3, 0, 0.7, 1]) {
        const x = i / 1000;
        largest = Math.max(largest, Math.abs(w * x - (w * Math.max(0, x) - w * Math.max(0, -x))));
      }
    return {
      methods: ['proof', 'exact'],
      verdict: largest === 0 ? 'holds' : 'refuted',
      finding: 'The splitting Eq. 8 holds.',
      reason: 'One of relu(x), relu(-x) is 0 and the other is |x|.',
      numbers: [{ label: 'largest difference over 10,005 pairs (w, x)', value: largest }],
    };
  },
};

/** Eq. 11 for side +1, Eq. 12 for side -1: what is printed, and what is meant. */
function inequality(number: 11 | 12): ClaimRecord[] {
  const side = number === 11 ? 1 : -1;
  const [u, v] = side === 1 ? ['|u_i - 1|', '|v_i - w|'] : ['|u_j + 1|', '|v_j + w|'];
  const neurons = (epsilon: number, delta: number) => Math.ceil((16 / epsilon ** 2) * Math.log(2 / delta));
  return [
    {
      id: `eq-${number}`,
      part: 'misprint',
      source: `paper, Eq. ${number}, as printed`,
      statement: `P(some neuron has ${u} <= eps/2 and ${v} <= eps/2) <= (1 - eps^2/16)^d' <= delta/2 for d' >= 16/eps^2 log(2/delta).`,
      intervals: 0,
      decide() {
        // P(exists) >= 1 - delta/2 wherever the complement holds, so the fewest neurons make the smallest example.
        const [epsilon, delta] = [0.99, 0.99];
        const n = neurons(epsilon, delta);
        const exists = oneSided(n, 1, epsilon, side).success;
        return {
          methods: ['proof', 'exact'],
          verdict: exists > delta / 2 ? 'refuted' : 'consistent',
          finding: `Eq. ${number} prints the event that a good neuron exists where its complement is meant.`,
          reason:
            'The printed event is the wanted one, whose probability is close to 1. The complement is meant, and for it the inequality holds.',
          numbers: [
            { label: 'P(exists)', value: exists },
            { label: "printed bound (1 - eps^2/16)^d'", value: (1 - epsilon ** 2 / 16) ** n },
            {
              label: 'P(exists) at eps=0.1, delta=0.01, |w|=1',
              value: oneSided(neurons(0.1, 0.01), 1, 0.1, side).success,
            },
          ],
          counterexample: `w=1, epsilon=${epsilon}, delta=${delta}, d'=${n}: P = ${exists.toFixed(3)} > ${delta / 2}`,
        };
      },
    },
    {
      id: `eq-${number}-complement`,
      part: 'proof',
      source: `paper, Eq. ${number}, read as the complement`,
      statement: `P(no neuron has ${u} <= eps/2 and ${v} <= eps/2) <= (1 - eps^2/16)^d' <= delta/2 for d' >= 16/eps^2 log(2/delta).`,
      intervals: 0,
      decide() {
        let worst = 0;
        for (const epsilon of epsilonGrid)
          for (const delta of deltaGrid)
            for (const w of weightGrid) {
              const n = neurons(epsilon, delta);
              const { failure } = oneSided(n, 1, epsilon, side * w);
              worst = Math.max(
                worst,
                failure / Math.exp(n * Math.log1p(-(epsilon ** 2) / 16)),
                failure / (delta / 2),
              );
            }
        return {
          methods: ['proof', 'exact'],
          // One part in 1e9 is left for rounding: at |w| = 1 the two sides are equal.
          verdict: worst <= 1 + 1e-9 ? 'holds' : 'refuted',
          finding: `Eq. ${number}, read as the complement, holds.`,
          reason:
            'Neurons are independent, and each is good with probability at least (eps/4)^2, with equality at |w| = 1.',
          numbers: [{ label: 'largest failure / bound on the grid', value: worst }],
        };
      },
    },
  ];
}

const display: ClaimRecord = {
  id: 'eq-12-display',
  part: 'proof',
  source: 'paper, proof of Lemma 4.2, display after Eq. 12',
  statement:
    '|u_i - 1| <= eps/2 and |v_i - w| <= eps/2 give |w relu(x) - v_i relu(u_i x)| <= eps/2 for |x| <= 1.',
  intervals: 0,
  decide() {
    const epsilon = 0.1;
    const error = 1 - (1 - epsilon / 2) ** 2;
    return {
      methods: ['proof', 'exact'],
      verdict: error > epsilon / 2 ? 'refuted' : 'consistent',
      finding:
        'The proof of Lemma 4.2: the display after Eq. 12 claims an error of eps/2 where its windows give eps; the lemma is unharmed.',
      reason:
        'The windows give eps, not eps/2. Lemma 4.2 is unharmed: for any x only one of its two neurons is active.',
      numbers: [
        { label: 'error at w=1, u=v=1-eps/2, x=1, eps=0.1', value: error },
        { label: 'claimed bound eps/2', value: epsilon / 2 },
      ],
      counterexample: `w=1, u=v=1-eps/2, x=1: error eps - eps^2/4 > eps/2`,
    };
  },
};

const lemma: ClaimRecord = {
  id: 'lemma-4.2',
  part: 'statement',
  source: 'paper, Lemma 4.2',
  statement:
    'd >= 2 ceil(16/eps^2 log(2/delta)) random neurons hold a subnetwork within eps of w x on |x| <= 1 with probability >= 1 - delta.',
  intervals: 0,
  decide() {
    let worst = 0;
    for (const epsilon of epsilonGrid)
      for (const delta of deltaGrid)
        for (const w of weightGrid)
          worst = Math.max(worst, failureAtPaperWidth(epsilon, delta, 1, w) / delta);
    const exact = failureAtPaperWidth(0.1, 0.01, 1, 1);
    return {
      methods: ['proof', 'exact'],
      verdict: worst <= 1 ? 'holds' : 'refuted',
      finding: `Lemma 4.2 (no re-sampling) holds, and its width is nearly tight for its construction: exact failure ${formatNumber(exact)} at delta=0.01.`,
      reason:
        'The complement of Eq. 11 and 12 and the union bound; at |w| = 1 the width is nearly tight for the construction.',
      numbers: [
        { label: 'largest exact failure / delta on the grid', value: worst },
        { label: 'exact failure at w=1, eps=0.1, delta=0.01', value: exact },
      ],
    };
  },
};

/** The claims without re-sampling: Eq. 8, Eq. 11 and 12 in both readings, Lemma 4.2. */
export const lemmaClaims: readonly ClaimRecord[] = [
  splitting,
  ...inequality(11),
  ...inequality(12),
  display,
  lemma,
];
