import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { requireExplorer, writeExplorer } from '../../src/report/explorer.js';

const folder = mkdtempSync(join(tmpdir(), 'iterand-explorer-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('puts the built explorer beside the reports, in the place of an older one', () => {
  const built = join(folder, 'built.html');
  for (const text of ['one', 'two']) {
    writeFileSync(built, text);
    requireExplorer(built);
    expect(readFileSync(writeExplorer(join(folder, 'reports'), built), 'utf8')).toBe(text);
  }
});

it('says how to build it where it has not been', () => {
  const check = () => requireExplorer(join(folder, 'none.html'));
  expect(check).toThrow(expect.objectContaining({ name: 'InputError' }));
  expect(check).toThrow('is not built yet; run npm run build');
});
