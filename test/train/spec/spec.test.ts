import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NetworkBuilder } from '../../../src/train/networks/builder.js';
import { NETWORK_NAMES } from '../../../src/train/networks/index.js';
import { defaultsFor, defaultText, METHODS } from '../../../src/train/spec/defaults.js';
import {
  describeSpecNetwork,
  parseTrainSpec,
  resolveTrainSpec,
  trainRunName,
} from '../../../src/train/spec/spec.js';

const heads = fc.record({
  network: fc.constantFrom(...NETWORK_NAMES, '784-500-10' as const),
  method: fc.constantFrom(...METHODS),
  data: fc.constantFrom('mnist', 'cifar10', 'imagenet', 'folder:photos'),
});

test('a run has one name, whatever the order of keys and whether defaults are written out', () => {
  fc.assert(
    fc.property(heads, fc.nat(), (head, seed) => {
      const spec = resolveTrainSpec(head);
      const name = trainRunName(spec, seed);
      const reversed = Object.fromEntries(Object.entries(spec).reverse());
      expect(trainRunName(resolveTrainSpec(reversed), seed)).toBe(name);
      expect(trainRunName(parseTrainSpec(JSON.parse(JSON.stringify(spec))), seed)).toBe(name);
      expect(trainRunName(resolveTrainSpec({ ...head, width: undefined }), seed)).toBe(name);
      // What is not the spec's: the seed has its own folder beside those of other seeds.
      expect(trainRunName(spec, seed + 1).split('/')[0]).toBe(name.split('/')[0]);
      expect(trainRunName({ ...spec, width: spec.width * 2 }, seed).split('/')[0]).not.toBe(
        name.split('/')[0],
      );
    }),
  );
});

test('frozen: the name of one run, so that old runs are found again', () => {
  const spec = resolveTrainSpec({ network: 'conv6', method: 'iterand', data: 'cifar10', width: 0.25 });
  expect(trainRunName(spec, 1)).toMatchInlineSnapshot(`"conv6-iterand-cifar10-9dfc853dd8/seed-1"`);
});

test("the paper's settings are the defaults", () => {
  // The published settings of Figures 1 to 3 (docs/decisions.md).
  const common = { batch: 128, momentum: 0.9, width: 1 };
  const cifar = { ...common, epochs: 100, warmup: 0, finalEpochs: 0, evaluationBatch: 512, param: 'ku' };
  const iterand = (network: string, data: string) => resolveTrainSpec({ network, method: 'iterand', data });
  const randomized = { period: 300, rate: 0.1, score: 'ku' };
  expect(iterand('conv6', 'cifar10')).toMatchObject({
    ...cifar,
    ...randomized,
    sparsity: 0.5,
    learningRate: 0.3,
    weightDecay: 1e-4,
  });
  expect(iterand('resnet34', 'cifar10')).toMatchObject({
    ...cifar,
    ...randomized,
    sparsity: 0.6,
    learningRate: 0.1,
    weightDecay: 5e-4,
  });
  expect(iterand('resnet50', 'imagenet')).toMatchObject({
    ...common,
    epochs: 105,
    warmup: 5,
    finalEpochs: 5,
    finalRate: 1e-5,
    param: 'sc',
    sparsity: 0.7,
    period: 1000,
    rate: 0.1,
    learningRate: 0.1,
    weightDecay: 1e-4,
    imageSize: 224,
  });
  expect(resolveTrainSpec({ network: 'conv6', method: 'sgd', data: 'cifar10' }).learningRate).toBe(0.01);
  expect(resolveTrainSpec({ network: 'resnet18', method: 'sgd', data: 'cifar10' }).learningRate).toBe(0.1);
});

test('what a method does not have, or a key or value that is wrong, is refused by name', () => {
  const head = { network: 'conv2', method: 'sgd', data: 'mnist' };
  const refused = (extra: object) => () => resolveTrainSpec({ ...head, ...extra });
  expect(refused({ sparsity: 0.5 })).toThrow('sparsity 0.5: means nothing for sgd');
  expect(refused({ method: 'edge-popup', rate: 0.1 })).toThrow('rate 0.1: means nothing for edge-popup');
  expect(refused({ method: 'iterrand' })).toThrow("did you mean 'iterand'");
  expect(refused({ network: 'conv3' })).toThrow('did you mean');
  expect(refused({ learningrate: 1 })).toThrow("did you mean 'learningRate'");
  expect(refused({ epochs: 1.5 })).toThrow('epochs 1.5: must be a whole number');
  expect(refused({ epochs: 0 })).toThrow('epochs 0: must be at least 1');
  expect(refused({ epochs: 1e300 })).toThrow('epochs 1e+300: must be at most 1000000');
  expect(refused({ warmup: 1_000_001 })).toThrow('warmup 1000001: must be at most 1000000');
  expect(refused({ finalEpochs: 1e9 })).toThrow('finalEpochs 1000000000: must be at most 1000000');
  expect(refused({ batch: 1e9 })).toThrow('batch 1000000000: must be at most 65536');
  expect(refused({ evaluationBatch: 65_537 })).toThrow('evaluationBatch 65537: must be at most 65536');
  expect(refused({ period: 1e300 })).toThrow('period 1e+300: must be at most 1000000000');
  expect(refused({ batch: Number.NaN })).toThrow('batch NaN');
  expect(refused({ method: 'iterand', sparsity: 1 })).toThrow('must be less than 1');
  expect(refused({ data: undefined })).toThrow('data: is missing');
  expect(refused({ data: 'imagenet', epochs: 9 })).toThrow('must hold the 5 warm-up and 5 final');
  expect(refused({ network: undefined })).toThrow('network: is missing');
  expect(refused({ method: undefined })).toThrow('method: is missing');
  expect(refused({ param: 'kuu' })).toThrow(
    "param 'kuu': must be one of ku, kn, sc, uniform; did you mean 'ku'",
  );
  expect(refused({ engine: 'onx' })).toThrow("did you mean 'onnx'");
  expect(refused({ finalRate: 0.1 })).toThrow('finalRate 0.1: means nothing without final epochs');
  for (const [key, value] of Object.entries({
    width: 1e300,
    epochs: 1e300,
    batch: 1e300,
    weightDecay: 1e300,
  }))
    expect(refused({ [key]: value })).toThrow(`${key} 1e+300: must be at most`);
  const { rate, ...incomplete } = resolveTrainSpec({ ...head, method: 'iterand' });
  expect(rate).toBe(0.1);
  expect(() => parseTrainSpec(incomplete)).toThrow('rate (missing): must be given for iterand');
});

