import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { scoreNetworkFile } from '../../src/train/archive/network.js';
import { readProvenance } from '../../src/train/archive/provenance.js';
import { isOfData } from '../../src/train/data/dataset.js';
import { openDataset } from '../../src/train/data/index.js';
import { defaultDataFolder } from '../../src/train/data/open.js';
import { summarizeRuns } from '../../src/train/run/list.js';
import { openRun } from '../../src/train/run/open.js';
import { readResult } from '../../src/train/run/result.js';
import { scoreTicket } from '../../src/train/ticket/score.js';

const reports = join(import.meta.dirname, '../../reports');
const root = join(reports, 'figure2/runs');
const runs = summarizeRuns(root).map(({ name, state }) => ({ name, state }));
const ticketOf = (name: string) => join(reports, 'figure2/tickets', `${name.replace('/', '-')}.ticket`);

test('every committed run is whole, finished, and says where it was made', () => {
  expect(runs.length).toBeGreaterThanOrEqual(5);
  for (const { name, state } of runs) {
    expect(state, name).toBe('finished');
    const { paths, spec } = openRun(root, name);
    expect(readProvenance(paths)?.parts.length, name).toBeGreaterThan(0);
    expect(existsSync(spec.method === 'sgd' ? paths.tensors : ticketOf(name)), name).toBe(true);
  }
  expect(readdirSync(join(reports, 'figure2/tickets')).length).toBe(
    runs.filter(({ name }) => !name.includes('-sgd-')).length,
  );
});

/** The data that the runs were trained on, which no repository may hold. */
async function sameData(): Promise<boolean> {
  const { data } = readResult(openRun(root, runs[0]!.name).paths)!.result;
  try {
    return isOfData(data.fingerprint, await openDataset('cifar10'));
  } catch {
    return false;
  }
}
const there = await sameData();
if (!there)
  console.warn(
    `SKIPPED: the committed tickets are not scored, ${defaultDataFolder()} has no CIFAR-10 (JPEG copies) (ITERAND_DATA)`,
  );

describe.skipIf(!there)('scored again on the test images, a run has the hits that its result says', () => {
  test.each(runs.map(({ name }) => name))('%s', { timeout: 120_000 }, async (name) => {
    const run = openRun(root, name);
    const { test: score } = readResult(run.paths)!.result;
    const again =
      run.spec.method === 'sgd'
        ? await scoreNetworkFile(run, 'test', { threads: 1 })
        : await scoreTicket(ticketOf(name), 'test', { threads: 1 });
    // The last bits are the processor's: an image whose two largest logits are all but equal may turn.
    expect(Math.abs(again.hits - score.hits)).toBeLessThanOrEqual(2);
    expect(again.loss).toBeCloseTo(score.loss, 5);
  });
});
