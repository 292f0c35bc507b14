/** What may happen to pruned weights every so many iterations. */
export const REFRESHES = [
  { name: 'none', about: 'pruned weights stay as they are', source: 'edge-popup, Ramanujan et al. 2020' },
  {
    name: 'randomize',
    about: 'each pruned weight is drawn anew with probability r (Eq. 2 with r = 1, Eq. 3)',
    source: 'IteRand, Chijiwa et al. 2021',
  },
  {
    name: 'recycle',
    about:
      'the r n weights of lowest score in a layer, as far as they are pruned, take the values of the r n weights of highest score; how they are paired was not verified',
    source: 'Gorbett & Whitley 2023 (arXiv 2303.15953)',
  },
] as const;
export type RefreshName = (typeof REFRESHES)[number]['name'];
export const REFRESH_NAMES: readonly [RefreshName, ...RefreshName[]] = ['none', 'randomize', 'recycle'];

/** Whether a refreshed weight keeps its score, as in the IteRand paper, or starts with a fresh one and no momentum. */
export const REFRESHED_SCORES = ['kept', 'fresh'] as const;
export type RefreshedScore = (typeof REFRESHED_SCORES)[number];

/** Who gets whose value in a recycling: by `rank`, the lowest the highest's; in `order`, the lowest that of the lowest of the highest. */
export const PAIRINGS = ['rank', 'order'] as const;
export type Pairing = (typeof PAIRINGS)[number];
