import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { InputError } from '../../../src/core/errors.js';
import { decodeSafetensors, encodeSafetensors, type Tensor } from '../../../src/core/safetensors.js';
import { productPlanner } from '../../../src/train/engines/onnx/forms/device.js';
import { standardPlanner } from '../../../src/train/engines/onnx/forms/standard.js';
import { agrees } from '../../../src/train/vectors/kind.js';
import { replayFile } from '../../../src/train/vectors/replay.js';

// Oracle: PyTorch; how each file was made is in test/fixtures/README.md. The full files lie beside the repository where it is developed.
const folders = [
  new URL('../../fixtures/', import.meta.url),
  new URL('../../../../shared/golden/', import.meta.url),
];
const files = folders
  .filter((folder) => existsSync(folder))
  .flatMap((folder) => readdirSync(folder).map((name) => new URL(name, folder).pathname))
  .filter((path) => path.endsWith('.safetensors'));

describe('recorded runs are reproduced', () => {
  for (const path of files)
    for (const [name, options] of [
      ['default forms', {}],
      ['standard forms', { planner: standardPlanner }],
      // Its provider does not start here; each step is a run of the graph that loops. The full files are left to the forms above.
      ...(path.startsWith(folders[0]!.pathname)
        ? [['as on CUDA', { planner: productPlanner, together: 2 }] as const]
        : []),
    ] as const)
      test(`${path} (${name})`, async () => {
        const report = await replayFile(path, options);
        expect(report.deviations.filter((d) => !(d.deviation <= d.tolerance))).toEqual([]);
        expect(report.deviations.length).toBeGreaterThan(0);
      });
});

test('what only the engine onnx takes is refused beside a backend of TensorFlow.js', async () => {
  const file = new URL('../../fixtures/conv8-grey-x0.0625-score.safetensors', import.meta.url).pathname;
  for (const [name, option] of Object.entries({
    together: { together: 2 },
    provider: { provider: 'cpu' },
    planner: { planner: standardPlanner },
    threads: { threads: 1 },
  } as const))
    await expect(replayFile(file, { ...option, backend: 'cpu' })).rejects.toThrow(
      `${name} beside the backend cpu: it is of the engine onnx; leave ${name} out, or the backend.`,
    );
});

