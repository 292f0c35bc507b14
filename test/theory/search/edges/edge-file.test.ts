import { expect, test } from 'vitest';
import { decodeSafetensors, encodeSafetensors } from '../../../../src/core/safetensors.js';
import { sealOf } from '../../../../src/core/seal.js';
import { makeTarget } from '../../../../src/theory/problem/target.js';
import { decodeEdges, encodeEdges } from '../../../../src/theory/search/edges/edge-file.js';
import { forwardEdges, searchEdges } from '../../../../src/theory/search/edges/network.js';
import { FalseClaimError } from '../../../../src/theory/search/instance-file.js';

const target = makeTarget('gaussian', [40, 30, 3], 2);
const settings = (resamplings: number) => ({
  ...{ resamplings, tolerance: 0.01, low: -0.464, high: 0.541, seed: 1 },
});
const networks = [
  await searchEdges(settings(1), target, 12, { workers: 1 }),
  await searchEdges(settings(3), target, 9, { workers: 1 }),
];
const bytes = encodeEdges({ target, networks });

test('what was saved is read back, errors drawn and added up again, and computes the same', () => {
  const read = decodeEdges(bytes, 'a.safetensors');
  expect(read.target).toEqual(target);
  expect(read.networks).toEqual(networks);
  const inputs = Float64Array.from({ length: 80 }, (_, i) => Math.abs(Math.sin(i)));
  for (const [n, network] of networks.entries())
    expect(forwardEdges(read.networks[n]!, inputs)).toEqual(forwardEdges(network, inputs));
});

/** The file with something else in it, sealed anew. */
function forged(
  change: (tensors: Map<string, { data: Int32Array }>, edges: { seed: number }[]) => void,
): Uint8Array {
  const { tensors, metadata } = decodeSafetensors(Uint8Array.from(bytes), 'a');
  const header = JSON.parse(metadata.edges!);
  change(tensors as never, header.networks);
  const content = { edges: JSON.stringify(header) };
  return encodeSafetensors(tensors, { ...content, sha256: sealOf({ tensors, metadata: content }) });
}

test.each([
  ['another seed', forged((_, of) => Object.assign(of[0]!, { seed: 2 })), 'network 1 says'],
  ['fewer kept', forged((_, of) => Object.assign(of[1]!, { kept: 5 })), 'network 2 says kept 5'],
  ['a sample that is none', forged((t) => t.get('network.1.sample.1')!.data.set([12])), 'never drawn'],
  ['a negative sample', forged((t) => t.get('network.2.sample.2')!.data.set([-1])), 'never drawn'],
  ['weights out of order', forged((t) => t.get('network.2.weight.1')!.data.set([1100])), 'never drawn'],
  [
    'two samples of one edge',
    forged((t) => {
      const [weight, sample] = ['weight', 'sample'].map((name) => t.get(`network.2.${name}.1`)!.data);
      const i = weight!.findIndex((w, at) => at > 0 && w === weight![at - 1]);
      const edge = Math.floor(sample![i - 1]! / 3);
      sample![i] = 3 * edge + ((sample![i - 1]! + 1) % 3);
    }),
    'never drawn',
  ],
])('a sealed file with %s is a false claim', (_, forgery, message) => {
  expect(() => decodeEdges(forgery, 'a.safetensors')).toThrow(FalseClaimError);
  expect(() => decodeEdges(forgery, 'a.safetensors')).toThrow(message);
});

test('a damaged file is named', () => {
  const damaged = Uint8Array.from(bytes);
  damaged[damaged.length - 3]! ^= 1;
  for (const [given, message] of [
    [damaged, 'does not match its SHA-256'],
    [bytes.subarray(0, -8), 'where its tensors take'],
    [encodeSafetensors([]), 'damaged, or none of version 1'],
  ] as const)
    expect(() => decodeEdges(given, 'a.safetensors')).toThrow(message);
});
