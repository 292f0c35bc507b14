import { NetworkBuilder } from './builder.js';
import type { NetworkDescription } from './description.js';

const CHANNELS = [64, 128, 256, 512];

/**
 * Conv2, Conv4, Conv6 and Conv8 (Ramanujan et al. 2020): pairs of 3x3 convolutions with bias, 2x2 max pooling after each
 * pair, then three fully connected layers. Every layer but the last is scaled by the width factor, int(c * width).
 *
 * @param pairs number of pairs, 1 to 4
 */
export function convNetwork(
  pairs: number,
  width: number,
  inputShape: readonly [number, number, number],
  classes: number,
): NetworkDescription {
  const net = new NetworkBuilder(`conv${2 * pairs}`, inputShape);
  for (let i = 1; i <= 2 * pairs; i++) {
    const name = `conv${i}`;
    net.conv(name, Math.trunc(CHANNELS[(i - 1) >> 1]! * width), { kernel: 3, padding: 1, bias: true });
    // Pooling and ReLU commute, ties included; pooling first leaves ReLU a quarter of the values.
    if (i % 2 === 0) net.maxPool(`${name}.pool`);
    net.relu(`${name}.relu`);
  }
  net.flatten('flatten');
  for (const name of ['fc1', 'fc2']) {
    net.dense(name, Math.trunc(256 * width));
    net.relu(`${name}.relu`);
  }
  net.dense('fc3', classes);
  return net.build();
}
