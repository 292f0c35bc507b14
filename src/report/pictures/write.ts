import { join } from 'node:path';
import { writeAtomic } from '../../core/files.js';
import { plainText } from '../page/html.js';
import type { ReportPage } from '../page/section.js';
import { drawPictures } from './draw.js';
import { standalonePlots } from './standalone.js';

/**
 * Writes every plot of a page as PNG and SVG: `<section>.png`, or `<section>-<panel>.png` where a figure has several.
 *
 * @returns the paths
 * @throws InputError if there is no browser, or a file cannot be written
 */
export async function writePictures(folder: string, page: ReportPage): Promise<string[]> {
  const sections = [page.lead, ...page.sections].flatMap(({ id, figure }) =>
    figure === undefined ? [] : [{ id, figure }],
  );
  const drawn = await drawPictures(sections.flatMap(({ figure }) => standalonePlots(figure)));
  let next = 0;
  return sections.flatMap(({ id, figure }) =>
    figure.panels.flatMap(({ title }, j) => {
      const name = figure.panels.length === 1 ? id : `${id}-${fileName(title && plainText(title), j)}`;
      const { svg, png } = drawn[next++]!;
      const [svgPath, pngPath] = [join(folder, `${name}.svg`), join(folder, `${name}.png`)];
      writeAtomic(svgPath, svg);
      writeAtomic(pngPath, png);
      return [pngPath, svgPath];
    }),
  );
}

const fileName = (title: string | undefined, i: number): string =>
  (title ?? String(i + 1))
    .toLowerCase()
    .replaceAll(/[^a-z0-9.]+/g, '-')
    .replaceAll(/^-|-$/g, '');
