import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderPage } from '../../../src/report/page/shell.js';
import { writePage } from '../../../src/report/page/write.js';
import { findBrowser } from '../../../src/report/pictures/browser.js';
import { computeFigures } from '../../../src/report/theory/compute.js';
import { theoryPage } from '../../../src/report/theory/page.js';
import { trainingPage } from '../../../src/report/training/page.js';
import { compare } from '../../../src/sweep/compare/compare.js';
import { offlinePage } from '../../support/offline-page.js';
import { madeMethods } from '../../sweep/compare/made-runs.js';
import { ledgerFixture } from '../ledger-fixture.js';
import { smallReport } from './small-report.js';

const executablePath = findBrowser();
if (executablePath === undefined)
  console.warn(
    'SKIPPED: the report page is not opened, no Chromium or Chrome on PATH (apt-get install chromium)',
  );

const folder = mkdtempSync(join(tmpdir(), 'iterand-report-'));
let path: string;
let trainingPath: string;
beforeAll(async () => {
  path = writePage(folder, theoryPage(smallReport, ledgerFixture, await computeFigures(smallReport, 1)));
  trainingPath = writePage(folder, trainingPage(compare(madeMethods()), 'The example was chosen.'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('the files', () => {
  it('hold seed, error level, versions, command and series', () => {
    const files = readdirSync(join(folder, 'theory/data')).sort();
    expect(files).toEqual(
      [
        ...['width-law.json', 'failure.json', 'least-width.json', 'ledger.json', 'networks.json'],
        'failure-map.json',
      ].sort(),
    );
    for (const file of files) {
      const data = JSON.parse(readFileSync(join(folder, 'theory/data', file), 'utf8'));
      expect(data).toMatchObject({ seed: 1, alpha: 1e-3, command: 'iterand report --seed 1 --alpha 0.001' });
      expect(data.versions).toHaveProperty('iterand');
      expect(data.about).not.toBe('');
    }
  });

  it('are the same bytes again', async () => {
    const page = theoryPage(smallReport, ledgerFixture, await computeFigures(smallReport, 1));
    expect(renderPage(page)).toBe(readFileSync(path, 'utf8'));
  });

  it('tell the findings in their own numbers', () => {
    const text = readFileSync(path, 'utf8')
      .replaceAll(/<[^>]*>/g, '')
      .replaceAll('\u00a0', ' ');
    expect(text).toContain(
      'False claims: 1 (0 of 2 statements of the paper, 1 of 1 steps of their proofs). Misprints: 0.',
    );
    expect(text).toContain('✓ holds: Lemma 4.2 holds.');
    expect(text).toContain('? undecided: Theorem 4.1 is not decided.');
    expect(text).toContain('breaks at R = 2, w = 1: 0.01128');
    expect(text).toContain('the side &lt;of δ&gt;'.replace('the side', "claim's side"));
  });
});

describe.skipIf(executablePath === undefined)('the page in a browser without a network', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: executablePath!, args: ['--no-sandbox'] });
  });
  afterAll(() => browser?.close());

  async function open(
    width: number,
    colorScheme: 'light' | 'dark',
    of = path,
  ): Promise<{ page: Page; errors: string[] }> {
    const { page, errors } = await offlinePage(browser, width, colorScheme);
    page.on('requestfailed', (request) => errors.push(request.url()));
    await page.goto(pathToFileURL(of).href);
    await page.waitForFunction('document.querySelectorAll(".plot .main-svg .xaxislayer-above").length > 0');
    return { page, errors };
  }

  it.each([
    [1200, 'light'],
    [400, 'dark'],
  ] as const)('draws every figure at %i px, %s', async (width, scheme) => {
    const { page, errors } = await open(width, scheme);
    const drawn = await page.$$eval('.plot', (plots) =>
      plots.map((plot) => plot.querySelectorAll('.trace, .hm').length),
    );
    expect(drawn.length).toBe(2 + 2 + 2 + 1 + 2);
    for (const traces of drawn) expect(traces).toBeGreaterThan(2);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    await page.$$eval('details', (all) => {
      for (const details of all) details.setAttribute('open', '');
    });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    expect(errors).toEqual([]);
    await page.context().close();
  });

  const box = (page: Page, selector: string) =>
    page.evaluate(`(({ left, right, top, bottom }) => ({ left, right, top, bottom }))(
      document.querySelector('${selector}').getBoundingClientRect())`) as Promise<Record<string, number>>;

  it.each([
    [1280, 'light'],
    [400, 'light'],
  ] as const)(
    'shows the main figure whole on the first screen, before any prose, at %i x 800',
    async (width, scheme) => {
      const { page } = await open(width, scheme);
      const [figure, caption, findings, heading] = await Promise.all(
        ['.lead .panels', '.lead figcaption', '.findings', 'h1'].map((selector) => box(page, selector)),
      );
      expect(figure!.bottom).toBeLessThanOrEqual(800);
      expect(figure!.left).toBeGreaterThanOrEqual(0);
      expect(figure!.right).toBeLessThanOrEqual(width);
      expect(figure!.top).toBeGreaterThan(heading!.bottom!);
      for (const prose of [caption, findings]) expect(prose!.top).toBeGreaterThan(figure!.bottom!);
      expect(await page.locator('header p').count()).toBe(0);
      await page.context().close();
    },
  );

  it('draws a colour bar beside every map, and links the sections', async () => {
    const { page } = await open(1280, 'light');
    const maps = await page.locator('#failure-map .plot').count();
    expect(maps).toBe(smallReport.map.weights.length);
    expect(await page.locator('#failure-map .plot .colorbar').count()).toBe(maps);
    expect(await page.locator('#failure-map .colorbar .cbaxis text').allTextContents()).toContain('1');
    expect(await page.locator('nav a').count()).toBe(5);
    await page.context().close();
  });

  it.each([1280, 400])(
    'the training page says the answer first, no menu of one link, whole epochs, at %i px',
    async (width) => {
      const { page, errors } = await open(width, 'light', trainingPath);
      const [answer, figure] = await Promise.all(['.answer', '.lead .panels'].map((s) => box(page, s)));
      expect(answer!.bottom).toBeLessThan(figure!.top!);
      expect(figure!.top).toBeLessThan(800);
      expect(await page.locator('nav').count()).toBe(0);
      expect(await page.locator('#methods .xtick text').allTextContents()).toEqual(['1', '2']);
      await page.$$eval('details', (all) => {
        for (const details of all) details.setAttribute('open', '');
      });
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
      expect(errors).toEqual([]);
      await page.context().close();
    },
  );

  it('lets a table wider than a phone scroll in its own box', async () => {
    const { page } = await open(400, 'light');
    const boxes = (await page.evaluate(`[...document.querySelectorAll('.scroll')].map((scroll) => {
      scroll.closest('details')?.setAttribute('open', '');
      const { scrollWidth, clientWidth } = scroll;
      return { overflow: getComputedStyle(scroll).overflowX, wider: scrollWidth > clientWidth, width: clientWidth };
    })`)) as { overflow: string; wider: boolean; width: number }[];
    expect(boxes.length).toBe(5);
    expect(boxes.some(({ wider }) => wider)).toBe(true);
    for (const { overflow, width } of boxes) {
      expect(overflow).toBe('auto');
      expect(width).toBeLessThanOrEqual(400 - 2 * 16);
    }
    await page.context().close();
  });

  it('follows the dark theme, and the button turns it, figures too', async () => {
    const { page, errors } = await open(1200, 'dark');
    const colours = () =>
      page.evaluate(`[
        getComputedStyle(document.body).backgroundColor,
        getComputedStyle(document.body).color,
        getComputedStyle(document.querySelector('.plot .xtick text')).fill,
      ]`);
    expect(await colours()).toEqual(['rgb(21, 23, 26)', 'rgb(228, 228, 223)', 'rgb(228, 228, 223)']);
    await page.getByRole('button', { name: 'Switch to the light theme' }).click();
    expect(await colours()).toEqual(['rgb(253, 253, 251)', 'rgb(28, 30, 33)', 'rgb(28, 30, 33)']);
    expect(errors).toEqual([]);
    await page.context().close();
  });

  it('without Plotly says what is missing and opens the tables', async () => {
    const page = await browser.newPage();
    await page.route('**/plotly.js', (route) => route.abort());
    await page.goto(pathToFileURL(path).href);
    expect(await page.locator('.missing').first().isVisible()).toBe(true);
    expect(await page.locator('#failure table').isVisible()).toBe(true);
    await page.close();
  });

  it('gives the ledger as a table with a row for each claim', async () => {
    const { page } = await open(400, 'light');
    expect(await page.getByRole('table').last().getByRole('row').count()).toBe(
      1 + new Set(ledgerFixture.claims.map(({ part }) => part)).size + ledgerFixture.claims.length,
    );
    await page.context().close();
  });
});
