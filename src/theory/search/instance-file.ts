import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { InputError } from '../../core/errors.js';
import { parseJson } from '../../core/json.js';
import { decodeSafetensors, encodeSafetensors, type Tensor } from '../../core/safetensors.js';
import { sealOf } from '../../core/seal.js';
import { parseDistribution } from '../problem/distribution.js';
import { requireTarget } from '../problem/target.js';
import type { Construction } from './construction.js';
import { type Instance, searchInstance } from './instance.js';
import type { Subnetwork } from './network.js';
import { type StrategyName, strategyNames } from './strategies/index.js';

/** Numbers of kept entries of a matrix: [entry, sample index] pairs, entry row-major. */
function kept({ masks, sampleIndices }: Subnetwork, m: number): [number, number][] {
  const pairs: [number, number][] = [];
  masks[m]!.forEach((bit, entry) => {
    if (bit === 1) pairs.push([entry, sampleIndices[m]![entry]!]);
  });
  return pairs;
}

/** Version 3 names the strategy; versions 1, without a checksum, and 2 are still read: theirs is the projection map. */
const version = 3;

/** The instance as a file: `.json` (readable, kept entries listed) or anything else as safetensors (masks as U8, samples as I32). */
export function encodeInstance(instance: Instance, name: string): string | Uint8Array {
  const { construction, target, seed, trial, success, failures, subnetwork, effective, epsilon } = instance;
  const { layers, resamplings, distribution, strategy, anytime } = construction;
  const header = {
    version,
    seed,
    trial,
    success,
    failures,
    resamplings,
    distribution: distribution.name,
    strategy,
    ...(anytime === undefined ? {} : { anytime }),
    ...(epsilon === undefined ? {} : { epsilon }),
    layers,
  };
  if (name.endsWith('.json')) {
    const content = {
      ...header,
      widths: target.widths,
      target: target.matrices.map((matrix) => [...matrix]),
      kept: subnetwork.masks.map((_, m) => kept(subnetwork, m)),
      effective: effective.layers.map(({ positive, negative }) => ({
        positive: [...positive],
        ...(negative === undefined ? {} : { negative: [...negative] }),
      })),
    };
    return `${JSON.stringify({ ...content, sha256: hashOf(content) })}\n`;
  }
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
  const metadata = { instance: JSON.stringify({ ...header, widths: target.widths }) };
  return encodeSafetensors(tensors, { ...metadata, sha256: sealOf({ tensors: new Map(tensors), metadata }) });
}

/** SHA-256 of a JSON value as it is written. */
const hashOf = (content: object): string =>
  createHash('sha256').update(JSON.stringify(content)).digest('hex');

/**
 * Reads what {@link encodeInstance} wrote, redraws the random network from its seed, searches it again, and checks
 * that masks, sample indices and effective network are the ones in the file.
 *
 * @throws InputError that names the file, if it is damaged; a {@link FalseClaimError} if it does not agree with its seed
 */
export function decodeInstance(bytes: Uint8Array, name: string): Instance {
  const what = `instance file ${name}`;
  try {
    const stored = name.endsWith('.json') ? fromJson(bytes, what) : fromSafetensors(bytes, what);
    return requireSame(stored, what);
  } catch (error) {
    if (!(error instanceof InputError || error instanceof v.ValiError)) throw error;
    if (error instanceof InputError && error.what === what) throw error;
    throw bad(what, `is damaged, or not an instance of version ${version} (${error.message})`);
  }
}

const FIX = 'write it again with iterand search --out';

function bad(what: string, why: string): InputError {
  return new InputError(what, why, FIX);
}

/** An instance file that is whole, and says of its search what is not so. */
export class FalseClaimError extends InputError {}

const falseClaim = (what: string, why: string) => new FalseClaimError(what, why, FIX);

/** The instance searched again, if it is the stored one. */
function requireSame(stored: StoredInstance, what: string): Instance {
  const construction: Construction = {
    layers: stored.layers,
    resamplings: stored.resamplings,
    distribution: parseDistribution(stored.distribution),
    strategy: strategyOf(stored, what),
    ...(stored.anytime === undefined ? {} : { anytime: stored.anytime }),
  };
  const target = requireTarget({ widths: stored.widths, matrices: stored.target });
  const again = searchInstance(construction, target, stored.seed, stored.trial);
  if (stored.success !== again.success || stored.failures !== again.failures)
    throw falseClaim(what, 'has another outcome than its seed gives');
  if (stored.kept.length !== again.subnetwork.masks.length)
    throw falseClaim(what, `holds ${stored.kept.length} masks, not ${again.subnetwork.masks.length}`);
  again.subnetwork.masks.forEach((_, m) => {
    if (JSON.stringify(kept(again.subnetwork, m)) !== JSON.stringify(stored.kept[m]))
      throw falseClaim(what, `keeps other entries of matrix G_${m + 1} than its seed gives`);
  });
  again.effective.layers.forEach(({ positive, negative }, k) => {
    const given = stored.effective[k];
    if (given === undefined || !same(positive, given.positive) || !same(negative, given.negative))
      throw falseClaim(what, `has another effective matrix ${k + 1} than its masks give`);
  });
  return stored.epsilon === undefined ? again : { ...again, epsilon: stored.epsilon };
}

