// Takes the README's pictures of the report's first figure, in both themes: docs/report-light.png, docs/report-dark.png.
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { findBrowser } from '../src/report/pictures/browser.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const executablePath = findBrowser();
if (executablePath === undefined) throw new Error('no Chromium or Chrome on PATH');
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
for (const colorScheme of ['light', 'dark'] as const) {
  const page = await browser.newPage({
    viewport: { width: 1000, height: 800 },
    deviceScaleFactor: 2,
    colorScheme,
  });
  await page.goto(pathToFileURL(join(root, 'reports/theory/index.html')).href);
  await page.waitForFunction('window.Plotly');
  await page.evaluate(
    `document.querySelectorAll('#failure h2, #failure figcaption').forEach((e) => e.remove())`,
  );
  await page
    .locator('#failure figure')
    .screenshot({ path: join(root, `docs/report-${colorScheme}.png`), animations: 'disabled' });
}
await browser.close();
