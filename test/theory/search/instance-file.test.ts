import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { decodeSafetensors, encodeSafetensors } from '../../../src/core/safetensors.js';
import { sealOf } from '../../../src/core/seal.js';
import { boundByName } from '../../../src/theory/bounds/index.js';
import { uniform } from '../../../src/theory/problem/distribution.js';
import { makeTarget } from '../../../src/theory/problem/target.js';
import { constructionFor } from '../../../src/theory/search/construction.js';
import { searchInstance } from '../../../src/theory/search/instance.js';
import { decodeInstance, encodeInstance } from '../../../src/theory/search/instance-file.js';

const problem = { widths: [2, 3, 2], epsilon: 1, delta: 0.5, resamplings: 60 };
const construction = constructionFor(problem, boundByName('corrected'), uniform(1));
const instance = searchInstance(construction, makeTarget('gaussian', problem.widths, 3), 1, 0);

const bytesOf = (name: string) => {
  const encoded = encodeInstance(instance, name);
  return typeof encoded === 'string' ? Buffer.from(encoded) : encoded;
};

test('an instance comes back from both kinds of file', () => {
  for (const name of ['i.json', 'i.safetensors']) {
    const again = decodeInstance(bytesOf(name), name);
    expect(again.subnetwork).toEqual(instance.subnetwork);
    expect(again.effective).toEqual(instance.effective);
    expect(again.success).toBe(instance.success);
  }
});

test('a changed mask bit, sample index or effective value is refused', () => {
  const tamper = (label: RegExp, change: (data: Uint8Array | Int32Array | Float64Array) => void) => {
    const { tensors, metadata } = decodeSafetensors(bytesOf('i.safetensors'), 'i');
    const [, tensor] = [...tensors].find(([name]) => label.test(name))!;
    change(tensor.data as Uint8Array);
    const { sha256: _, ...content } = metadata;
    // Sealed anew: the seed alone gives it away.
    return encodeSafetensors(tensors, { ...content, sha256: sealOf({ tensors, metadata: content }) });
  };
  const flip = tamper(/^mask\.2$/, (data) => {
    const entry = data.indexOf(1);
    data[entry] = 0;
  });
  expect(() => decodeInstance(flip, 'i.safetensors')).toThrow(/i\.safetensors.*G_2/);
  const mask = instance.subnetwork.masks[0]!;
  const index = tamper(/^sample\.1$/, (data) => {
    data[mask.indexOf(1)]! ^= 1;
  });
  expect(() => decodeInstance(index, 'i.safetensors')).toThrow(/G_1/);
  const value = tamper(/^effective\.1\.positive$/, (data) => {
    data[0]! += 1e-9;
  });
  expect(() => decodeInstance(value, 'i.safetensors')).toThrow(/effective matrix 1/);
});

test('damaged files are refused by name', () => {
  const bytes = bytesOf('i.safetensors');
  for (const cut of [0, 10, bytes.length - 3])
    expect(() => decodeInstance(bytes.slice(0, cut), 'i.safetensors')).toThrow(/i\.safetensors/);
  for (const text of ['', '{}', 'null', '[1]', '{"version":1}'])
    expect(() => decodeInstance(Buffer.from(text), 'i.json')).toThrow(/i\.json/);
});

test('what the seed does not give back is under the checksum: a changed target entry or tolerance is refused', () => {
  const { tensors, metadata } = decodeSafetensors(bytesOf('i.safetensors'), 'i');
  const target = tensors.get('target.1')!;
  (target.data as Float64Array)[0]! += 1e-15;
  expect(() => decodeInstance(encodeSafetensors(tensors, metadata), 'i.safetensors')).toThrow(
    /i\.safetensors: is damaged: its content does not match its SHA-256/,
  );
  const text = bytesOf('i.json').toString();
  for (const [from, to] of [
    [/"tolerance":0\.\d+/, (found: string) => found.slice(0, -1)],
    [/"sha256":"./, (found: string) => `${found.slice(0, -1)}${found.endsWith('0') ? '1' : '0'}`],
    [/,"sha256":"[0-9a-f]+"/, () => ''],
    [/"version":3/, () => '"version":2'],
    [/"strategy":"projection"/, () => '"strategy":"product"'],
  ] as const) {
    const changed = text.replace(from, to);
    expect(changed).not.toBe(text);
    expect(() => decodeInstance(Buffer.from(changed), 'i.json')).toThrow(/i\.json: is damaged/);
  }
});

test('files of version 1, which had no checksum, and 2, which named no strategy, are read', () => {
  for (const version of [1, 2])
    for (const kind of ['json', 'safetensors']) {
      const name = `version-${version}.${kind}`;
      const url = new URL(`../../fixtures/instances/${name}`, import.meta.url);
      const { construction, seed, success, target } = decodeInstance(readFileSync(url), name);
      expect({ seed, success, widths: target.widths }).toEqual({ seed: 5, success: true, widths: [2, 1] });
      expect(construction.strategy).toBe('projection');
    }
});

test('a strategy that is not known is named, and one where there should be none is refused', () => {
  const sealed = (change: (content: Record<string, unknown>) => void) => {
    const { sha256: _, ...content } = JSON.parse(bytesOf('i.json').toString()) as Record<string, unknown>;
    change(content);
    const sha256 = createHash('sha256').update(JSON.stringify(content)).digest('hex');
    return Buffer.from(JSON.stringify({ ...content, sha256 }));
  };
  const unknown = sealed((content) => {
    content.strategy = 'annealing';
  });
  expect(() => decodeInstance(unknown, 'i.json')).toThrow(
    /^instance file i\.json: was searched by the strategy 'annealing', which is none of projection, .*; read it with the version/,
  );
  for (const change of [
    (content: Record<string, unknown>) => {
      content.version = 2;
    },
    (content: Record<string, unknown>) => {
      delete content.strategy;
    },
  ])
    expect(() => decodeInstance(sealed(change), 'i.json')).toThrow(
      /i\.json: of version \d names (a|no) strategy/,
    );
});

test('a file of another kind is told so, by name', () => {
  const other = encodeSafetensors([['a', { shape: [1], data: Float32Array.of(1) }]]);
  expect(() => decodeInstance(other, 'i.safetensors')).toThrow(/^instance file i\.safetensors: /);
  expect(() => decodeInstance(Buffer.from('{"matrices":[]}'), 'i.json')).toThrow(/^instance file i\.json: /);
});