describe('a changed file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vectors-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const source = new URL('../../fixtures/conv8-grey-x0.0625-score.safetensors', import.meta.url);
  const original = decodeSafetensors(readFileSync(source), 'original');

  /** The original with some tensors and metadata replaced (undefined: left out), written to a file. */
  function changed(
    tensors: Readonly<Record<string, Tensor | undefined>>,
    metadata: Readonly<Record<string, string>> = {},
  ): string {
    const path = join(folder, 'changed.safetensors');
    const all = new Map<string, Tensor>(original.tensors);
    for (const [name, tensor] of Object.entries(tensors))
      if (tensor) all.set(name, tensor);
      else all.delete(name);
    writeFileSync(path, encodeSafetensors(all, { ...original.metadata, ...metadata }));
    return path;
  }

  const nudge = (name: string, index: number, by: number) => {
    const { shape, data } = original.tensors.get(name)!;
    const copy = (data as Float32Array).slice();
    copy[index] = copy[index]! + by;
    return { [name]: { shape, data: copy } };
  };

  test('one score changed before or after the run is seen', async () => {
    for (const [name, by] of [
      ['init.conv3.score', 0.05],
      ['final.conv3.score', 0.05],
      ['final.fc3.score', 0.01],
    ] as const)
      expect(agrees(await replayFile(changed(nudge(name, 7, by))))).toBe(false);
  });

  test('one weight changed is seen in a run that a near-tie decides', async () => {
    const fragile = new URL('../../fixtures/conv6-x0.25-ku-sgd.safetensors', import.meta.url);
    const { tensors, metadata } = decodeSafetensors(readFileSync(fragile), 'fragile');
    const { shape, data } = tensors.get('final.conv3.weight')!;
    const copy = (data as Float32Array).slice();
    copy[11] = copy[11]! + 0.01;
    const path = join(folder, 'fragile.safetensors');
    writeFileSync(
      path,
      encodeSafetensors(new Map([...tensors, ['final.conv3.weight', { shape, data: copy }]]), metadata),
    );
    expect(agrees(await replayFile(path))).toBe(false);
  });

  test('a run that ends in NaN is off, with the step and the norms', async () => {
    const report = await replayFile(changed(nudge('init.fc3.weight', 3, Number.NaN)));
    expect(agrees(report)).toBe(false);
    expect(report.notes[0]).toMatch(/^step 0: the loss is NaN; largest norms before it: fc3.weight NaN/);
  });

  test('one loss or setting changed is seen', async () => {
    const losses = JSON.parse(original.metadata.losses!) as number[];
    expect(
      agrees(await replayFile(changed({}, { losses: JSON.stringify(losses.with(1, losses[1]! * 1.0001)) }))),
    ).toBe(false);
    expect(agrees(await replayFile(changed({}, { momentum: '0.8' })))).toBe(false);
  });

  test('a file that lacks something or contradicts itself is refused with its name', async () => {
    const refused = async (path: string, words: RegExp) => {
      await expect(replayFile(path)).rejects.toThrow(InputError);
      await expect(replayFile(path)).rejects.toThrow(words);
    };
    await refused(changed({ 'init.fc3.score': undefined }), /changed.*lacks tensor init.fc3.score/);
    await refused(changed({}, { network: 'resnet19' }), /resnet19/);
    await refused(changed({}, { width: '0.25' }), /init.conv1.weight.*shape/);
    await refused(changed({}, { learning_rate: 'fast' }), /learning_rate/);
    await refused(changed({}, { losses: '[1]' }), /losses/);
    await refused(changed({ y: { shape: [2], data: new BigInt64Array(2) } }), /y has shape/);
    await refused(
      changed({ 'final.tail.score': { shape: [1], data: new Float32Array(1) } }),
      /final.tail.score/,
    );
    await refused(changed({}, { width: '-1' }), /changed.*width -1/);
    await refused(changed({}, { momentum: '2' }), /changed.*momentum 2/);
    const { shape, data } = original.tensors.get('final.fc3.score')!;
    const bits = new Int32Array(data.buffer, data.byteOffset, data.length);
    await refused(changed({ 'final.fc3.score': { shape, data: bits } }), /final.fc3.score: is not float32/);
    const y = original.tensors.get('y')!;
    const labels = (y.data as BigInt64Array).with(3, 7n);
    await refused(changed({ y: { shape: y.shape, data: labels } }), /changed.*the label 7, not 0 to 6/);
    await refused(changed({ x: undefined }), /no reference file of a known kind/);
    await refused(join(folder, 'none.safetensors'), /cannot be read/);
  });

  test('a file that would check nothing is refused: no step, no image, no final tensor', async () => {
    const refused = (path: string, words: RegExp) => expect(replayFile(path)).rejects.toThrow(words);
    const { shape } = original.tensors.get('x')!;
    const empty = (dims: number[], steps: number) =>
      changed(
        {
          x: { shape: [...dims, ...shape.slice(2)], data: new Float32Array() },
          y: { shape: dims, data: new BigInt64Array() },
        },
        { losses: JSON.stringify(Array(steps).fill(1)) },
      );
    await refused(empty([0, 5], 0), /changed.*nothing to check/);
    await refused(empty([3, 0], 3), /changed.*nothing to check/);
    const finals = [...original.tensors.keys()].filter((name) => name.startsWith('final.'));
    await refused(
      changed(Object.fromEntries(finals.map((name) => [name, undefined]))),
      /has no tensor final/,
    );
    const none = (...dims: number[]) => ({ shape: [0, ...dims], data: new Uint8Array() });
    const path = join(folder, 'no-images.safetensors');
    const flags = { shape: [0], data: new BigInt64Array() };
    const box = { shape: [0, 4], data: new BigInt64Array() };
    writeFileSync(
      path,
      encodeSafetensors(
        Object.entries({ image: none(32, 32, 3), box, flip: flags, output: none(32, 32, 3) }),
      ),
    );
    await refused(path, /no-images.*holds no images: there is nothing to check/);
  });
});
