import { InputError } from '../../../../src/core/errors.js';
import { stream } from '../../../../src/core/rng.js';
import type { Engine } from '../../../../src/train/engines/engine.js';
import { effectiveWeights, layerMasks } from '../../../../src/train/engines/masks.js';
import type { OnnxOptions } from '../../../../src/train/engines/onnx/engine.js';
import { NetworkBuilder } from '../../../../src/train/networks/builder.js';
import { sizeOf, weightLayers } from '../../../../src/train/networks/description.js';
import { draw } from '../../../../src/train/prune/distributions.js';
import { initialState } from '../../../../src/train/prune/initial.js';
import { noiseOfStep } from '../../../../src/train/prune/noise.js';
import { makeRule, RULES } from '../../../../src/train/prune/rules/index.js';
import type { Rule } from '../../../../src/train/prune/rules/rule.js';
import { referenceLoss } from '../../../support/reference-network.js';
import { ORACLES, type Oracle, topMask } from '../../../support/rule-oracle.js';
import type { Create } from '../small-engine.js';
import { afterEach, describe, expect, test } from './harness.js';

/** A convolution that the blocked forms take where the machine has them, and a dense layer. */
const net = new NetworkBuilder('small', [3, 6, 4]);
net.conv('first', 16, { kernel: 3, padding: 1 });
net.relu('relu');
net.conv('second', 16, { kernel: 3, stride: 2, padding: 1 });
net.flatten('flat');
net.dense('head', 4);
const network = net.build();
const layers = weightLayers(network).map((l) => l.name);
const p = 0.6;
const batch = 3;
const images = draw('uniform', 1, batch * sizeOf(network.inputShape), stream(1, 'images'));
const labels = [0, 3, 1];

const engines: Engine[] = [];
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.release();
});

async function engineFrom(create: Create, rule: Rule, changes: Partial<OnnxOptions> = {}): Promise<Engine> {
  const engine = await create(network, {
    mode: 'score',
    rule,
    ...(rule.selection.kind === 'top' ? { sparsity: p } : {}),
    // Without momentum and decay the new momentum is the gradient.
    momentum: 0,
    weightDecay: 0,
    threads: 1,
    ...changes,
  });
  engines.push(engine);
  for (const [name, values] of initialState(network, 'score', { weights: 'ku', seed: 1 }))
    await engine.write(name, values);
  // Scores of both signs, some outside of [0, 1].
  for (const layer of layers)
    await engine.write(
      `${layer}.score`,
      draw('uniform', 1, size(engine, layer), stream(2, layer)).map((v) => 1.5 * v),
    );
  return engine;
}

const size = (engine: Engine, layer: string) =>
  sizeOf(engine.tensors.find((t) => t.name === `${layer}.weight`)!.shape);

async function scoresOf(engine: Engine): Promise<Float32Array[]> {
  const scores: Float32Array[] = [];
  for (const layer of layers) scores.push(await engine.read(`${layer}.score`));
  return scores;
}

/** The layers as the oracle sees them. */
async function oracleLayers(engine: Engine, rule: Rule) {
  const noise = rule.selection.kind === 'drawn' ? noiseOfStep(rule.selection.noise, 5, 7) : undefined;
  const found: { layer: string; weights: number[]; scores: number[]; noise: number[] }[] = [];
  for (const layer of layers) {
    const out = new Float32Array(size(engine, layer));
    noise?.(layer, out);
    found.push({
      layer,
      weights: [...(await engine.read(`${layer}.weight`))],
      scores: [...(await engine.read(`${layer}.score`))],
      noise: [...out],
    });
  }
  return found;
}

type Masked = Awaited<ReturnType<typeof oracleLayers>>[number] & { mask: number[] };

function lossOf(oracle: Oracle, of: readonly Masked[]): number {
  const tensors = new Map(
    of.map((l) => [`${l.layer}.weight`, Float64Array.from(oracle.effective(l.weights, l.mask))]),
  );
  return referenceLoss(network, tensors, Float64Array.from(images), labels);
}

/** dL/d effective weight at some places, by central differences. */
function differences(
  oracle: Oracle,
  of: readonly Masked[],
  layer: string,
  places: readonly number[],
): number[] {
  const tensors = new Map(
    of.map((l) => [`${l.layer}.weight`, Float64Array.from(oracle.effective(l.weights, l.mask))]),
  );
  const values = tensors.get(`${layer}.weight`)!;
  return places.map((i) => {
    const [value, h] = [values[i]!, 1e-5];
    const at = (v: number) => {
      values[i] = v;
      return referenceLoss(network, tensors, Float64Array.from(images), labels);
    };
    const slope = (at(value + h) - at(value - h)) / (2 * h);
    values[i] = value;
    return slope;
  });
}

