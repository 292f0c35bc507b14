import type { Progress } from '../../core/progress.js';
import { type FailurePanel, failureSeries, failureSimulations } from './failure.js';
import { type FailureMap, failureMaps } from './failure-map.js';
import { type LeastWidthPanel, leastWidthSeries, leastWidthSimulations } from './least-width.js';
import { type NetworkPanel, networkCurves, networkSeries, networkSimulations } from './networks.js';
import type { TheorySettings } from './settings.js';
import { estimateAll } from './simulation.js';
import { type WidthLawFigure, widthLawSeries } from './width-law.js';

/** Everything the figures of the theory report show. */
export interface TheoryFigures {
  readonly failure: readonly FailurePanel[];
  readonly leastWidth: readonly LeastWidthPanel[];
  readonly maps: readonly FailureMap[];
  readonly networks: readonly NetworkPanel[];
  /** Its intervals have an error level of their own. */
  readonly law: WidthLawFigure;
  /** Simulated intervals in the figures, and the error level of each. */
  readonly intervals: number;
  readonly alphaEach: number;
}

/**
 * Computes the figures' series: exact formulas in this thread, simulations in `workers` threads.
 */
export async function computeFigures(
  settings: TheorySettings,
  workers: number,
  progress?: Progress,
): Promise<TheoryFigures> {
  const simulations = [
    ...failureSimulations(settings),
    ...leastWidthSimulations(settings),
    ...networkSimulations(settings),
  ];
  const estimates = await estimateAll(
    simulations,
    networkCurves(settings),
    settings.seed,
    settings.alpha,
    workers,
    progress,
  );
  return {
    failure: failureSeries(settings, estimates),
    leastWidth: leastWidthSeries(settings, estimates),
    maps: failureMaps(settings),
    networks: networkSeries(settings, estimates),
    law: await widthLawSeries(settings, workers, progress),
    intervals: simulations.length,
    alphaEach: estimates.alphaEach,
  };
}
