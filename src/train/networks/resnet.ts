import { NetworkBuilder } from './builder.js';
import type { NetworkDescription } from './description.js';

/** First layers of a ResNet: 3x3 stride 1 (CIFAR), or 7x7 stride 2 and a 3x3 stride 2 max pool (ImageNet). */
export type Stem = 'cifar' | 'imagenet';

/** Blocks per stage and their kind. */
export interface ResnetShape {
  readonly name: string;
  readonly blocks: readonly [number, number, number, number];
  /** 1: two 3x3 convolutions a block; 4: 1x1, 3x3, 1x1, the last four times as wide. */
  readonly expansion: 1 | 4;
}

const CHANNELS = [64, 128, 256, 512];

/**
 * ResNet (He et al. 2016): the stem keeps 64 channels, stage i has int(64 * 2^(i-1) * width); stages 2 to 4 start with
 * stride 2, which a bottleneck block has on its 3x3 convolution; a 1x1 convolution and norm where a block changes the shape.
 */
export function resnet(
  { name, blocks, expansion }: ResnetShape,
  width: number,
  inputShape: readonly [number, number, number],
  classes: number,
  stem: Stem,
): NetworkDescription {
  const net = new NetworkBuilder(name, inputShape);
  const convNorm = (layer: string, channels: number, kernel: number, stride: number, from?: string) => {
    net.conv(layer, channels, {
      kernel,
      stride,
      padding: kernel >> 1,
      ...(from === undefined ? {} : { from }),
    });
    return net.batchNorm(`${layer}.norm`);
  };
  convNorm('stem', 64, stem === 'cifar' ? 3 : 7, stem === 'cifar' ? 1 : 2);
  net.relu('stem.relu');
  if (stem === 'imagenet') net.maxPool('stem.pool', { kernel: 3, stride: 2, padding: 1 });
  blocks.forEach((count, stage) => {
    const inner = Math.trunc(CHANNELS[stage]! * width);
    const outer = inner * expansion;
    for (let i = 1; i <= count; i++) {
      const block = `stage${stage + 1}.block${i}`;
      const stride = stage > 0 && i === 1 ? 2 : 1;
      const input = net.last;
      const reshaped = stride !== 1 || net.shape()[0] !== outer;
      const layers: [channels: number, kernel: number, stride: number][] =
        expansion === 1
          ? [
              [inner, 3, stride],
              [outer, 3, 1],
            ]
          : [
              [inner, 1, 1],
              [inner, 3, stride],
              [outer, 1, 1],
            ];
      let main = input;
      layers.forEach(([channels, kernel, s], j) => {
        main = convNorm(`${block}.conv${j + 1}`, channels, kernel, s);
        if (j + 1 < layers.length) net.relu(`${block}.conv${j + 1}.relu`);
      });
      const shortcut = reshaped ? convNorm(`${block}.shortcut`, outer, 1, stride, input) : input;
      net.add(`${block}.add`, main, shortcut);
      net.relu(`${block}.relu`);
    }
  });
  net.avgPool('pool');
  net.dense('head', classes);
  return net.build();
}
