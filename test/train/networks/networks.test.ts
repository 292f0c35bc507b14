import fc from 'fast-check';
import { expect, test } from 'vitest';
import { InputError } from '../../../src/core/errors.js';
import { sizeOf, weightShape } from '../../../src/train/networks/description.js';
import { describeNetwork, NETWORK_NAMES } from '../../../src/train/networks/index.js';
import {
  multiplyAdds,
  parameterCount,
  prunableCount,
  stateTensors,
} from '../../../src/train/networks/tensors.js';

test('ImageNet parameter counts and multiply-adds are the published ones', () => {
  // torchvision's model table (parameters) and fvcore's counts of convolutions and linear layers (multiply-adds).
  const published = [
    ['resnet18', 11_689_512, 1.814],
    ['resnet34', 21_797_672, 3.664],
    ['resnet50', 25_557_032, 4.089],
    ['resnet101', 44_549_160, 7.801],
  ] as const;
  for (const [network, parameters, billions] of published) {
    const net = describeNetwork({ network, imageSize: 224, classes: 1000 });
    expect(parameterCount(net)).toBe(parameters);
    expect(multiplyAdds(net) / 1e9).toBeCloseTo(billions, 2);
  }
});

test('Conv counts are those of their layer table', () => {
  // Weights 9(3*64 + 64*64 + 64*128 + 128*128 + 128*256 + 256*256) + 4096*256 + 256*256 + 2560, biases 896 + 522.
  const net = describeNetwork({ network: 'conv6' });
  expect(prunableCount(net)).toBe(2_261_184);
  expect(parameterCount(net)).toBe(2_261_184 + 896 + 522);
  expect(prunableCount(describeNetwork({ network: 'conv2' }))).toBe(
    9 * 67 * 64 + 16_384 * 256 + 65_536 + 2560,
  );
});

test('fully connected counts are those of their widths, with and without biases', () => {
  const digits = { channels: 1, imageSize: 28 };
  const lenet = describeNetwork({ network: 'lenet-300-100', ...digits });
  // LeCun et al. 1998: 266,610 parameters, of which 410 are biases.
  expect(parameterCount(lenet)).toBe(266_610);
  expect(prunableCount(lenet)).toBe(784 * 300 + 300 * 100 + 100 * 10);
  expect(parameterCount(describeNetwork({ network: 'lenet-300-100', ...digits, biases: 'none' }))).toBe(
    266_200,
  );
  // Pensia et al. 2020, Experiment 1: 397,000 target weights.
  const pensia = describeNetwork({ network: '784-500-10', ...digits, biases: 'none' });
  expect(parameterCount(pensia)).toBe(397_000);
  expect(pensia.layers.map(({ type }) => type)).toEqual(['flatten', 'dense', 'relu', 'dense']);
  expect(prunableCount(describeNetwork({ network: '784-500-10', ...digits, width: 0.5 }))).toBe(198_500);
  expect(prunableCount(describeNetwork({ network: '3072-7', classes: 7 }))).toBe(3072 * 7);
});

test('shapes chain: every input exists, comes earlier and has the stated shape', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...NETWORK_NAMES),
      fc.constantFrom(0.1, 0.25, 0.5, 1),
      fc.constantFrom(1, 3),
      fc.constantFrom(32, 64, 224),
      fc.integer({ min: 2, max: 100 }),
      (network, width, channels, imageSize, classes) => {
        const net = describeNetwork({ network, width, channels, imageSize, classes });
        const shapes = new Map<string, readonly number[]>([['input', net.inputShape]]);
        for (const layer of net.layers) {
          for (const input of layer.inputs) expect(shapes.get(input)).toEqual(layer.inputShape);
          if (layer.type === 'conv' || layer.type === 'dense')
            expect(sizeOf(weightShape(layer))).toBe(layer.fanIn * layer.outputShape[0]!);
          shapes.set(layer.name, layer.outputShape);
        }
        expect(net.layers.at(-1)!.outputShape).toEqual([classes]);
        expect(net.classes).toBe(classes);
        for (const mode of ['score', 'sgd'] as const) {
          const names = stateTensors(net, mode).map((t) => t.name);
          expect(new Set(names).size).toBe(names.length);
        }
      },
    ),
    { numRuns: 40 },
  );
});

test('the stem keeps 64 channels and stages truncate', () => {
  const net = describeNetwork({ network: 'resnet18', width: 0.3 });
  const channels = (name: string) => net.layers.find((l) => l.name === name)!.outputShape[0];
  expect(channels('stem')).toBe(64);
  expect(channels('stage1.block1.conv1')).toBe(19);
  expect(channels('stage4.block2.conv2')).toBe(153);
});

test('bad specs are refused with the value and the rule', () => {
  const refuse = (spec: object, words: RegExp) => {
    const make = () => describeNetwork({ network: 'conv6', ...spec } as never);
    expect(make).toThrow(InputError);
    expect(make).toThrow(words);
  };
  refuse({ network: 'resnet19' }, /resnet19.*did you mean 'resnet18'/);
  refuse({ network: '784-500-10' }, /takes 784 values.*have 3072 values.*3072-500-10/);
  refuse({ network: '3072-500-9' }, /gives 9 classes/);
  refuse({ network: '784-x-10' }, /must be one of conv2.*lenet-300-100, widths such as 784-500-10/);
  refuse({ network: 'lenet-300-10' }, /did you mean 'lenet-300-100'/);
  refuse({ biases: 'no' }, /biases 'no'/);
  refuse({ width: 0.01 }, /conv1 with 0 channels/);
  refuse({ network: 'resnet18', width: 0.01 }, /stage1.block1.conv1 with 0 channels/);
  for (const width of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) refuse({ width }, /width/);
  refuse({ channels: 2 }, /1 or 3/);
  refuse({ classes: 1 }, /classes 1/);
  refuse({ imageSize: 4 }, /does not fit/);
  refuse({ network: 'resnet18', stem: 'mnist' }, /stem 'mnist'/);
});