test('a network description stands in place of a name: its own image size and label, no width', () => {
  const small = (norm: boolean) => {
    const net = new NetworkBuilder('small.net', [1, 16, 16]);
    net.conv('conv', 4, { kernel: 3 });
    if (norm) net.batchNorm('conv.norm');
    net.avgPool('pool');
    net.dense('head', 10);
    return net.build();
  };
  const network = small(false);
  const spec = resolveTrainSpec({ network, method: 'iterand', data: 'digits' });
  expect(spec).toMatchObject({ network, width: 1, imageSize: 16, sparsity: 0.5, learningRate: 0.3 });
  expect(resolveTrainSpec({ network: small(true), method: 'iterand', data: 'digits' })).toMatchObject({
    sparsity: 0.6,
    learningRate: 0.1,
  });
  const name = trainRunName(spec, 1);
  expect(name).toMatch(/^small\.net-iterand-digits-[0-9a-f]{10}\/seed-1$/);
  expect(trainRunName(parseTrainSpec(JSON.parse(JSON.stringify(spec))), 1)).toBe(name);
  const shuffled = {
    ...network,
    layers: network.layers.map((l) => Object.fromEntries(Object.entries(l).reverse())),
  };
  expect(trainRunName(parseTrainSpec({ ...spec, network: shuffled }), 1)).toBe(name);
  const refused = (extra: object) => () =>
    resolveTrainSpec({ network, method: 'sgd', data: 'digits', ...extra });
  expect(refused({ width: 2 })).toThrow("width 2: means nothing for the network description 'small.net'");
  expect(refused({ imageSize: 32 })).toThrow('takes images of 16x16 pixels');
  expect(refused({ network: { ...network, classes: 9 } })).toThrow('gives 10 logits');
  const classes = [...'0123456789'];
  expect(describeSpecNetwork(spec, { channels: 1, classes })).toEqual(network);
  expect(() => describeSpecNetwork(spec, { channels: 3, classes })).toThrow('the data have 3 and 10');
});

test('biases and pixels: the default is left out, so that earlier runs keep their names; no effect is refused', () => {
  const head = { network: 'lenet-300-100', method: 'sgd', data: 'mnist' } as const;
  const name = trainRunName(resolveTrainSpec(head), 1);
  expect(resolveTrainSpec(head)).toMatchObject({ imageSize: 28, learningRate: 0.1 });
  expect(trainRunName(resolveTrainSpec({ ...head, biases: 'trained', pixels: 'normalised' }), 1)).toBe(name);
  const target = resolveTrainSpec({ ...head, biases: 'none', pixels: 'unit' });
  expect(target).toMatchObject({ biases: 'none', pixels: 'unit' });
  expect(parseTrainSpec(JSON.parse(JSON.stringify(target)))).toEqual(target);
  const names = [{}, { biases: 'none' }, { pixels: 'unit' }, { biases: 'none', pixels: 'unit' }].map(
    (extra) => trainRunName(resolveTrainSpec({ ...head, ...extra }), 1),
  );
  expect(new Set(names).size).toBe(4);
  const refused = (extra: object) => () => resolveTrainSpec({ ...head, ...extra });
  expect(refused({ method: 'edge-popup', biases: 'none' })).toThrow(
    'biases none: means nothing for edge-popup, whose biases stay 0',
  );
  expect(refused({ biases: 'some' })).toThrow("biases 'some': must be one of trained, none");
  expect(refused({ pixels: 'units' })).toThrow("did you mean 'unit'");
  expect(refused({ network: '784-0-10' })).toThrow("network '784-0-10': must be one of");
  const net = new NetworkBuilder('own', [1, 28, 28]);
  net.flatten('flat');
  net.dense('head', 10);
  expect(refused({ network: net.build(), biases: 'none' })).toThrow(
    "biases none: means nothing for the network description 'own'",
  );
});

test('the help’s words for a default are made of the defaults', () => {
  expect(defaultText('period')).toBe('default 300; MNIST 5; images from 64 pixels on 1000');
  expect(defaultText('learningRate')).toBe(
    'default 0.3; SGD 0.01; SGD of fully connected networks 0.1; ResNets 0.1; images from 64 pixels on 0.1; supermask 10; gates 3',
  );
  expect(defaultText('finalRate')).toBe('default 1e-5');
  // Each number that it names is some run's.
  fc.assert(
    fc.property(heads, ({ network, method, data }) => {
      for (const [key, value] of Object.entries(defaultsFor(network, method, data)))
        if (key !== 'imageSize')
          expect(
            defaultText(key as 'period')
              .split(/[ ;]+/)
              .map((word) => (Number.isNaN(Number(word)) ? word : Number(word))),
          ).toContain(value);
    }),
  );
});
