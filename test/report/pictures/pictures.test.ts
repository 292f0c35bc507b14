import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, expect, test, vi } from 'vitest';
import { comparedRunsPage } from '../../../src/report/compare/own.js';
import { findBrowser } from '../../../src/report/pictures/browser.js';
import { writePictures } from '../../../src/report/pictures/write.js';
import { compare } from '../../../src/sweep/compare/compare.js';
import { madeMethods } from '../../sweep/compare/made-runs.js';
import { temporaryFolder } from '../../train/data/temporary.js';

const there = findBrowser() !== undefined;
if (!there) console.warn('SKIPPED: no plot is drawn as a picture, no Chromium or Chrome on PATH');
afterEach(() => vi.unstubAllEnvs());
const page = () => comparedRunsPage(compare(madeMethods()), 'npx iterand compare');

test.skipIf(!there)('every plot is a PNG and an SVG, with its legend', { timeout: 180_000 }, async () => {
  const folder = temporaryFolder();
  const paths = await writePictures(folder, page());
  expect(readdirSync(folder).sort()).toEqual(paths.map((path) => path.slice(folder.length + 1)).sort());
  expect(paths).toHaveLength(10);
  for (const name of ['accuracy', 'epochs']) {
    const { data, info } = await sharp(join(folder, `${name}.png`))
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect([info.width, info.height]).toEqual([1440, 880]);
    // Something is drawn: not all pixels are the page's colour.
    expect(new Set(data.filter((_, i) => i % 97 === 0)).size).toBeGreaterThan(5);
    const svg = readFileSync(join(folder, `${name}.svg`), 'utf8');
    expect(svg).toMatch(/^<svg[^>]*>/);
    expect(svg).toContain(name === 'accuracy' ? 'one run' : 'IteRand, mean of the seeds');
  }
});

test('without a browser that is said', async () => {
  vi.stubEnv('PATH', '/nowhere');
  await expect(writePictures(temporaryFolder(), page())).rejects.toThrow('no Chromium or Chrome is on PATH');
});
