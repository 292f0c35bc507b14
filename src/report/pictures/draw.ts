import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { InputError } from '../../core/errors.js';
import { theming } from '../page/client.js';
import { html, inlineJson, plainText, raw } from '../page/html.js';
import type { Figure, Mark } from '../page/section.js';
import { style } from '../page/style.js';
import { findBrowser } from './browser.js';

/** A figure's panel as pictures. */
export interface Picture {
  readonly svg: string;
  /** At twice the size in pixels. */
  readonly png: Buffer;
}

/** Size of a picture, in CSS pixels. */
const SIZE = { width: 720, height: 440 } as const;

/**
 * Draws every panel of figures in the light theme, with its legend, by the machine's Chromium or Chrome without a window.
 *
 * @returns for every figure its panels
 * @throws InputError if there is no browser on PATH, or it draws nothing
 */
export async function drawPictures(figures: readonly Figure[]): Promise<Picture[][]> {
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
    writeFileSync(page, pageOf(figures));
    const drawn = await dump(browser, page, folder);
    let next = 0;
    return figures.map(({ panels }) =>
      panels.map(() => {
        const [svg, png] = drawn[next++]!;
        return { svg: dataOf(svg!).toString('utf8'), png: dataOf(png!) };
      }),
    );
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

function pageOf(figures: readonly Figure[]): string {
  const panels = figures.flatMap(({ legend, panels }) =>
    panels.map(({ data, layout, title }) => ({
      data: [...data.map((trace) => ({ ...trace, showlegend: false })), ...legend.map(legendTrace)],
      layout: {
        ...layout,
        showlegend: true,
        legend: { orientation: 'h', y: -0.22 },
        paper_bgcolor: '$page',
        plot_bgcolor: '$page',
        margin: { l: 64, r: 24, t: title === undefined ? 20 : 44, b: 60 },
        ...(title === undefined ? {} : { title: { text: plainText(title), font: { size: 15 } } }),
      },
    })),
  );
  const plotly = pathToFileURL(createRequire(import.meta.url).resolve('plotly.js-dist/plotly.js')).href;
  return html`<!doctype html><html data-theme="light"><head><meta charset="utf-8"><style>${raw(style)}</style></head>
<body><pre id="drawn"></pre><script type="application/json" id="panels">${inlineJson(panels)}</script>
<script src="${plotly}"></script><script>${raw(script)}</script></body></html>`.markup;
}

/** An entry of the page's own legend, as Plotly shows it: a trace without points. */
function legendTrace({ label, colour, mark }: Figure['legend'][number]) {
  const dashes: Partial<Record<Mark, string>> = { line: 'solid', dashed: 'dash', dotted: 'dot' };
  const dash = dashes[mark];
  return {
    type: 'scatter',
    name: plainText(label),
    x: [null],
    y: [null],
    hoverinfo: 'skip',
    ...(dash === undefined
      ? {
          mode: 'markers',
          marker: { color: colour, size: 9, symbol: mark === 'dot' ? 'circle-open' : 'circle' },
        }
      : { mode: 'lines', line: { color: colour, dash, width: 2.5 } }),
  };
}

const script = `
(async () => {
  const root = document.documentElement;
${theming}
  const out = document.getElementById('drawn');
  try {
    const drawn = [];
    for (const { data, layout } of JSON.parse(document.getElementById('panels').textContent)) {
      const plot = await Plotly.newPlot(document.createElement('div'), themed(data), { ...themed(layout), width: ${SIZE.width}, height: ${SIZE.height} });
      const of = (format, scale) => Plotly.toImage(plot, { format, scale, width: ${SIZE.width}, height: ${SIZE.height} });
      drawn.push([await of('svg', 1), await of('png', 2)]);
    }
    out.textContent = JSON.stringify(drawn.map((urls) => urls.map((url) => url.replaceAll('<', '%3C').replaceAll('&', '%26'))));
  } catch (error) {
    out.textContent = '! ' + error;
  }
})();
`;
