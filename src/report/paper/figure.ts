import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { requireCommonJs } from '../../core/host.js';
import { parseJson } from '../../core/json.js';
import type { Metric } from '../../sweep/compare/compare.js';
import type { SpecKey } from '../../sweep/compare/keys.js';
import { planSweep, type SweepPlan } from '../../sweep/plan.js';
import { trainingJobs } from '../../sweep/training.js';
import type { Html } from '../page/html.js';

/** `paper`: the paper's settings. `smoke`: the same pipeline in minutes, whose numbers say nothing about the paper. */
export const SCALES = ['paper', 'smoke'] as const;
export type Scale = (typeof SCALES)[number];

/** The paper's figures that are made of training runs. */
export const FIGURES = ['1', '2', '3'] as const;
export type FigureNumber = (typeof FIGURES)[number];

/** A figure of the paper: what is run for it, and how it is read. */
export interface PaperFigure {
  readonly number: FigureNumber;
  readonly title: string;
  /** Names of its sweep files: in `sweeps/` of the package, those of the smoke scale in `sweeps/smoke/`. */
  readonly sweeps: Readonly<Record<Scale, readonly string[]>>;
  readonly metric: Metric;
  /** Settings that make a curve. */
  readonly by: readonly SpecKey[];
  /** Pairs of curves whose difference the figure is about: the first minus the second. */
  readonly pairs: readonly (readonly [of: string, minus: string])[];
  /** Its x axis. */
  readonly axis: 'width' | 'curve' | 'parameters';
  /** What the paper says of it, with the place. */
  readonly says: Html;
  /** What a reader must know of our runs beside it. */
  readonly notes: readonly Html[];
}

/** The text of a sweep file of the package, and the plan in it. */
export interface FigureSweep {
  readonly source: string;
  readonly plan: SweepPlan;
}

/** The sweeps of a figure, planned. */
export function figureSweeps({ sweeps }: Pick<PaperFigure, 'sweeps'>, scale: Scale): FigureSweep[] {
  const home = dirname(requireCommonJs.resolve('iterand/package.json'));
  return sweeps[scale].map((name) => {
    const path = join(home, 'sweeps', ...(scale === 'smoke' ? ['smoke'] : []), `${name}.json`);
    const source = readFileSync(path, 'utf8');
    return { source, plan: planSweep(parseJson(source, path), path, [trainingJobs]) };
  });
}
