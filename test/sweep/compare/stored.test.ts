import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { InputError } from '../../../src/core/errors.js';
import { dataText } from '../../../src/report/page/write.js';
import type { FinishedRun } from '../../../src/sweep/compare/run.js';
import { readStoredRuns, storedRuns } from '../../../src/sweep/compare/stored.js';
import { temporaryFolder } from '../../train/data/temporary.js';
import { madeMethods, madeRun } from './made-runs.js';

const runs: FinishedRun[] = [...madeMethods(), madeRun({ rule: 'supermask', refresh: 'recycle' }, 4, 0.7)];
const path = join(temporaryFolder(), 'runs.json');
writeFileSync(path, dataText(storedRuns(runs)));

test('runs come back as they were, but for their tickets', () => {
  expect(readStoredRuns(path)).toEqual(runs.map(({ ticket: _, ...rest }) => rest));
  expect(readStoredRuns(join(temporaryFolder(), 'none.json'))).toEqual([]);
});

test('what is changed is refused, wherever it is', () => {
  const text = readFileSync(path, 'utf8');
  const places = [0.3, 0.5, 0.7, 0.9].map((share) => text.indexOf(':', Math.floor(share * text.length)) + 1);
  const damaged = [
    ...places.map((at) => `${text.slice(0, at)} 7${text.slice(at)}`),
    text.replace(/"hits":\s*(\d+)/, '"hits": 1'),
    text.replace(/"sha256":\s*"./, '"sha256": "g'),
    text.replace(/,?\s*"sha256":\s*"\w+"/, ''),
    text.slice(0, -20),
    '{}',
  ];
  for (const [i, content] of damaged.entries()) {
    writeFileSync(`${path}-${i}`, content);
    expect(() => readStoredRuns(`${path}-${i}`), content.slice(-300)).toThrow(InputError);
  }
});
