import type { Figure } from '../page/section.js';
import { findBrowser } from './browser.js';
import { drawPictures } from './draw.js';
import { standalonePlots } from './standalone.js';

/** What a JavaScript kernel for notebooks gives a program to show something: `display` of tslab is one. */
export interface NotebookDisplay {
  raw(mime: string, data: string | Uint8Array): void;
}

/**
 * Shows a figure in a notebook, panel by panel: the plot for Plotly and, where there is a Chromium or Chrome, a picture of it for readers
 * without Plotly.
 */
export async function showFigure(display: NotebookDisplay, figure: Figure): Promise<void> {
  const plots = standalonePlots(figure);
  const pictures = findBrowser() === undefined ? [] : await drawPictures(plots);
  for (const [i, { data, layout }] of plots.entries()) {
    // The kernel passes data on as they are, and this type's are JSON.
    display.raw('application/vnd.plotly.v1+json', { data, layout } as unknown as string);
    const picture = pictures[i];
    if (picture !== undefined) display.raw('image/png', new Uint8Array(picture.png));
  }
}
