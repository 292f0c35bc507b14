import { brotliCompressSync } from 'node:zlib';
import { hitsOf, type Labelled } from '../../theory/problem/labelled.js';
import { forwardTarget, type Target } from '../../theory/problem/target.js';
import { codedBytes, codeIntegers } from './code.js';

/** A way to store f itself, without a random network. */
export interface StoredRow {
  readonly name: string;
  readonly bytes: number;
  /** Test digits that what is read back puts in their class. */
  readonly hits: number;
}

/** f as it is, and rounded to multiples of a step for each layer. @param schedules half steps by name, one for each layer */
export function storedRows(
  target: Target,
  digits: Labelled,
  schedules: readonly { readonly name: string; readonly halfSteps: readonly number[] }[],
): StoredRow[] {
  const floats = target.matrices.map((matrix) => Float32Array.from(matrix));
  const exact = { ...target, matrices: floats.map((matrix) => Float64Array.from(matrix)) };
  const hits = hitsOf(forwardTarget(exact, digits.inputs), digits.labels);
  const bytes = floats.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const compressed = floats.reduce((sum, matrix) => sum + brotliCompressSync(bytePlanes(matrix)).length, 0);
  return [
    { name: 'float32', bytes, hits },
    { name: 'float32, its byte planes compressed by Brotli', bytes: compressed, hits },
    ...schedules.map(({ name, halfSteps }) => quantized(target, digits, name, halfSteps)),
  ];
}

/** Half steps that give each layer 2^bits - 1 levels up to its largest weight. */
export const levels = ({ matrices }: Target, bits: number): number[] =>
  matrices.map((matrix) => matrix.reduce((most, w) => Math.max(most, Math.abs(w)), 0) / (2 ** bits - 2));

function quantized(target: Target, digits: Labelled, name: string, halfSteps: readonly number[]): StoredRow {
  const whole = target.matrices.map((matrix, k) =>
    Int32Array.from(matrix, (w) => Math.round(w / (2 * halfSteps[k]!))),
  );
  const matrices = whole.map((values, k) => Float64Array.from(values, (value) => value * 2 * halfSteps[k]!));
  const hits = hitsOf(forwardTarget({ ...target, matrices }, digits.inputs), digits.labels);
  const bytes = whole.reduce((sum, values) => sum + codedBytes((coder) => codeIntegers(coder, values)), 0);
  return { name, bytes, hits };
}

/** All first bytes, then all second ones, and so on: exponents compress, once they lie together. */
function bytePlanes(values: Float32Array): Uint8Array {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const planes = new Uint8Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) planes[(i % 4) * values.length + (i >> 2)] = bytes[i]!;
  return planes;
}
