import { forwardTarget, type Target } from './target.js';

/** Inputs of a target whose classes are known. */
export interface Labelled {
  /** Row-major `[labels, d_0]`. */
  readonly inputs: Float64Array;
  /** Classes from 0, each below d_l. */
  readonly labels: Int32Array;
}

/** How many inputs a network puts in their class: that of its largest output, of equal ones the first. @param outputs row-major `[labels, classes]` */
export function hitsOf(outputs: Float64Array, labels: Int32Array): number {
  const classes = outputs.length / labels.length;
  let hits = 0;
  for (const [i, label] of labels.entries()) {
    let best = 0;
    for (let k = 1; k < classes; k++) if (outputs[i * classes + k]! > outputs[i * classes + best]!) best = k;
    if (best === label) hits++;
  }
  return hits;
}

/** How many inputs a target puts in their class. */
export const targetHits = (target: Target, { inputs, labels }: Labelled): number =>
  hitsOf(forwardTarget(target, inputs), labels);
