import { expect, test } from 'vitest';
import { stream } from '../../../src/core/rng.js';
import { layerMasks } from '../../../src/train/engines/masks.js';
import { createOnnxEngine } from '../../../src/train/engines/onnx/engine.js';
import { Randomizer } from '../../../src/train/loop/randomizer.js';
import { weightLayers } from '../../../src/train/networks/description.js';
import { describeNetwork } from '../../../src/train/networks/index.js';
import { draw } from '../../../src/train/prune/distributions.js';
import { initialState } from '../../../src/train/prune/initial.js';
import { offeredWeights } from '../../../src/train/prune/offered.js';
import { stateOf } from '../engines/small-engine.js';

const network = describeNetwork({ network: 'conv2', width: 0.1, imageSize: 8, classes: 3 });
const spec = { seed: 4, param: 'kn', period: 300, rate: 0.4 } as const;
const engineAt = async () => {
  const engine = await createOnnxEngine(network, {
    mode: 'score',
    sparsity: 0.5,
    momentum: 0.9,
    weightDecay: 0,
  });
  for (const [name, data] of initialState(network, 'score', { weights: 'kn', seed: 4 }))
    await engine.write(name, data);
  return engine;
};
const setScores = async (engine: Awaited<ReturnType<typeof engineAt>>, round: number) => {
  for (const l of weightLayers(network)) {
    const score = draw('uniform', 1, (await engine.read(`${l.name}.score`)).length, stream(9, l.name, round));
    await engine.write(`${l.name}.score`, score);
  }
};

test('before iteration it (from 0) if it + 1 is divisible by K_per', async () => {
  const randomizer = new Randomizer(await engineAt(), spec);
  const due = Array.from({ length: 1000 }, (_, it) => it).filter((it) => randomizer.due(it));
  expect(due).toEqual([299, 599, 899]);
});

test('after any masks, each weight is the value its last randomization offered at its place; kept ones stay', async () => {
  const engine = await engineAt();
  const randomizer = new Randomizer(engine, spec);
  for (let round = 1; round <= 6; round++) {
    await setScores(engine, round);
    const before = await stateOf(engine);
    await randomizer.apply();
    const masks = await layerMasks(engine);
    for (const l of weightLayers(network)) {
      const [mask, weights] = [masks.get(l.name)!, await engine.read(`${l.name}.weight`)];
      const touched = randomizer.touched.get(l.name)!;
      const offers = Array.from({ length: round + 1 }, (_, k) => offeredWeights(4, l, k, 'kn'));
      weights.forEach((w, i) => {
        if (mask[i] === 1 && !Object.is(w, before.get(`${l.name}.weight`)![i]))
          throw new Error('a kept weight changed');
        if (!Object.is(w, offers[touched[i]!]![i])) throw new Error('not the offered value');
      });
    }
  }
  expect(randomizer.count).toBe(6);
  // Some of each randomization are left, some of the first draw too.
  const numbers = new Set([...randomizer.touched.values()].flatMap((t) => [...t]));
  expect([...numbers].sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
});

test('taken back, it is as if it had not been, and the next one is the same', async () => {
  const engine = await engineAt();
  const randomizer = new Randomizer(engine, spec);
  await setScores(engine, 1);
  await randomizer.apply();
  await setScores(engine, 2);
  const look = async () => ({
    count: randomizer.count,
    state: await stateOf(engine),
    touched: [...randomizer.touched.values()].map((t) => t.slice()),
  });
  const before = await look();
  const undo = await randomizer.apply();
  const after = await look();
  expect(after.state).not.toEqual(before.state);
  await undo();
  expect(await look()).toEqual(before);
  await randomizer.apply();
  expect(await look()).toEqual(after);
});
