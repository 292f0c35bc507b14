import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeSafetensors } from '../../../src/core/safetensors.js';
import { boundByName } from '../../../src/theory/bounds/index.js';
import { uniform } from '../../../src/theory/problem/distribution.js';
import { makeTarget, requireTarget, type Target } from '../../../src/theory/problem/target.js';
import { decodeTarget } from '../../../src/theory/problem/target-file.js';
import { constructionFor } from '../../../src/theory/search/construction.js';
import { decodeEdges, encodeEdges } from '../../../src/theory/search/edges/edge-file.js';
import { searchEdges } from '../../../src/theory/search/edges/network.js';
import { type Instance, searchInstance } from '../../../src/theory/search/instance.js';
import { decodeInstance, encodeInstance } from '../../../src/theory/search/instance-file.js';
import { safetensorsHeader, wholeFile } from '../damager.js';
import { referenceTensors } from '../reference.js';
import { type Kind, kind } from './kind.js';

export async function theoryKinds(folder: string): Promise<Kind[]> {
  const target = makeTarget('gaussian', [3, 4, 2], 1);
  const problem = { widths: [2, 2], epsilon: 1, delta: 0.5, resamplings: 30 };
  const construction = constructionFor(problem, boundByName('corrected'), uniform(1));
  const instance = searchInstance(construction, makeTarget('gaussian', problem.widths, 3), 1, 0);
  const readTarget = (path: string) =>
    meaningOfTarget(requireTarget(decodeTarget(readFileSync(path), path), path));
  const readInstance = (path: string) => meaningOfInstance(decodeInstance(readFileSync(path), path));
  const tensors = target.matrices.map(
    (data, k) => [`fc${k + 1}.weight`, { shape: [target.widths[k + 1]!, target.widths[k]!], data }] as const,
  );
  const simulate = [
    'simulate',
    '--epsilon',
    '1',
    '--delta',
    '0.5',
    '--trials',
    '5',
    '--workers',
    '1',
    '--target',
  ];
  const edges = { resamplings: 2, tolerance: 0.05, low: -0.5, high: 0.5, seed: 1 };
  const networks = [await searchEdges(edges, target, 8, { workers: 1 })];
  const rows = target.matrices.map((matrix, k) => rowsOf([...matrix], target.widths[k]!));
  return [
    kind('target, safetensors', join(folder, 'target.safetensors'), encodeSafetensors(tensors), {
      json: safetensorsHeader,
      read: readTarget,
      now: (bytes) =>
        [...referenceTensors(bytes)]
          .sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
          .map(([, { shape, values }]) => ({ columns: shape[1]!, values })),
      command: [...simulate, join(folder, 'target.safetensors')],
    }),
    kind('target, JSON', join(folder, 'target.json'), JSON.stringify({ matrices: rows }), {
      json: wholeFile,
      read: readTarget,
      now: (bytes) =>
        (JSON.parse(Buffer.from(bytes).toString('utf8')).matrices as number[][][]).map((matrix) => ({
          columns: matrix[0]!.length,
          values: Float64Array.from(matrix.flat()),
        })),
      command: [...simulate, join(folder, 'target.json')],
    }),
    ...(['safetensors', 'json'] as const).map((ending) => {
      const path = join(folder, `instance.${ending}`);
      const json = ending === 'json' ? wholeFile : safetensorsHeader;
      const encoded = encodeInstance(instance, path);
      return kind(`instance, ${ending}`, path, encoded, {
        json,
        read: readInstance,
        command: ['check-instance', path],
      });
    }),
    kind('sums of edges', join(folder, 'edges.safetensors'), encodeEdges({ target, networks }), {
      json: safetensorsHeader,
      read: (path) => decodeEdges(readFileSync(path), path),
      command: ['check-instance', join(folder, 'edges.safetensors')],
    }),
  ];
}

const rowsOf = (values: number[], columns: number) =>
  Array.from({ length: values.length / columns }, (_, r) => values.slice(r * columns, (r + 1) * columns));

const meaningOfTarget = ({ widths, matrices }: Target) =>
  matrices.map((matrix, k) => ({ columns: widths[k]!, values: matrix }));

const meaningOfInstance = ({ construction, ...instance }: Instance) => ({
  ...instance,
  layers: construction.layers,
  resamplings: construction.resamplings,
  distribution: construction.distribution.name,
});
