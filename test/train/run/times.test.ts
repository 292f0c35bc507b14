import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { JsonLines } from '../../../src/runs/lines.js';
import type { EpochRecord, StepRecord } from '../../../src/train/loop/callbacks.js';
import { recordTimes } from '../../../src/train/run/times.js';
import { temporaryFolder } from '../data/temporary.js';

test('an epoch whose steps were all taken before a resume has times and no rate; the next one has', () => {
  const path = join(temporaryFolder(), 'times.jsonl');
  const lines = new JsonLines(path, { bytes: 0 });
  const { step, epoch } = recordTimes(lines, { step: 8, threads: 1 });
  epoch!({ epoch: 0 } as EpochRecord, false);
  step!({ examples: 16 } as StepRecord);
  epoch!({ epoch: 1 } as EpochRecord, false);
  lines.close();
  const records = readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(records[1]).toEqual({
    epoch: 0,
    secondsSinceStart: expect.any(Number),
    images: 0,
    trainingSeconds: 0,
  });
  expect(records[2]).toMatchObject({ epoch: 1, images: 16, imagesPerSecond: expect.any(Number) });
});
