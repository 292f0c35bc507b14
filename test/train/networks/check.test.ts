import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../../src/core/errors.js';
import { NetworkBuilder } from '../../../src/train/networks/builder.js';
import { requireNetwork } from '../../../src/train/networks/check.js';
import type { NetworkDescription } from '../../../src/train/networks/description.js';
import { describeNetwork, NETWORK_NAMES } from '../../../src/train/networks/index.js';

/** A residual block with a shortcut, so that there is something to break. */
function residual(): NetworkDescription {
  const net = new NetworkBuilder('residual', [3, 8, 8]);
  const stem = net.conv('stem', 4, { kernel: 3, padding: 1 });
  net.relu('stem.relu');
  net.conv('main', 6, { kernel: 3, stride: 2, padding: 1 });
  const main = net.batchNorm('main.norm');
  const shortcut = net.conv('shortcut', 6, { kernel: 1, stride: 2, from: stem });
  net.add('sum', main, shortcut);
  net.maxPool('pool');
  net.avgPool('mean');
  net.dense('head', 5);
  return net.build();
}

/** The description as JSON, changed. */
function changed(change: (network: ReturnType<typeof open>) => void): unknown {
  const network = open();
  change(network);
  return network;
}
// biome-ignore lint/suspicious/noExplicitAny: what comes from a file may hold anything.
const open = (): any => JSON.parse(JSON.stringify(residual()));

test('every network known by name passes, through JSON too, and is given back as it is', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...NETWORK_NAMES),
      fc.constantFrom(0.1, 0.25, 1),
      fc.constantFrom(32, 64, 224),
      (network, width, imageSize) => {
        const net = describeNetwork({ network, width, imageSize });
        expect(requireNetwork(net)).toEqual(net);
        expect(requireNetwork(JSON.parse(JSON.stringify(net)))).toEqual(net);
      },
    ),
    { numRuns: 24 },
  );
  expect(requireNetwork(residual())).toEqual(residual());
});

