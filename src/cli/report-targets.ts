import { resolve } from 'node:path';
import { writePage } from '../report/page/write.js';
import { computeTarget, TARGET_REPORT } from '../report/targets/compute.js';
import { testDigits } from '../report/targets/digits.js';
import { targetPage } from '../report/targets/page.js';
import type { NetworkName } from '../train/networks/index.js';
import { progressBar } from './progress.js';
import { trainForTarget } from './train-target.js';

/** The network of the page. */
const NETWORK: NetworkName = 'lenet-300-100';

/** Trains the target (or takes its finished run), computes and writes its page; undefined if Ctrl-C stopped the training. */
export async function reportTargets(
  out: string,
  runs: string,
  { seed, workers }: { readonly seed: number; readonly workers: number },
  silent: boolean,
) {
  const trained = await trainForTarget(NETWORK, runs, silent);
  if (trained === undefined) return undefined;
  const settings = { ...TARGET_REPORT, seed };
  const bar = progressBar('searching subnetworks', silent);
  try {
    const figures = await computeTarget(
      trained.target,
      await testDigits(),
      { ...settings, workers },
      bar.update,
    );
    const page = targetPage({ run: trained.run, network: NETWORK }, settings, figures);
    return { page: resolve(writePage(out, page)), figures };
  } finally {
    bar.stop();
  }
}
