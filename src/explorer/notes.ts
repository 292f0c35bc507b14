/** What each bound is and whether it holds, for newcomers: docs/theory.md and docs/theory-width.md have the proofs. */
export const notes: Readonly<Record<string, string>> = {
  'lemma-4.2': 'The paper’s lemma for one weight without re-sampling. It holds.',
  'proposition-4.3':
    'The paper’s proposition for one weight with re-sampling. It is true for usual δ and false for small ones; the construction in its proof misses the promise.',
  paper:
    'The paper’s Theorem 4.1. It is false as stated, for tiny δ alone where it was computed; the construction in its proof misses the promise.',
  corrected: 'The theorem as corrected here, with one neuron a weight. It is proved.',
  resampled: 'The theorem under re-sampling: a weight is a sum over several neurons. It is proved.',
  best: 'The lesser of the two, layer by layer. It is proved.',
  malach: 'An order of growth without re-sampling (Malach et al. 2020), with its constant set to 1.',
  pensia: 'An order of growth without re-sampling (Pensia et al. 2020), with its constant set to 1.',
  orseau: 'An order of growth without re-sampling (Orseau et al. 2020), with its constant set to 1.',
  counting: 'Necessary, by counting the slopes that subnetworks can have, for one weight.',
  layer: 'Necessary, for all targets of one layer together.',
  universal:
    'Necessary, for the target that passes one input on, at any depth and by any rule of re-sampling.',
};
