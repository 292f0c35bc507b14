import { setTimeout as sleep } from 'node:timers/promises';
import { writeAtomic } from '../core/files.js';
import { sweepPage } from '../report/sweep/page.js';
import type { SweepPlan } from '../sweep/plan.js';
import { sweepPaths } from '../sweep/started.js';
import { StatusReader, type SweepStatus } from '../sweep/status.js';
import { LiveBlock } from './live.js';
import { countsText, liveText } from './sweep-status.js';

/** Milliseconds from one look at the folders to the next, at least. */
const EVERY = 2000;

export interface WatchOptions {
  readonly root: string;
  readonly signal: AbortSignal;
  /** Ends of itself once no run is open; else when it is aborted. */
  readonly toTheEnd: boolean;
  /** Whether it keeps the page; left out: it does. Not where it looks at a part of the runs. */
  readonly page?: boolean;
  /** Draws nothing. */
  readonly silent?: boolean;
}

/**
 * Watches a sweep from its run folders: draws where it stands on stderr, as a block on a terminal and a line at each change elsewhere,
 * and keeps its page up to date.
 */
export async function watchSweep(
  plan: SweepPlan,
  { root, signal, toTheEnd, page = true, silent }: WatchOptions,
): Promise<SweepStatus> {
  const reader = new StatusReader(plan.kind, plan.runs, root);
  const terminal = process.stderr.isTTY === true && silent !== true;
  const block = new LiveBlock();
  let before = '';
  for (;;) {
    const began = performance.now();
    const status = reader.read();
    const progress = progressText(status);
    if (page && progress !== before)
      writeAtomic(sweepPaths(root, plan.name).page, sweepPage(plan, status, new Date()));
    if (terminal) block.draw(liveText(plan, status, process.stderr.rows || 24));
    else if (progress !== before && silent !== true)
      process.stderr.write(`${plan.name}: ${countsText(status)}\n`);
    before = progress;
    const { running, planned, stopped } = status.counts;
    if (signal.aborted || (toTheEnd && running + planned + stopped === 0)) {
      if (terminal) block.clear();
      return status;
    }
    // However many folders there are, looking takes a small part of the time.
    const pause = Math.max(EVERY, 10 * (performance.now() - began));
    await sleep(pause, undefined, { signal }).catch(() => {});
  }
}

/** What changes when an epoch or a run ends. */
const progressText = ({ runs }: SweepStatus): string =>
  runs.map(({ state, done }) => `${state}${done}`).join();
