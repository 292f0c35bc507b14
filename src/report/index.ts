/**
 * Finished runs read and held against each other, and their figures: what `iterand compare` does, for programs and notebooks.
 * Every error that a caller can cause is an {@link InputError}.
 */
export { InputError } from '../core/errors.js';
export { type MeanEstimate, meanEstimate } from '../core/mean.js';
export {
  type CompareOptions,
  type Comparison,
  type Curve,
  compare,
  type Difference,
  type Group,
  METRICS,
  type Metric,
  type PairKey,
  type Place,
} from '../sweep/compare/compare.js';
export type { ComparedKeys, SpecKey } from '../sweep/compare/keys.js';
export { chooseRuns, type FinishedRun, type FoundRuns, readFinishedRuns } from '../sweep/compare/run.js';
export type { NetworkSize } from '../sweep/compare/size.js';
export { type AccuracyAxis, accuracyFigure } from './compare/accuracy.js';
export { comparisonCsv, comparisonJson } from './compare/data.js';
export { differencesFigure } from './compare/differences.js';
export { efficiencyFigure } from './compare/efficiency.js';
export { epochsFigure } from './compare/epochs.js';
export { trainCommand } from './compare/repeat.js';
export { differenceText } from './compare/words.js';
export { type Axis, type Estimate, estimates, line, panelLayout } from './figures/layout.js';
export { type Html, html } from './page/html.js';
export type { Figure, Mark, Panel } from './page/section.js';
export { drawPictures, type Picture } from './pictures/draw.js';
export { type NotebookDisplay, showFigure } from './pictures/notebook.js';
export { type Plot, standalonePlots } from './pictures/standalone.js';
