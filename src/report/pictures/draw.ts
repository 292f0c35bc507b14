import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { InputError } from '../../core/errors.js';
import { html, inlineJson, raw } from '../page/html.js';
import { findBrowser } from './browser.js';
import type { Plot } from './standalone.js';

/** A plot as pictures. */
export interface Picture {
  readonly svg: string;
  /** At twice the size in pixels. */
  readonly png: Buffer;
}

/** Size of a picture, in CSS pixels. */
const SIZE = { width: 720, height: 440 } as const;

/**
 * Draws plots by the machine's Chromium or Chrome, without a window.
 *
 * @returns a picture of each
 * @throws InputError if there is no browser on PATH, or it draws nothing
 */
export async function drawPictures(plots: readonly Plot[]): Promise<Picture[]> {
  const browser = findBrowser();
  if (browser === undefined)
    throw new InputError(
      'plots as pictures',
      'no Chromium or Chrome is on PATH',
      'install one (apt-get install chromium), or use the page, whose plots need no browser to be written',
    );
  const folder = mkdtempSync(join(tmpdir(), 'iterand-pictures-'));
  try {
    const page = join(folder, 'page.html');
    writeFileSync(page, pageOf(plots));
    const drawn = await dump(browser, page, folder);
    return drawn.map(([svg, png]) => ({ svg: dataOf(svg!).toString('utf8'), png: dataOf(png!) }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A data URL's bytes: SVG comes as text, PNG in base64. */
function dataOf(url: string): Buffer {
  const [head = '', data = ''] = [url.slice(0, url.indexOf(',')), url.slice(url.indexOf(',') + 1)];
  return head.endsWith(';base64') ? Buffer.from(data, 'base64') : Buffer.from(decodeURIComponent(data));
}

/** Milliseconds for one start of the browser. */
const PATIENCE = 120_000;

/** What the page's script leaves in it. */
async function dump(browser: string, page: string, folder: string): Promise<string[][]> {
  const flags = [
    ...['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-extensions'],
    `--user-data-dir=${join(folder, 'profile')}`,
    '--virtual-time-budget=60000',
    '--dump-dom',
  ];
  let text: string;
  try {
    const { stdout } = await promisify(execFile)(browser, [...flags, pathToFileURL(page).href], {
      maxBuffer: 2 ** 29,
      timeout: PATIENCE,
    });
    text = /<pre id="drawn">([^<]*)<\/pre>/.exec(stdout)?.[1] ?? '';
  } catch (error) {
    text = `! ${(error as Error).message.split('\n')[0]}`;
  }
  if (!text.startsWith('['))
    throw new InputError(
      browser,
      `drew no picture (${text.slice(0, 200) || 'it said nothing'})`,
      'try another',
    );
  return JSON.parse(text) as string[][];
}

function pageOf(plots: readonly Plot[]): string {
  const plotly = pathToFileURL(createRequire(import.meta.url).resolve('plotly.js-dist/plotly.js')).href;
  return html`<!doctype html><html><head><meta charset="utf-8"></head>
<body><pre id="drawn"></pre><script type="application/json" id="plots">${inlineJson(plots)}</script>
<script src="${plotly}"></script><script>${raw(script)}</script></body></html>`.markup;
}

const script = `
(async () => {
  const out = document.getElementById('drawn');
  try {
    const drawn = [];
    for (const { data, layout } of JSON.parse(document.getElementById('plots').textContent)) {
      const plot = await Plotly.newPlot(document.createElement('div'), data, { ...layout, width: ${SIZE.width}, height: ${SIZE.height} });
      const of = (format, scale) => Plotly.toImage(plot, { format, scale, width: ${SIZE.width}, height: ${SIZE.height} });
      drawn.push([await of('svg', 1), await of('png', 2)]);
    }
    out.textContent = JSON.stringify(drawn.map((urls) => urls.map((url) => url.replaceAll('<', '%3C').replaceAll('&', '%26'))));
  } catch (error) {
    out.textContent = '! ' + error;
  }
})();
`;
