import { InputError } from '../../../../src/core/errors.js';
import { stream } from '../../../../src/core/rng.js';
import { NonFiniteLossError } from '../../../../src/train/engines/engine.js';
import { layerMasks } from '../../../../src/train/engines/masks.js';
import type { OnnxOptions } from '../../../../src/train/engines/onnx/engine.js';
import { type NetworkDescription, sizeOf } from '../../../../src/train/networks/description.js';
import { draw } from '../../../../src/train/prune/distributions.js';
import { maskOf, thresholdRank } from '../../../../src/train/prune/mask.js';
import { batchOf, type Create, engineOf, hash, hashes, run, stateOf } from '../small-engine.js';
import { describe, expect, test } from './harness.js';

/** Laws of an engine's state, calls and refusals. @param network one of small-engine.ts */
export function stateLaws(create: Create, network: NetworkDescription): void {
  const of = (changes: Partial<OnnxOptions> = {}) => engineOf(changes, network, create);

  describe('state', () => {
    test('read gives back what was written, whatever the layout in memory', async () => {
      for (const mode of ['score', 'sgd'] as const) {
        const engine = await of({ mode, sparsity: mode === 'score' ? 0.5 : 0 });
        const written = new Map(
          engine.tensors.map((t) => [t.name, draw('uniform', 1, sizeOf(t.shape), stream(3, t.name))]),
        );
        for (const [name, values] of written) await engine.write(name, values);
        expect(hashes(await stateOf(engine))).toEqual(hashes(written));
      }
    });

    test('the same steps give the same bytes; a copy of the state goes on alike, batches of any size', async () => {
      const [a, b, late] = [await of(), await of(), await of()];
      const losses = await run(a, [4, 4, 3, 4]);
      expect(await run(b, [4, 4, 3, 4])).toEqual(losses);
      expect(hashes(await stateOf(a))).toEqual(hashes(await stateOf(b)));
      const start = await of();
      await run(start, [4, 4]);
      for (const [name, values] of await stateOf(start)) await late.write(name, values);
      expect(await run(late, [3, 4], 2)).toEqual(losses.slice(2));
      expect(hashes(await stateOf(a))).toEqual(hashes(await stateOf(late)));
      expect([a.steps, late.steps]).toEqual([4, 2]);
    });

    test('a step changes scores, momentum and running statistics alone', async () => {
      const engine = await of();
      const before = await stateOf(engine);
      await run(engine, [4]);
      for (const { name, role } of engine.tensors)
        expect([name, hash(await engine.read(name)) === hash(before.get(name)!)]).toEqual([
          name,
          role === 'weight',
        ]);
    });

    test('evaluation changes nothing and gives the loss of its logits', async () => {
      const engine = await of();
      await run(engine, [4]);
      const before = await stateOf(engine);
      const { images, labels } = batchOf(5, 9);
      const { loss, hits, logits } = await engine.evaluate(images, labels);
      expect(hashes(await stateOf(engine))).toEqual(hashes(before));
      // Oracle: cross-entropy by its definition.
      const rows = labels.map((label, i) => ({ label, row: [...logits.subarray(10 * i, 10 * i + 10)] }));
      const entropy = rows.map(
        ({ label, row }) => -Math.log(Math.exp(row[label]!) / row.reduce((s, z) => s + Math.exp(z), 0)),
      );
      expect(loss).toBeCloseTo(entropy.reduce((a, b) => a + b, 0) / 5, 6);
      expect(hits).toBe(rows.filter(({ label, row }) => row.indexOf(Math.max(...row)) === label).length);
    });

    test('the mask is that of the scores now, and the network computes with it', async () => {
      const engine = await of();
      await run(engine, [4]);
      const mask = (await layerMasks(engine)).get('stage2.block1.conv1')!;
      expect(mask).toEqual(maskOf(await engine.read('stage2.block1.conv1.score'), 0.6));
      expect(mask.reduce((a, b) => a + b, 0)).toBe(mask.length - thresholdRank(mask.length, 0.6) + 1);
      const { images, labels } = batchOf(4, 5);
      const { logits } = await engine.evaluate(images, labels);
      // Weights where the mask is 0 do not matter.
      const weight = await engine.read('stage2.block1.conv1.weight');
      await engine.write(
        'stage2.block1.conv1.weight',
        weight.map((w, i) => (mask[i] ? w : w + 5)),
      );
      expect((await engine.evaluate(images, labels)).logits).toEqual(logits);
      await engine.write(
        'stage2.block1.conv1.weight',
        weight.map((w, i) => (mask[i] ? w + 5 : w)),
      );
      expect((await engine.evaluate(images, labels)).logits).not.toEqual(logits);
    });
  });

  test('calls that overlap are refused, and the one under way ends as if alone', async () => {
    const [engine, alone] = [await of(), await of()];
    const { images, labels } = batchOf(4, 1);
    const calls: Record<string, () => unknown> = {
      step: () => engine.step(images, labels, 0.1),
      evaluate: () => engine.evaluate(images, labels),
      read: () => engine.read('stem.score'),
      write: () => engine.write('stem.score', new Float32Array(sizeOf(engine.tensors[1]!.shape))),
      release: () => engine.release(),
    };
    for (const running of ['step', 'evaluate']) {
      const first = calls[running]!();
      for (const call of Object.values(calls)) {
        const refused = (async () => call())();
        await expect(refused).rejects.toThrow(InputError);
        await expect(refused).rejects.toThrow(`engine.${running} has not ended`);
      }
      await first;
      await (running === 'step' ? alone.step(images, labels, 0.1) : alone.evaluate(images, labels));
    }
    expect(hashes(await stateOf(engine))).toEqual(hashes(await stateOf(alone)));
    // A refused batch leaves the engine free.
    await expect(engine.step(images, [0], 0.1)).rejects.toThrow(/a batch of/);
    expect((await engine.step(images, labels, 0.1)).loss).toBe((await alone.step(images, labels, 0.1)).loss);
  });

  test('an evaluation of a filled batch is that of its first examples', async () => {
    const engine = await of();
    await run(engine, [4]);
    const { images, labels } = batchOf(6, 2);
    const whole = await engine.evaluate(images, labels);
    const filled = await engine.evaluate(images, labels, 2);
    expect(filled.logits).toEqual(whole.logits.slice(0, 20));
    const own = await engine.evaluate(images.slice(0, 2 * sizeOf(network.inputShape)), labels.slice(0, 2));
    expect([filled.loss, filled.hits]).toEqual([expect.closeTo(own.loss, 5), own.hits]);
    for (const count of [0, 7, 1.5])
      await expect(engine.evaluate(images, labels, count)).rejects.toThrow(`count ${count}`);
  });

  test('an example with a NaN among its logits is no hit', async () => {
    const engine = await of();
    await engine.write('head.weight', (await engine.read('head.weight')).fill(Number.NaN, 0, 16));
    const { images } = batchOf(4, 1);
    // The first logit of each is NaN, so that no other compares as larger.
    expect(await engine.evaluate(images, [0, 0, 0, 0])).toMatchObject({ hits: 0, loss: Number.NaN });
  });

  describe('a loss or score that is not finite stops the step and leaves the state', () => {
    test('the loss', async () => {
      const engine = await of();
      await run(engine, [4]);
      await engine.write('head.weight', (await engine.read('head.weight')).fill(Number.NaN));
      const before = await stateOf(engine);
      const { images, labels } = batchOf(4, 1);
      const failure = await engine.step(images, labels, 0.1).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(NonFiniteLossError);
      const { step, loss, norms, message } = failure as NonFiniteLossError;
      expect([step, loss, norms['head.weight']]).toEqual([1, Number.NaN, Number.NaN]);
      expect(norms['stem.score']).toBeCloseTo(Math.hypot(...(await engine.read('stem.score'))), 4);
      expect(message).toMatch(/^step 1: the loss is NaN; largest norms before it: head.weight NaN/);
      expect(hashes(await stateOf(engine))).toEqual(hashes(before));
      expect(engine.steps).toBe(1);
    });

    test('a score', async () => {
      const engine = await of();
      const { images, labels } = batchOf(4, 1);
      await engine.write('stem.score.momentum', (await engine.read('stem.score.momentum')).fill(3e38));
      const before = await stateOf(engine);
      await expect(engine.step(images, labels, 10)).rejects.toThrow(/the scores of stem are not finite/);
      expect(hashes(await stateOf(engine))).toEqual(hashes(before));
    });
  });

  describe('bad input is refused with the value, the rule and the fix', () => {
    test('batches and tensors', async () => {
      const engine = await of();
      const { images, labels } = batchOf(2, 1);
      const refused = async (call: () => unknown, words: RegExp) => {
        const made = (async () => call())();
        await expect(made).rejects.toThrow(InputError);
        await expect(made).rejects.toThrow(words);
      };
      await refused(
        () => engine.step(images.subarray(1), labels, 0.1),
        /2 images of shape \[3,8,8\] hold 384 values/,
      );
      await refused(() => engine.evaluate(images, [0]), /384 image values and 1 labels/);
      await refused(() => engine.step(images.subarray(0, 0), [], 0.1), /at least one image/);
      await refused(() => engine.step(images, [0, 10], 0.1), /label 1: 10/);
      await refused(() => engine.step(images, [0, 0.5], 0.1), /label 1: 0.5/);
      await refused(() => engine.step(images, labels, Number.NaN), /learningRate NaN/);
      // An 8x8 image ends as 1x1 planes.
      await refused(() => engine.step(images.subarray(0, 192), [0], 0.1), /at least 2 values per channel/);
      await refused(() => engine.read('stem.scores'), /did you mean 'stem.score'/);
      await refused(() => engine.write('stem.score', new Float32Array(3)), /3 values for tensor stem.score/);
      const sgd = await of({ mode: 'sgd', sparsity: 0 });
      await refused(() => layerMasks(sgd), /sgd mode/);
      await refused(() => sgd.setSparsity(0.5), /sgd mode/);
    });
  });

  test('several steps at once are the steps one by one, to the bit; where one fails, none has been taken', async () => {
    const [alone, together] = [await of(), await of()];
    if (together.chunks === undefined) return;
    const batches = [4, 4, 3].map((size, i) => batchOf(size, i));
    const results = await together.chunks.run(batches, 0.1);
    for (const [i, { images, labels }] of batches.entries()) {
      const { loss, hits } = await alone.step(images, labels, 0.1);
      expect(results[i]).toMatchObject({ loss, hits });
    }
    expect(together.steps).toBe(3);
    const before = await stateOf(together);
    expect(hashes(before)).toEqual(hashes(await stateOf(alone)));
    const broken = batches.with(1, { ...batches[1]!, images: batches[1]!.images.slice().fill(Number.NaN) });
    await expect(together.chunks.run(broken, 0.1)).rejects.toThrow(NonFiniteLossError);
    await expect(together.chunks.run([...batches, { ...batches[0]!, labels: [] }], 0.1)).rejects.toThrow(
      InputError,
    );
    expect(together.steps).toBe(3);
    expect(hashes(await stateOf(together))).toEqual(hashes(before));
    const [{ images, labels }] = batches as [(typeof batches)[0]];
    expect((await together.step(images, labels, 0.1)).loss).toBe(
      (await alone.step(images, labels, 0.1)).loss,
    );
  });
}