describe('refused with the network, the layer and the rule', () => {
  const cases: readonly [string, unknown, RegExp][] = [
    ['nothing', null, /network description/],
    ['a list', [], /network description/],
    [
      'two layers of one name',
      changed((n) => (n.layers[1].name = 'stem')),
      /residual: layer 'stem': is there already/,
    ],
    ["the input's name", changed((n) => (n.layers[0].name = 'input')), /name of the network's input/],
    ['a tensor for a name', changed((n) => (n.layers[0].name = 'stem.weight')), /ends in '.weight'/],
    ['an empty name', changed((n) => (n.layers[0].name = '')), /letters, digits/],
    ['a name with a slash', changed((n) => (n.name = '../up')), /letters, digits/],
    [
      'an unknown type',
      changed((n) => (n.layers[0].type = 'convolution')),
      /layer 'stem': type "convolution": must be one of conv, dense/,
    ],
    [
      'a misspelt key',
      changed((n) => (n.layers[0].strides = 2)),
      /'stem': 'strides': .*did you mean 'stride'/,
    ],
    ['a missing key', changed((n) => delete n.layers[0].kernel), /'stem': kernel/],
    [
      'an input that is no layer',
      changed((n) => (n.layers[2].inputs = ['stam'])),
      /input 'stam' of layer 'main': is no layer/,
    ],
    [
      'a cycle',
      changed((n) => (n.layers[1].inputs = ['sum'])),
      /input 'sum' of layer 'stem.relu': does not stand before it.*cycle/,
    ],
    ['itself as input', changed((n) => (n.layers[1].inputs = ['stem.relu'])), /cycle/],
    ['an add of one', changed((n) => n.layers[5].inputs.pop()), /layer 'sum' with 1 inputs: add takes 2/],
    [
      'an add of two shapes',
      changed((n) => (n.layers[5].inputs = ['main.norm', 'stem'])),
      /layer sum .*another shape/,
    ],
    [
      'a wrong output shape',
      changed((n) => (n.layers[0].outputShape = [4, 7, 8])),
      /outputShape \[4,7,8\] of layer 'stem': .*\[4,8,8\]/,
    ],
    [
      'a wrong input shape',
      changed((n) => (n.layers[2].inputShape = [4, 8, 7])),
      /inputShape .* of layer 'main'/,
    ],
    ['a wrong fan-in', changed((n) => (n.layers[0].fanIn = 9)), /fanIn 9 of layer 'stem': .*27/],
    [
      'a window too large',
      changed((n) => (n.layers[0].kernel = 11)),
      /layer stem .*11x11 window does not fit/,
    ],
    ['a kernel of 0', changed((n) => (n.layers[0].kernel = 0)), /'stem': kernel 0/],
    ['a stride that is no number', changed((n) => (n.layers[0].stride = '1')), /'stem': stride/],
    ['a momentum above 1', changed((n) => (n.layers[3].momentum = 2)), /momentum of main.norm 2/],
    ['an epsilon of 0', changed((n) => (n.layers[3].epsilon = 0)), /epsilon of main.norm 0/],
    [
      'a dense layer on planes',
      changed((n) => (n.layers[8].inputs = ['pool'])),
      /layer head .*takes features/,
    ],
    [
      'a dead branch',
      changed((n) => (n.layers[5].inputs = ['main.norm', 'main.norm'])),
      /layer 'shortcut': is a dead branch/,
    ],
    ['other classes', changed((n) => (n.classes = 4)), /classes 4: its last layer gives 5 logits/],
    ['planes at the end', changed((n) => n.layers.splice(7)), /last layer gives \[6,2,2\]/],
    ['no layers', changed((n) => (n.layers = [])), /last layer gives/],
    ['an image without rows', changed((n) => (n.inputShape = [3, 0, 8])), /inputShape/],
    [
      'a layer of more than 2 GiB',
      (() => {
        const net = new NetworkBuilder('huge', [3, 64, 64]);
        net.flatten('flat');
        net.dense('wide', 100_000);
        net.dense('head', 2);
        return net.build();
      })(),
      /tensor 'wide.weight': holds 1.23e\+9 values/,
    ],
    [
      'no weights',
      (() => {
        const net = new NetworkBuilder('none', [3, 4, 4]);
        net.avgPool('pool');
        return net.build();
      })(),
      /has no weights/,
    ],
  ];
  for (const [name, given, words] of cases)
    test(name, () => {
      expect(() => requireNetwork(given)).toThrow(InputError);
      expect(() => requireNetwork(given)).toThrow(words);
    });
});

test('whatever one key of one layer becomes, the answer is an InputError or a network that passes again', () => {
  const values = fc.oneof(
    fc.jsonValue(),
    fc.integer({ min: -2, max: 70_000 }),
    fc.constantFrom('input', 'stem', 'sum'),
  );
  const keys = fc.constantFrom(
    'type',
    'name',
    'inputs',
    'inputShape',
    'outputShape',
    'kernel',
    'stride',
    'padding',
    'bias',
    'fanIn',
    'epsilon',
    'momentum',
  );
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 8 }), keys, values, (i, key, value) => {
      const given = changed((n) => (n.layers[i][key] = value));
      try {
        expect(requireNetwork(requireNetwork(given))).toEqual(requireNetwork(given));
      } catch (error) {
        expect(error).toBeInstanceOf(InputError);
      }
    }),
    { numRuns: 500, seed: 1 },
  );
});

test('every method of the builder takes from', () => {
  const net = new NetworkBuilder('from', [2, 8, 8]);
  const conv = net.conv('conv', 3, { kernel: 3 });
  net.relu('aside');
  const names = [
    net.batchNorm('norm', { from: conv }),
    net.relu('relu', { from: conv }),
    net.maxPool('pool', { from: conv }),
    net.flatten('flat', { from: conv }),
    net.avgPool('mean', { from: conv }),
    net.conv('second', 3, { kernel: 1, from: conv }),
  ];
  for (const name of names) expect(net.layer(name).inputs).toEqual([conv]);
  net.dense('head', 2, { from: 'mean' });
  expect(net.layer('head')).toMatchObject({ inputs: ['mean'], inputShape: [3], outputShape: [2], fanIn: 3 });
  net.add('sum', 'norm', 'relu');
  expect(net.layer('sum').inputs).toEqual(['norm', 'relu']);
  expect(() => net.relu('late', { from: 'nowhere' })).toThrow(/input 'nowhere': is no layer so far/);
});
