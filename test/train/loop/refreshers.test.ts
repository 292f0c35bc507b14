import { describe, expect, test } from 'vitest';
import { InputError } from '../../../src/core/errors.js';
import { stream } from '../../../src/core/rng.js';
import { layerMasks } from '../../../src/train/engines/masks.js';
import { createOnnxEngine } from '../../../src/train/engines/onnx/engine.js';
import { Randomizer } from '../../../src/train/loop/randomizer.js';
import { Recycler } from '../../../src/train/loop/recycler.js';
import type { RefreshSpec } from '../../../src/train/loop/refresher.js';
import { weightLayers } from '../../../src/train/networks/description.js';
import { describeNetwork } from '../../../src/train/networks/index.js';
import { draw } from '../../../src/train/prune/distributions.js';
import { initialState } from '../../../src/train/prune/initial.js';
import { makeRule, RULES } from '../../../src/train/prune/rules/index.js';
import { stateOf } from '../engines/small-engine.js';

const network = describeNetwork({ network: 'conv2', width: 0.1, imageSize: 8, classes: 3 });
const layers = weightLayers(network).map((l) => l.name);

async function engineOf(name: string) {
  const rule = makeRule(name);
  const sparsity = rule.selection.kind === 'top' ? { sparsity: 0.5 } : {};
  const engine = await createOnnxEngine(network, {
    mode: 'score',
    rule,
    ...sparsity,
    momentum: 0.9,
    weightDecay: 0,
  });
  for (const [tensor, data] of initialState(network, 'score', { weights: 'kn', rule, seed: 4 }))
    await engine.write(tensor, data);
  // Scores of both signs, some momentum.
  for (const tensor of engine.tensors.filter(({ role }) => role === 'score' || role === 'momentum'))
    await engine.write(
      tensor.name,
      draw('uniform', 1, (await engine.read(tensor.name)).length, stream(9, tensor.name)),
    );
  return engine;
}

const spec = { seed: 4, period: 5, rate: 0.4 } as const;
const REFRESHERS = {
  randomize: (engine: Awaited<ReturnType<typeof engineOf>>, changes: Partial<RefreshSpec> = {}) =>
    new Randomizer(engine, { ...spec, param: 'kn', ...changes }),
  recycle: (engine: Awaited<ReturnType<typeof engineOf>>, changes: Partial<RefreshSpec> = {}) =>
    new Recycler(engine, { ...spec, ...changes }),
};
const trained = RULES.map((r) => r.name).filter((name) => makeRule(name).scoreGradient);

describe.each(Object.entries(REFRESHERS))('%s', (_, make) => {
  test.each(trained)(
    'under %s changes pruned weights alone; fresh scores are those of changed weights',
    async (name) => {
      for (const refreshedScore of ['kept', 'fresh'] as const) {
        const engine = await engineOf(name);
        const [before, masks] = [await stateOf(engine), await layerMasks(engine)];
        const refresher = make(engine, { refreshedScore });
        const undo = await refresher.apply();
        const after = await stateOf(engine);
        let changed = 0;
        for (const layer of layers) {
          const of = (role: string) =>
            [before.get(`${layer}.${role}`)!, after.get(`${layer}.${role}`)!] as const;
          const [[w0, w1], [s0, s1], [m0, m1]] = [of('weight'), of('score'), of('score.momentum')];
          for (const [i, kept] of masks.get(layer)!.entries()) {
            if (kept === 1) expect([w1[i], s1[i], m1[i]]).toEqual([w0[i], s0[i], m0[i]]);
            if (refreshedScore === 'kept') expect([s1[i], m1[i]]).toEqual([s0[i], m0[i]]);
            if (w1[i] === w0[i]) continue;
            changed++;
            if (refreshedScore === 'fresh') expect([s1[i] === s0[i], m1[i]]).toEqual([false, 0]);
          }
        }
        expect(changed).toBeGreaterThan(50);
        await undo();
        expect(await stateOf(engine)).toEqual(before);
        expect(refresher.count).toBe(0);
        await refresher.apply();
        expect(await stateOf(engine)).toEqual(after);
      }
    },
  );

  test('is due before the iterations that K_per divides, and refuses a seed or period that is not there', async () => {
    const engine = await engineOf('edge-popup');
    const refresher = make(engine);
    expect(Array.from({ length: 16 }, (_, i) => i).filter((i) => refresher.due(i))).toEqual([4, 9, 14]);
    expect(() => make(engine, { seed: undefined as never })).toThrow(InputError);
    expect(() => make(engine, { seed: undefined as never })).toThrow(/seed undefined/);
    expect(() => make(engine, { period: 0 })).toThrow(/period 0/);
  });
});
