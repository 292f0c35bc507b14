import type { Curve } from '../../sweep/compare/compare.js';
import { METHODS } from '../../train/spec/defaults.js';
import type { Mark } from '../page/section.js';

/** How a curve is drawn in every figure of a page. */
export interface CurveStyle {
  /** A variable of the style sheet, `$name`. */
  readonly colour: string;
  readonly dash: 'solid' | 'dash' | 'dot';
  readonly mark: Mark;
  /** Of its points. */
  readonly symbol: 'circle' | 'diamond' | 'square';
}

/** A method has its colour in every report. */
const OF_METHOD = {
  sgd: '$muted',
  'edge-popup': '$paper',
  iterand: '$corrected',
  prune: '$simulated',
} as const;
const PALETTE = ['$corrected', '$paper', '$simulated', '$w05', '$open', '$bad', '$ink', '$muted'] as const;
const DASHES = ['solid', 'dash', 'dot'] as const;
const MARKS = { solid: 'line', dash: 'dashed', dot: 'dotted' } as const;
const SYMBOLS = { solid: 'circle', dash: 'diamond', dot: 'square' } as const;

/**
 * A style for each curve: the colour of its method, and of the curves of one method the first solid, then dashed and dotted. Where that
 * does not tell all of them apart, each has a colour of its own.
 */
export function curveStyles(curves: readonly Curve[]): ReadonlyMap<string, CurveStyle> {
  const rank = (curve: Curve) => ofMethod(curves, curve).indexOf(curve);
  const byMethod = METHODS.every(
    (m) => curves.filter((c) => c.example.spec.method === m).length <= DASHES.length,
  );
  const oneMethod = new Set(curves.map((c) => c.example.spec.method)).size === 1 && curves.length > 1;
  return new Map(
    curves.map((curve, i) => {
      const dash =
        byMethod && !oneMethod ? DASHES[rank(curve)]! : DASHES[Math.floor(i / PALETTE.length) % 3]!;
      const colour =
        byMethod && !oneMethod ? OF_METHOD[curve.example.spec.method] : PALETTE[i % PALETTE.length]!;
      return [curve.id, { colour, dash, mark: MARKS[dash], symbol: SYMBOLS[dash] }];
    }),
  );
}

const ofMethod = (curves: readonly Curve[], { example }: Curve) =>
  curves.filter((c) => c.example.spec.method === example.spec.method);
