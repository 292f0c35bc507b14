import * as v from 'valibot';
import { InputError } from '../../core/errors.js';
import { decodeSafetensors, encodeSafetensors, type Tensor } from '../../core/safetensors.js';
import { parseDistribution } from '../problem/distribution.js';
import { requireTarget, type Target } from '../problem/target.js';
import { type Construction, requireShapes } from './construction.js';
import type { EffectiveNetwork } from './effective.js';
import { drawNetwork, type Subnetwork } from './network.js';
import { searchProjection } from './projection.js';

/** One searched instance: everything to redraw its random network, what was found in it, and what it computes. */
export interface Instance {
  readonly construction: Construction;
  readonly target: Target;
  readonly seed: number;
  readonly trial: number;
  readonly success: boolean;
  /** Events that no neuron serves. */
  readonly failures: number;
  readonly subnetwork: Subnetwork;
  readonly effective: EffectiveNetwork;
}

/** Draws the random network of (seed, trial) and searches it by projection map. @throws InputError if it is too large to draw */
export function searchInstance(
  construction: Construction,
  target: Target,
  seed: number,
  trial: number,
): Instance {
  requireShapes(construction, target);
  const found = searchProjection(construction, target, drawNetwork(construction, seed, trial));
  return { construction, target, seed, trial, ...found };
}

/** Numbers of kept entries of a matrix: [entry, sample index] pairs, entry row-major. */
function kept({ masks, sampleIndices }: Subnetwork, m: number): [number, number][] {
  const pairs: [number, number][] = [];
  masks[m]!.forEach((bit, entry) => {
    if (bit === 1) pairs.push([entry, sampleIndices[m]![entry]!]);
  });
  return pairs;
}

const version = 1;

/** The instance as a file: `.json` (readable, kept entries listed) or anything else as safetensors (masks as U8, samples as I32). */
export function encodeInstance(instance: Instance, name: string): string | Uint8Array {
  const { construction, target, seed, trial, success, failures, subnetwork, effective } = instance;
  const { layers, resamplings, distribution } = construction;
  const header = {
    version,
    seed,
    trial,
    success,
    failures,
    resamplings,
    distribution: distribution.name,
    layers,
  };
  if (name.endsWith('.json'))
    return `${JSON.stringify({
      ...header,
      widths: target.widths,
      target: target.matrices.map((matrix) => [...matrix]),
      kept: subnetwork.masks.map((_, m) => kept(subnetwork, m)),
      effective: effective.layers.map(({ positive, negative }) => ({
        positive: [...positive],
        ...(negative === undefined ? {} : { negative: [...negative] }),
      })),
    })}\n`;
  const tensors: [string, Tensor][] = [];
  for (const [k, matrix] of target.matrices.entries()) {
    const shape = [target.widths[k + 1]!, target.widths[k]!];
    tensors.push([`target.${k + 1}`, { shape, data: matrix }]);
    const { positive, negative } = effective.layers[k]!;
    tensors.push([`effective.${k + 1}.positive`, { shape, data: positive }]);
    if (negative !== undefined) tensors.push([`effective.${k + 1}.negative`, { shape, data: negative }]);
  }
  for (const [m, mask] of subnetwork.masks.entries()) {
    tensors.push([`mask.${m + 1}`, { shape: [mask.length], data: mask }]);
    tensors.push([
      `sample.${m + 1}`,
      { shape: [mask.length], data: Int32Array.from(subnetwork.sampleIndices[m]!) },
    ]);
  }
  return encodeSafetensors(tensors, { instance: JSON.stringify({ ...header, widths: target.widths }) });
}

/**
 * Reads what {@link encodeInstance} wrote, redraws the random network from its seed, searches it again, and checks
 * that masks, sample indices and effective network are the ones in the file.
 *
 * @throws InputError if the file is damaged or does not agree with its seed
 */
