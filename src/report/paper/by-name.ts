import { requireOneOf } from '../../core/errors.js';
import type { FinishedRun } from '../../sweep/compare/run.js';
import { methodsFolder, methodsPage } from '../methods/page.js';
import { methodsFigure } from '../methods/sweeps.js';
import type { ReportPage } from '../page/section.js';
import { FIGURES, type FigureSweep, type PaperFigure, type Scale } from './figure.js';
import { paperFigures } from './figures.js';
import { figureFolder, figurePage } from './page.js';

export { figureSweeps } from './figure.js';

/** What `iterand figure` makes: runs of sweep files, and a page of those that are finished. */
export interface NamedFigure extends Pick<PaperFigure, 'sweeps'> {
  /** The page's folder inside the reports folder. */
  folder(scale: Scale): string;
  /** The page of the finished runs; undefined as long as there is none to show. */
  page(
    scale: Scale,
    sweeps: readonly FigureSweep[],
    finished: readonly FinishedRun[],
    evaluated: (run: FinishedRun) => string,
  ): ReportPage | undefined;
}

const METHODS = 'methods';

/** A figure of the paper by its number, or the table of methods. @throws InputError for another name */
export function figureByName(given: string): NamedFigure {
  const name = requireOneOf('figure', given, [...FIGURES, METHODS]);
  if (name === METHODS) return { ...methodsFigure, folder: methodsFolder, page: methodsPage };
  const figure = paperFigures[name];
  return {
    sweeps: figure.sweeps,
    folder: (scale) => figureFolder(figure, scale),
    page: (...of) => figurePage(figure, ...of),
  };
}
