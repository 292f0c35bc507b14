import * as v from 'valibot';
import { InputError } from '../../../core/errors.js';
import { parseJson } from '../../../core/json.js';
import {
  decodeSafetensors,
  encodeSafetensors,
  type Tensor,
  type TensorFile,
} from '../../../core/safetensors.js';
import { sealOf } from '../../../core/seal.js';
import { requireMatrices, type Target } from '../../problem/target.js';
import { FalseClaimError } from '../instance-file.js';
import { errorsOf } from './approximate.js';
import type { EdgeSettings } from './edges.js';
import { type EdgeNetwork, type EdgeSummary, summarizeEdges } from './network.js';

/** Pruned networks of parallel edges, all of one target. */
export interface SavedEdges {
  readonly target: Target;
  readonly networks: readonly EdgeNetwork[];
}

const VERSION = 1;
const FIX = 'write it again with iterand pensia --out';

/** The target, and of each network the kept samples and what is said of them, as a sealed safetensors file (kept entries as I32). */
export function encodeEdges({ target, networks }: SavedEdges): Uint8Array {
  const tensors: [string, Tensor][] = target.matrices.map((data, k) => [
    `target.${k + 1}`,
    { shape: [target.widths[k + 1]!, target.widths[k]!], data },
  ]);
  for (const [n, { layers }] of networks.entries())
    for (const [k, { weight, sample }] of layers.entries())
      for (const [name, data] of Object.entries({ weight, sample }))
        tensors.push([`network.${n + 1}.${name}.${k + 1}`, { shape: [data.length], data }]);
  const header = {
    version: VERSION,
    widths: target.widths,
    networks: networks.map((network) => ({
      ...network.settings,
      edgesPerWeight: network.edges,
      ...summarizeEdges(network),
    })),
  };
  const metadata = { edges: JSON.stringify(header) };
  return encodeSafetensors(tensors, { ...metadata, sha256: sealOf({ tensors: new Map(tensors), metadata }) });
}

/** Whether a safetensors file is one of these. */
export const holdsEdges = ({ metadata }: TensorFile): boolean => metadata.edges !== undefined;

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const positive = v.pipe(count, v.minValue(1));
const finite = v.pipe(v.number(), v.finite());

const headerSchema = v.strictObject({
  version: v.literal(VERSION),
  widths: v.array(positive),
  networks: v.array(
    v.strictObject({
      resamplings: v.pipe(positive, v.maxValue(1000)),
      tolerance: v.pipe(finite, v.gtValue(0)),
      low: finite,
      high: finite,
      seed: count,
      edgesPerWeight: v.pipe(positive, v.maxValue(1000)),
      edges: count,
      kept: count,
      keptPerWeight: finite,
      members: v.array(count),
      largestError: finite,
      unserved: count,
      largestUnserved: finite,
    }),
  ),
});

/**
 * Reads what {@link encodeEdges} wrote, draws the samples again from their seeds, adds them up weight by weight, and checks what the file says of them.
 *
 * @throws InputError that names the file, if it is damaged; a {@link FalseClaimError} if its samples do not bear out what it says
 */
export function decodeEdges(bytes: Uint8Array, name: string): SavedEdges {
  const what = `file ${name}`;
  const bad = (why: string) => new InputError(what, why, FIX);
  try {
    const { tensors, metadata } = decodeSafetensors(bytes, what);
    const { sha256, ...content } = metadata;
    const { widths, networks } = v.parse(
      headerSchema,
      parseJson(content.edges ?? '', `${what}: metadata edges`),
    );
    if (sha256 !== sealOf({ tensors, metadata: content }))
      throw bad('is damaged: its content does not match its SHA-256 checksum');
    const of = <T>(label: string, type: new (size: number) => T): T =>
      v.parse(v.instance(type, `tensor ${label} is missing, or of another type`), tensors.get(label)?.data);
    const matrices = widths.slice(1).map((_, k) => of(`target.${k + 1}`, Float64Array));
    const target = requireMatrices({ widths, matrices }, what);
    return {
      target,
      networks: networks.map(({ resamplings, tolerance, low, high, seed, edgesPerWeight, ...said }, n) => {
        const settings = { resamplings, tolerance, low, high, seed };
        const layers = matrices.map((matrix, k) => {
          const weight = of(`network.${n + 1}.weight.${k + 1}`, Int32Array);
          const sample = of(`network.${n + 1}.sample.${k + 1}`, Int32Array);
          if (!isChoice(weight, sample, matrix.length, edgesPerWeight, settings))
            throw new FalseClaimError(
              what,
              `network ${n + 1}: layer ${k + 1} keeps what was never drawn`,
              FIX,
            );
          return { weight, sample, errors: errorsOf(settings, k, edgesPerWeight, matrix, weight, sample) };
        });
        const network: EdgeNetwork = { settings, widths, edges: edgesPerWeight, layers };
        requireSaid(summarizeEdges(network), said, `network ${n + 1}`, what);
        return network;
      }),
    };
  } catch (error) {
    if (!(error instanceof InputError || error instanceof v.ValiError)) throw error;
    if (error instanceof InputError && error.what === what) throw error;
    throw bad(`is damaged, or none of version ${VERSION} (${error.message})`);
  }
}

/** Whether these are samples of the weights' edges, weight by weight, at most one of each edge. */
function isChoice(
  weight: Int32Array,
  sample: Int32Array,
  weights: number,
  edges: number,
  { resamplings: R }: EdgeSettings,
): boolean {
  if (weight.length !== sample.length) return false;
  const used = new Int32Array(edges).fill(-1);
  return weight.every((w, i) => {
    const edge = Math.floor(sample[i]! / R);
    const before = i === 0 ? 0 : weight[i - 1]!;
    if (w < before || w >= weights || !(edge >= 0 && edge < edges) || used[edge] === w) return false;
    used[edge] = w;
    return true;
  });
}

function requireSaid(found: EdgeSummary, said: EdgeSummary, network: string, what: string): void {
  for (const key of Object.keys(found) as (keyof EdgeSummary)[])
    if (JSON.stringify(found[key]) !== JSON.stringify(said[key]))
      throw new FalseClaimError(
        what,
        `${network} says ${key} ${said[key]}, and its samples give ${found[key]}`,
        FIX,
      );
}