function strategyOf({ version: of, strategy }: StoredInstance, what: string): StrategyName {
  if ((strategy === undefined) !== of < 3)
    throw bad(what, `of version ${of} ${strategy === undefined ? 'names no' : 'names a'} strategy`);
  const known = strategyNames.find((name) => name === (strategy ?? 'projection'));
  if (known !== undefined) return known;
  throw new InputError(
    what,
    `was searched by the strategy '${strategy}', which is none of ${strategyNames.join(', ')}`,
    'read it with the version of iterand that wrote it',
  );
}

const same = (a: Float64Array | undefined, b: Float64Array | undefined) =>
  a === undefined || b === undefined
    ? a === b
    : a.length === b.length && a.every((x, i) => Object.is(x, b[i]));

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const positiveCount = v.pipe(count, v.minValue(1));

/** What both kinds of file say in JSON. */
const headerSchema = v.strictObject({
  version: v.picklist([1, 2, version]),
  seed: count,
  trial: count,
  success: v.boolean(),
  failures: count,
  resamplings: v.pipe(positiveCount, v.maxValue(1e9)),
  distribution: v.string(),
  strategy: v.optional(v.string()),
  anytime: v.optional(positiveCount),
  epsilon: v.optional(v.pipe(v.number(), v.gtValue(0), v.maxValue(1))),
  layers: v.pipe(
    v.array(
      v.strictObject({
        inputs: positiveCount,
        outputs: positiveCount,
        neurons: count,
        signs: v.picklist([1, 2]),
        tolerance: v.pipe(v.number(), v.gtValue(0), v.maxValue(2)),
      }),
    ),
    v.minLength(1, 'an instance has a layer'),
  ),
  widths: v.array(positiveCount),
});

const matrixSchema = v.pipe(
  v.array(v.number()),
  v.transform((values) => Float64Array.from(values)),
);

const jsonSchema = v.strictObject({
  ...headerSchema.entries,
  target: v.array(matrixSchema),
  kept: v.array(v.array(v.tuple([count, count]))),
  effective: v.array(v.strictObject({ positive: matrixSchema, negative: v.optional(matrixSchema) })),
});

type StoredInstance = v.InferOutput<typeof jsonSchema>;

function fromJson(bytes: Uint8Array, what: string): StoredInstance {
  const value = parseJson(bytes, what, 'write it again with iterand search --out');
  const { sha256, ...content } = v.parse(v.looseObject({}), value) as { readonly sha256?: unknown };
  const stored = v.parse(jsonSchema, content);
  requireChecksum(stored.version, sha256, () => hashOf(content), what);
  return stored;
}

function fromSafetensors(bytes: Uint8Array, what: string): StoredInstance {
  const { tensors, metadata } = decodeSafetensors(bytes, what);
  const { sha256, ...content } = metadata;
  const header = v.parse(headerSchema, parseJson(content.instance ?? '', `${what}: metadata instance`));
  requireChecksum(header.version, sha256, () => sealOf({ tensors, metadata: content }), what);
  const layers = header.layers.length;
  const of = <T>(label: string, type: new (size: number) => T): T =>
    v.parse(v.instance(type, `tensor ${label} is missing, or of another type`), tensors.get(label)?.data);
  return {
    ...header,
    target: Array.from({ length: layers }, (_, k) => of(`target.${k + 1}`, Float64Array)),
    kept: Array.from({ length: 2 * layers }, (_, m) => {
      const [mask, samples] = [of(`mask.${m + 1}`, Uint8Array), of(`sample.${m + 1}`, Int32Array)];
      return kept({ masks: [mask], sampleIndices: [Uint32Array.from(samples)] }, 0);
    }),
    effective: header.layers.map(({ signs }, k) => ({
      positive: of(`effective.${k + 1}.positive`, Float64Array),
      ...(signs === 1 ? {} : { negative: of(`effective.${k + 1}.negative`, Float64Array) }),
    })),
  };
}

/** A file of version 1 that holds a checksum is a later one with a damaged version. */
function requireChecksum(of: number, given: unknown, own: () => string, what: string): void {
  if (of === 1 ? given !== undefined : given !== own())
    throw bad(what, 'is damaged: its content does not match its SHA-256 checksum');
}
