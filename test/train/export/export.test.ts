import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { decodeSafetensors } from '../../../src/core/safetensors.js';
import { layerMasks } from '../../../src/train/engines/masks.js';
import { onnxruntime, toTensor } from '../../../src/train/engines/onnx/library.js';
import { exportRun } from '../../../src/train/export/run.js';
import { NetworkBuilder } from '../../../src/train/networks/builder.js';
import { type NetworkDescription, weightLayers } from '../../../src/train/networks/description.js';
import { openRun } from '../../../src/train/run/open.js';
import type { RunResult } from '../../../src/train/run/outcome.js';
import { scoreRun, withRun } from '../../../src/train/run/score.js';
import { trainRun } from '../../../src/train/run/train.js';
import { resolveTrainSpec, specNetworkName } from '../../../src/train/spec/spec.js';
import { scoreTicket } from '../../../src/train/ticket/score.js';
import { writeImages } from '../../images.js';
import { temporaryFolder } from '../data/temporary.js';

const folder = temporaryFolder();
const images = join(folder, 'images');
beforeAll(() => writeImages(images));

const machine = { threads: 1, workers: 1 };
const short = { data: `folder:${images}`, imageSize: 8, epochs: 3, batch: 10, warmup: 0, finalEpochs: 0 };

/** A network of one's own: a 5x5 stem, two branches, and layers named as the exported model's input and output are. */
function own(): NetworkDescription {
  const net = new NetworkBuilder('own', [3, 8, 8]);
  net.conv('images', 6, { kernel: 5, padding: 2 });
  const stem = net.batchNorm('images.norm');
  net.relu('logits');
  net.conv('main', 6, { kernel: 3, padding: 1 });
  const pooled = net.maxPool('main.pool', { kernel: 3, stride: 2, padding: 1 });
  const side = net.conv('side', 6, { kernel: 1, stride: 2, from: stem });
  net.add('sum', pooled, side);
  net.avgPool('mean');
  net.dense('head', 2, { from: 'mean' });
  return net.build();
}

async function trained(
  network: string | NetworkDescription,
  width: number,
  more: object,
): Promise<{ name: string; result: RunResult }> {
  const spec = resolveTrainSpec({ ...short, network, width, learningRate: 0.05, ...more });
  const outcome = await trainRun(spec, 2, { root: folder, ...machine });
  if (outcome.state !== 'finished') throw new Error('not finished');
  return { name: outcome.paths.name, result: outcome.result };
}

// Dense and convolutional layers without norms, and norms with shortcuts; every method.
describe.each([
  ['conv2', 0.25, { method: 'iterand', period: 2, rate: 0.3, param: 'sc' }],
  ['resnet18', 0.05, { method: 'iterand', period: 3, rate: 1 }],
  ['conv4', 0.25, { method: 'edge-popup', param: 'kn' }],
  ['resnet18', 0.05, { method: 'sgd' }],
  [own(), 1, { method: 'iterand', period: 2, rate: 0.5 }],
  [own(), 1, { method: 'sgd' }],
] as const)('%o at width %d, %o', (network, width, more) => {
  let run: { name: string; result: RunResult };
  const file = (ending: string) => join(folder, `${specNetworkName({ network })}-${more.method}.${ending}`);
  beforeAll(async () => {
    run = await trained(network, width, more);
  });

  test.skipIf(more.method === 'sgd')(
    'the ticket gives weights and test score back to the last bit',
    async () => {
      const sizes = await exportRun(openRun(folder, run.name), 'last', { ticket: file('ticket') }, machine);
      expect(await scoreTicket(file('ticket'), 'test', machine)).toEqual(run.result.test);
      expect(sizes!.file).toBe(readFileSync(file('ticket')).length);
      expect(sizes!.file).toBeLessThan(sizes!.float32 / 4);
    },
  );

  test('the ONNX model gives the logits of the engine, for any batch size', async () => {
    await exportRun(openRun(folder, run.name), 'last', { onnx: file('onnx') }, machine);
    const session = await onnxruntime().InferenceSession.create(file('onnx'));
    await withRun(openRun(folder, run.name), 'last', machine, async ({ engine, pipeline }) => {
      for (const batch of [1, 3, 8])
        for await (const { images, labels, count } of pipeline.evaluate({ split: 'test', batch })) {
          const { logits } = await engine.evaluate(images, labels);
          const feeds = { images: toTensor(images, [count, ...engine.network.inputShape]) };
          const output = (await session.run(feeds)).logits!;
          expect(output.dims).toEqual([count, 2]);
          const scale = Math.max(...logits.map(Math.abs));
          for (const [i, value] of (output.data as Float32Array).entries())
            expect(Math.abs(value - logits[i]!)).toBeLessThan(1e-5 * scale + 1e-6);
        }
    });
    await session.release();
  });

  test('safetensors hold the pruned weights, and nothing of the training', async () => {
    await exportRun(openRun(folder, run.name), 'last', { safetensors: file('safetensors') }, machine);
    const { tensors } = decodeSafetensors(readFileSync(file('safetensors')), 'export');
    expect([...tensors.keys()].filter((name) => /score|momentum|touched/.test(name))).toEqual([]);
    await withRun(openRun(folder, run.name), 'last', machine, async ({ engine }) => {
      const masks = more.method === 'sgd' ? undefined : await layerMasks(engine);
      for (const { name } of weightLayers(engine.network)) {
        const mask = masks?.get(name);
        const expected = (await engine.read(`${name}.weight`)).map((w, i) => (mask?.[i] === 0 ? 0 : w));
        expect(tensors.get(`${name}.weight`)!.data).toEqual(expected);
      }
    });
  });

  test('evaluating the run gives its digits again', async () => {
    expect(await scoreRun(openRun(folder, run.name), 'last', 'test', machine)).toEqual(run.result.test);
  });
});

test('no ticket of SGD; a damaged ticket, or other data, is refused by name', async () => {
  const sgd = await trained('conv2', 0.1, { method: 'sgd' });
  const ticket = join(folder, 'x.ticket');
  await expect(exportRun(openRun(folder, sgd.name), 'last', { ticket }, machine)).rejects.toThrow(
    'no seed gives them back',
  );
  const { name } = await trained('conv2', 0.1, { method: 'edge-popup' });
  await exportRun(openRun(folder, name), 'last', { ticket }, machine);
  const bytes = readFileSync(ticket);
  bytes[bytes.length >> 1]! ^= 1;
  const damaged = join(folder, 'damaged.ticket');
  writeFileSync(damaged, bytes);
  await expect(scoreTicket(damaged, 'test', machine)).rejects.toThrow(`${damaged}: is damaged`);
  writeFileSync(
    join(images, 'train', 'dark', 'more.png'),
    readFileSync(join(images, 'train', 'dark', '0.png')),
  );
  await expect(scoreTicket(ticket, 'test', machine)).rejects.toThrow('is of other data');
});
