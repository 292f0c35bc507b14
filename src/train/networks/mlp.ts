import { InputError } from '../../core/errors.js';
import { NetworkBuilder } from './builder.js';
import { type NetworkDescription, sizeOf } from './description.js';

/** A fully connected network by its widths d_0-d_1-...-d_l, e.g. `784-500-10`. */
export type WidthsName = `${number}-${string}`;

/** The hidden widths of LeNet-300-100 (LeCun et al. 1998). */
export const LENET_HIDDEN = [300, 100] as const;

const WIDTHS = /^[1-9]\d{0,6}(?:-[1-9]\d{0,6})+$/;

/** Whether a name is widths joined by dashes. */
export const isWidthsName = (name: string): name is WidthsName => WIDTHS.test(name);

/**
 * Fully connected layers with ReLU between them, on the image's values row by row: `fc1`, `fc2`, ... Hidden layers are scaled by the
 * width factor, int(d * width).
 *
 * @param hidden d_1, ..., d_{l-1}; none for a linear classifier
 */
export function mlp(
  name: string,
  hidden: readonly number[],
  width: number,
  inputShape: readonly [number, number, number],
  classes: number,
): NetworkDescription {
  const net = new NetworkBuilder(name, inputShape);
  net.flatten('flatten');
  for (const [i, units] of hidden.entries()) {
    net.dense(`fc${i + 1}`, Math.trunc(units * width));
    net.relu(`fc${i + 1}.relu`);
  }
  net.dense(`fc${hidden.length + 1}`, classes);
  return net.build();
}

/**
 * {@link mlp} of the widths that a name gives.
 *
 * @throws InputError if d_0 is not the number of values of an image, or d_l not that of the classes
 */
export function mlpOfWidths(
  name: WidthsName,
  width: number,
  inputShape: readonly [number, number, number],
  classes: number,
): NetworkDescription {
  const widths = name.split('-').map(Number);
  const [inputs, outputs] = [widths[0]!, widths.at(-1)!];
  const values = sizeOf(inputShape);
  if (inputs !== values || outputs !== classes)
    throw new InputError(
      `network '${name}'`,
      `takes ${inputs} values and gives ${outputs} classes; images of [${inputShape}] have ${values} values, in ${classes} classes`,
      `name it ${[values, ...widths.slice(1, -1), classes].join('-')}, or change the size of the images`,
    );
  return mlp(name, widths.slice(1, -1), width, inputShape, classes);
}