/** Laws of every pruning rule on an engine. */
export function ruleLaws(create: Create): void {
  const engineOf = (rule: Rule, changes: Partial<OnnxOptions> = {}) => engineFrom(create, rule, changes);

  describe.each(ORACLES)('%s %j', (name, settings, oracle) => {
    const rule = makeRule(name, settings);

    test('loss and score gradients of a step are those of the float64 oracle', async () => {
      const engine = await engineOf(rule);
      const before = (await oracleLayers(engine, rule)).map((l) => ({
        ...l,
        mask: oracle.key
          ? topMask(l.scores.map(oracle.key), p)
          : l.scores.map((s, i) => oracle.drawn!(s, l.noise[i]!)),
      }));
      const noise = rule.selection.kind === 'drawn' ? noiseOfStep(rule.selection.noise, 5, 7) : undefined;
      const { loss } = await engine.step(images, labels, 0, noise);
      const expected = lossOf(oracle, before);
      expect(Math.abs(loss - expected) / expected).toBeLessThan(1e-5);
      let [difference, norm] = [0, 0];
      for (const l of before) {
        const moved = await engine.read(`${l.layer}.score.momentum`);
        if (!oracle.gradient) {
          expect(moved.every((v) => v === 0)).toBe(true);
          continue;
        }
        const { uint32 } = stream(3, 'places', l.layer);
        const places = Array.from({ length: 12 }, () => uint32() % moved.length);
        const slopes = differences(oracle, before, l.layer, places);
        const dw = new Array<number>(moved.length).fill(0);
        for (const [k, place] of places.entries()) dw[place] = slopes[k]!;
        const gradient = oracle.gradient(dw, l, l.mask);
        for (const place of places) {
          difference += (moved[place]! - gradient[place]!) ** 2;
          norm += gradient[place]! ** 2;
        }
      }
      if (oracle.gradient) expect(Math.sqrt(difference / norm)).toBeLessThan(2e-5);
    });

    test('an evaluation computes with the settled mask, which masks and effective weights show', async () => {
      const engine = await engineOf(rule);
      const settled = (await oracleLayers(engine, rule)).map((l) => ({
        ...l,
        mask: oracle.key ? topMask(l.scores.map(oracle.key), p) : l.scores.map(oracle.settled!),
      }));
      const { loss } = await engine.evaluate(images, labels);
      const expected = lossOf(oracle, settled);
      expect(Math.abs(loss - expected) / expected).toBeLessThan(1e-5);
      const [masks, weightsUsed] = [await layerMasks(engine), await effectiveWeights(engine)];
      for (const { layer, weights, mask } of settled) {
        expect([...masks.get(layer)!]).toEqual(mask.map((m) => (m > 0 ? 1 : 0)));
        const effective = weightsUsed.get(layer)!;
        const largest = Math.max(...weights.map(Math.abs));
        for (const [i, v] of oracle.effective(weights, mask).entries())
          expect(Math.abs(effective[i]! - v) / largest).toBeLessThan(2e-6);
      }
    });
  });
  test('the gradient of gates is that of the loss with its penalty, by central differences in the gates themselves', async () => {
    const [name, settings, oracle] = ORACLES.find(([rule, s]) => rule === 'gates' && 'penalty' in s)!;
    const rule = makeRule(name, settings);
    const engine = await engineOf(rule);
    const of = await oracleLayers(engine, rule);
    await engine.step(images, labels, 0, noiseOfStep('normal', 5, 7));
    const full = () => {
      const masked = of.map((l) => ({ ...l, mask: l.scores.map((s, i) => oracle.drawn!(s, l.noise[i]!)) }));
      return lossOf(oracle, masked) + masked.reduce((sum, l) => sum + oracle.penalty!(l.scores), 0);
    };
    for (const l of of) {
      const gradient = await engine.read(`${l.layer}.score.momentum`);
      const { uint32 } = stream(4, 'gates', l.layer);
      for (let draws = 0; draws < 6; draws++) {
        const i = uint32() % gradient.length;
        const [value, h] = [l.scores[i]!, 1e-5];
        const z = value + 0.3 * l.noise[i]!;
        // At a clamp's edge there is no derivative.
        if (Math.min(Math.abs(z), Math.abs(z - 1)) < 1e-3) continue;
        l.scores[i] = value + h;
        const above = full();
        l.scores[i] = value - h;
        const below = full();
        l.scores[i] = value;
        expect(gradient[i]!).toBeCloseTo((above - below) / (2 * h), 5);
      }
    }
  });

  describe('the engine', () => {
    test('keeps one threshold over all layers, and takes another sparsity', async () => {
      const engine = await engineOf(makeRule('edge-popup'), { scope: 'global' });
      const kept = async () =>
        [...(await layerMasks(engine)).values()].map((m) => m.reduce((a, b) => a + b, 0));
      const all = layers.reduce((sum, layer) => sum + size(engine, layer), 0);
      const expected = async (sparsity: number) => {
        const scores = (await scoresOf(engine)).flatMap((s) => [...s]);
        return topMask(scores, sparsity).reduce((a, b) => a + b, 0);
      };
      expect((await kept()).reduce((a, b) => a + b, 0)).toBe(await expected(p));
      const loss = (await engine.evaluate(images, labels)).loss;
      engine.setSparsity(0.2);
      expect((await kept()).reduce((a, b) => a + b, 0)).toBe(await expected(0.2));
      expect((await engine.evaluate(images, labels)).loss).not.toBe(loss);
      engine.setSparsity(p);
      expect((await engine.evaluate(images, labels)).loss).toBe(loss);
      // One that would empty a layer leaves it one weight.
      await engine.write(
        'head.score',
        (await engine.read('head.score')).map((s) => s - 9),
      );
      expect((await kept()).at(-1)).toBe(1);
      expect(all).toBeGreaterThan((await kept()).reduce((a, b) => a + b, 0));
    });

    test('untrained scores stay, and no step computes a gradient for them', async () => {
      for (const { name } of RULES.filter((r) => !makeRule(r.name).scoreGradient)) {
        const engine = await engineOf(makeRule(name), { momentum: 0.9, weightDecay: 0.1 });
        const before = await scoresOf(engine);
        await engine.step(images, labels, 0.5);
        await engine.step(images, labels, 0.5);
        expect(await scoresOf(engine)).toEqual(before);
      }
    });

    test('refuses what does not fit its rule', async () => {
      const drawn = await engineOf(makeRule('supermask'));
      await expect(drawn.step(images, labels, 0.1)).rejects.toThrow(
        /rule 'supermask' draws its masks; pass the noise/,
      );
      expect(() => drawn.setSparsity(0.5)).toThrow(/sparsity 0.5: means nothing for the rule 'supermask'/);
      const refused = async (changes: Partial<OnnxOptions>, words: RegExp) => {
        const made = create(network, { mode: 'score', momentum: 0, weightDecay: 0, ...changes });
        await expect(made).rejects.toThrow(InputError);
        await expect(made).rejects.toThrow(words);
      };
      await refused(
        { rule: makeRule('gates'), sparsity: 0.5 },
        /sparsity 0.5: means nothing for the rule 'gates'/,
      );
      await refused({ rule: makeRule('gates'), scope: 'global' }, /scope global: means nothing/);
      await refused({ rule: makeRule('biprop') }, /sparsity NaN/);
      await refused({ sparsity: 0.5, scope: 'all' as 'global' }, /scope 'all': must be one of layer, global/);
      await refused({ mode: 'sgd', rule: makeRule('biprop') }, /rule biprop: nothing is pruned in sgd mode/);
      const own: Rule = { ...makeRule('edge-popup'), name: 'mine' };
      // Works on arrays, not on the values of a graph.
      const plain = {
        ...own,
        effective: (_ops: unknown, { weight }: { weight: unknown }) =>
          (weight as Float32Array).map((w) => 2 * w),
      };
      await refused(
        { rule: plain as unknown as Rule, sparsity: 0.5 },
        /rule 'mine': effective: does not work on the engine's values .*write it with the functions of ops/,
      );
      const single: Rule = {
        ...own,
        scoreGradient: (ops, { dw }) => (ops.size(dw) === 7 ? dw : ops.sum(dw)),
      };
      await refused(
        { rule: single, sparsity: 0.5 },
        /scoreGradient: gives the shape \[1,1\] for a layer of the shape \[2,3\]/,
      );
    });
  });
}
