import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { DEFAULTS, encodeState, type State } from '../../src/explorer/state.js';
import { findBrowser } from '../../src/report/pictures/browser.js';
import { offlinePage } from './offline-page.js';

const executablePath = findBrowser();
if (executablePath === undefined)
  console.warn(
    'SKIPPED: the explorer is not opened, no Chromium or Chrome on PATH (apt-get install chromium)',
  );

const root = join(import.meta.dirname, '../..');

/** A state that is computed at once. */
export const small: State = { ...DEFAULTS, widths: '5,3,2', resamplings: '40', trials: '300' };

/** The explorer built and opened in a browser. */
export class Explorer {
  readonly #folder = mkdtempSync(join(tmpdir(), 'iterand-explorer-'));
  browser!: Browser;
  /** What the page opened last complained of. */
  errors: string[] = [];

  async start(): Promise<void> {
    const built = spawnSync(process.execPath, [join(root, 'scripts/explorer.js'), this.#folder], {
      encoding: 'utf8',
    });
    expect(built.status, built.stderr).toBe(0);
    this.browser = await chromium.launch({ executablePath: executablePath!, args: ['--no-sandbox'] });
  }

  async stop(): Promise<void> {
    await this.browser?.close();
    rmSync(this.#folder, { recursive: true });
  }

  async open(state: State | '', width = 1280, colorScheme: 'light' | 'dark' = 'light'): Promise<Page> {
    const { page, errors } = await offlinePage(this.browser, width, colorScheme);
    this.errors = errors;
    await page.addInitScript(`
      self.shifts = [];
      self.long = [];
      self.workers = [];
      self.Worker = class extends Worker {
        constructor(...given) {
          super(...given);
          workers.push(this);
        }
      };
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) if (!entry.hadRecentInput) shifts.push(...entry.sources.map(({ node }) => node?.id || node?.className || node?.nodeName));
      }).observe({ type: 'layout-shift', buffered: true });
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) long.push(entry.duration);
      }).observe({ type: 'longtask' });`);
    const address = pathToFileURL(join(this.#folder, 'index.html')).href;
    await page.goto(state === '' ? address : `${address}#${encodeState(state)}`);
    await settled(page);
    return page;
  }
}

/** Tests of the explorer, opened as a file without a network; left out where no browser is. */
export function describeExplorer(name: string, tests: (explorer: Explorer) => void): void {
  describe.skipIf(executablePath === undefined)(name, { timeout: 180_000 }, () => {
    const explorer = new Explorer();
    beforeAll(() => explorer.start(), 180_000);
    afterAll(() => explorer.stop());
    tests(explorer);
  });
}

export const settled = (page: Page): Promise<unknown> =>
  page.waitForFunction(`document.querySelector('#main').getAttribute('aria-busy') === 'false'`);

/** What the page observed. */
export const observed = async (page: Page, what: 'shifts' | 'long'): Promise<unknown[]> =>
  (await page.evaluate(what)) as unknown[];

export const textOf = async (page: Page, id: string): Promise<string> =>
  (await page.locator(`#${id}`).textContent()) ?? '';

export const trialsDone = (page: Page): Promise<unknown> =>
  page.waitForFunction(`document.querySelector('#trials-verdict').textContent !== ''`);
