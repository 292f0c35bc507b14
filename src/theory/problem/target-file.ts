import { InputError } from '../../core/errors.js';
import { parseJson } from '../../core/json.js';
import { decodeSafetensors, encodeSafetensors, type Tensor } from '../../core/safetensors.js';
import type { Target } from './target.js';

/**
 * Reads a target network from a file: the tensors of a safetensors file, all two-dimensional, in the order of their names (numbers in
 * names by value; `fc1.weight`, `fc2.weight`, ...), or JSON `{"matrices": [[[row], ...], ...]}`.
 *
 * @param name the file's name; `.json` is read as JSON, anything else as safetensors
 * @throws InputError on a file of neither kind, a tensor that is no matrix, or shapes that do not follow one another
 */
export function decodeTarget(bytes: Uint8Array, name: string): Target {
  const layers = name.endsWith('.json') ? fromJson(bytes, name) : fromSafetensors(bytes, name);
  if (layers.length === 0)
    throw new InputError(
      `target file ${name}`,
      'holds no matrix',
      'store F_1, ..., F_l as two-dimensional tensors',
    );
  const widths = [layers[0]!.columns, ...layers.map(({ rows }) => rows)];
  layers.forEach(({ label, rows, columns }, k) => {
    if (columns !== widths[k])
      throw new InputError(
        `target file ${name}`,
        `matrix ${label} is ${rows} x ${columns}, but the layer before has ${widths[k]} outputs`,
        'store F_i as d_i x d_{i-1}, in order',
      );
  });
  return { widths, matrices: layers.map(({ values }) => values) };
}

/**
 * A target network as a file that {@link decodeTarget} reads: `.json`, or anything else as safetensors of float64 matrices F_1, ..., F_l.
 *
 * @param name the file's name
 */
export function encodeTarget({ widths, matrices }: Target, name: string): string | Uint8Array {
  const rows = (matrix: Float64Array, k: number) =>
    Array.from({ length: widths[k + 1]! }, (_, i) => [
      ...matrix.subarray(i * widths[k]!, (i + 1) * widths[k]!),
    ]);
  if (name.endsWith('.json')) return `${JSON.stringify({ matrices: matrices.map(rows) })}\n`;
  return encodeSafetensors(
    matrices.map((data, k): [string, Tensor] => [
      `F_${k + 1}`,
      { shape: [widths[k + 1]!, widths[k]!], data },
    ]),
  );
}

interface Layer {
  readonly label: string;
  readonly rows: number;
  readonly columns: number;
  readonly values: Float64Array;
}

function fromSafetensors(bytes: Uint8Array, name: string): Layer[] {
  const { tensors } = decodeSafetensors(bytes, `target file ${name}`);
  for (const [label, { shape }] of tensors)
    if (shape.length !== 2)
      throw new InputError(
        `target file ${name}`,
        `tensor ${label} has ${shape.length} dimensions; a target is matrices alone, without biases`,
        'store F_1, ..., F_l and nothing else',
      );
  return [...tensors]
    .sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
    .map(([label, { shape, data }]) => ({
      label,
      rows: shape[0]!,
      columns: shape[1]!,
      values: Float64Array.from(data as ArrayLike<number | bigint>, Number),
    }));
}

function fromJson(bytes: Uint8Array, name: string): Layer[] {
  const bad = () =>
    new InputError(
      `target file ${name}`,
      'is not {"matrices": [[[row], ...], ...]} with rows of one length',
      'correct it',
    );
  const value = parseJson(bytes, `target file ${name}`);
  const matrices = (value as { matrices?: unknown } | null)?.matrices;
  if (!Array.isArray(matrices)) throw bad();
  return matrices.map((rows: unknown, k) => {
    if (!Array.isArray(rows) || rows.length === 0 || !rows.every(Array.isArray)) throw bad();
    const columns = (rows[0] as unknown[]).length;
    const values = (rows as unknown[][]).flat();
    if (
      columns === 0 ||
      values.length !== rows.length * columns ||
      !values.every((v) => typeof v === 'number')
    )
      throw bad();
    if ((rows as unknown[][]).some((row) => row.length !== columns)) throw bad();
    return { label: `F_${k + 1}`, rows: rows.length, columns, values: Float64Array.from(values as number[]) };
  });
}
