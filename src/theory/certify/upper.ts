import { type Balls, ballSteps } from './balls.js';
import { unitBasis } from './basis.js';
import type { Pair } from './pair.js';
import { outputSteps, prepareSteps } from './prepare.js';
import { minus, type Ranges, sizes } from './ranges.js';
import { differentialReach, plainReach } from './reach.js';
import { normAbove, up } from './rounding.js';
import { finished } from './steps.js';

/** A certified upper bound of ||g - f||_2 over a box of inputs. */
export interface UpperBound {
  readonly name: string;
  /** @returns at least ||g(x) - f(x)||_2 for every x of the box, with rounding outward */
  bound(pair: Pair, box: Ranges): number;
}

/** Each network's outputs by interval arithmetic, and the distance of the two intervals' far ends. */
export const interval: UpperBound = {
  name: 'interval',
  bound(pair, box) {
    const { z, h } = plainReach(pair, box);
    return normAbove(sizes(minus(h, z)));
  },
};

/** Intervals of the difference, layer by layer. */
export const differential: UpperBound = {
  name: 'differential',
  bound: (pair, box) => normAbove(sizes(differentialReach(pair, box).at(-1)!.e)),
};

/** Spectral norms of the layers' products. */
export const spectral: UpperBound = {
  name: 'spectral',
  bound: (pair, box) => spectralOver(finished(ballSteps(pair)), box),
};

/** Linear relaxation backwards through both networks. */
export const linear: UpperBound = {
  name: 'linear',
  bound(pair, box) {
    const prepared = finished(prepareSteps(pair, finished(ballSteps(pair)), box));
    return finished(outputSteps(pair, prepared, unitBasis(pair.widths.at(-1)!))).value;
  },
};

/** Every method, the plainest first. */
export const upperBounds: readonly UpperBound[] = [interval, differential, spectral, linear];

/** The bound that spectral norms give over a box. */
export const spectralOver = (balls: Balls, box: Ranges): number =>
  up(balls.e.at(-1)! * normAbove(sizes(box)));