export function decodeInstance(bytes: Uint8Array, name: string): Instance {
  const bad = (why: string) =>
    new InputError(`instance file ${name}`, why, 'write it again with iterand search --out');
  let stored: StoredInstance;
  try {
    stored = name.endsWith('.json') ? fromJson(bytes) : fromSafetensors(bytes, name);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw bad(`is not an instance of version ${version}`);
  }
  const construction: Construction = {
    layers: stored.layers,
    resamplings: stored.resamplings,
    distribution: parseDistribution(stored.distribution),
  };
  const target = requireTarget({ widths: stored.widths, matrices: stored.target });
  const again = searchInstance(construction, target, stored.seed, stored.trial);
  if (stored.success !== again.success || stored.failures !== again.failures)
    throw bad('has another outcome than its seed gives');
  again.subnetwork.masks.forEach((_, m) => {
    if (JSON.stringify(kept(again.subnetwork, m)) !== JSON.stringify(stored.kept[m]))
      throw bad(`keeps other entries of matrix G_${m + 1} than its seed gives`);
  });
  again.effective.layers.forEach(({ positive, negative }, k) => {
    const given = stored.effective[k];
    if (given === undefined || !same(positive, given.positive) || !same(negative, given.negative))
      throw bad(`has another effective matrix ${k + 1} than its masks give`);
  });
  return again;
}

const same = (a: Float64Array | undefined, b: Float64Array | undefined) =>
  a === undefined || b === undefined
    ? a === b
    : a.length === b.length && a.every((x, i) => Object.is(x, b[i]));

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const positiveCount = v.pipe(count, v.minValue(1));

/** What both kinds of file say in JSON. */
const headerSchema = v.object({
  version: v.literal(version),
  seed: count,
  trial: count,
  success: v.boolean(),
  failures: count,
  resamplings: v.pipe(positiveCount, v.maxValue(1e9)),
  distribution: v.string(),
  layers: v.array(
    v.object({
      inputs: positiveCount,
      outputs: positiveCount,
      neurons: count,
      signs: v.picklist([1, 2]),
      tolerance: v.pipe(v.number(), v.gtValue(0), v.maxValue(2)),
    }),
  ),
  widths: v.array(positiveCount),
});

const matrixSchema = v.pipe(
  v.array(v.number()),
  v.transform((values) => Float64Array.from(values)),
);

const jsonSchema = v.object({
  ...headerSchema.entries,
  target: v.array(matrixSchema),
  kept: v.array(v.array(v.tuple([count, count]))),
  effective: v.array(v.object({ positive: matrixSchema, negative: v.optional(matrixSchema) })),
});

type StoredInstance = v.InferOutput<typeof jsonSchema>;

const fromJson = (bytes: Uint8Array): StoredInstance =>
  v.parse(jsonSchema, JSON.parse(Buffer.from(bytes).toString('utf8')));

function fromSafetensors(bytes: Uint8Array, name: string): StoredInstance {
  const { tensors, metadata } = decodeSafetensors(bytes, `instance file ${name}`);
  const header = v.parse(headerSchema, JSON.parse(metadata.instance!));
  const layers = header.layers.length;
  const of = <T>(label: string, type: new (size: number) => T): T =>
    v.parse(v.instance(type), tensors.get(label)?.data);
  return {
    ...header,
    target: Array.from({ length: layers }, (_, k) => of(`target.${k + 1}`, Float64Array)),
    kept: Array.from({ length: 2 * layers }, (_, m) =>
      kept(
        {
          masks: [of(`mask.${m + 1}`, Uint8Array)],
          sampleIndices: [Uint32Array.from(of(`sample.${m + 1}`, Int32Array))],
        },
        0,
      ),
    ),
    effective: header.layers.map(({ signs }, k) => ({
      positive: of(`effective.${k + 1}.positive`, Float64Array),
      ...(signs === 1 ? {} : { negative: of(`effective.${k + 1}.negative`, Float64Array) }),
    })),
  };
}
