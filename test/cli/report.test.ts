import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { main } from '../../src/cli/main.js';

const folder = mkdtempSync(join(tmpdir(), 'iterand-report-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => {
  process.exitCode = undefined;
  vi.restoreAllMocks();
});

describe('iterand report with bad input', () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  it.each([
    [['--alpha', '2'], 'alpha 2'],
    [['--seed', '-1'], 'seed -1'],
    [['--seed', '1.5'], 'seed 1.5'],
    [['--workers', '0'], 'workers 0'],
    [['--out', file], 'is not a folder'],
    [['--oops'], '--oops'],
  ])('%j: exit code 2, named, nothing written', async (options, named) => {
    const out = join(folder, 'out');
    let text = '';
    vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => {
      text += chunk;
      return true;
    });
    await main(['report', '--out', out, ...options]);
    expect(process.exitCode).toBe(2);
    expect(text).toContain(named);
    expect(existsSync(out)).toBe(false);
  });
});
