import type { Progress } from '../../core/progress.js';
import type { TensorFile } from '../../core/safetensors.js';
import type { Planner } from '../engines/onnx/planner.js';
import type { Provider } from '../engines/onnx/providers.js';
import type { Backend } from '../engines/tfjs/backends.js';

/** One compared quantity of a reference file. */
export interface Deviation {
  /** `loss 3`, `final.conv1.score`, ... */
  readonly quantity: string;
  /** How far off, as `measure` says; NaN counts as off. */
  readonly deviation: number;
  readonly tolerance: number;
}

/** What a replay found. */
export interface ReplayReport {
  /** What `deviation` measures, for the reader: `relative error, of norm`. */
  readonly measure: string;
  readonly deviations: readonly Deviation[];
  /** Anything else the reader should know, e.g. that a near-tie had to be resolved. */
  readonly notes: readonly string[];
}

/** Where a replay runs. */
export interface ReplayOptions {
  readonly provider?: Provider;
  /** A backend of TensorFlow.js, in place of onnxruntime. */
  readonly backend?: Backend;
  readonly planner?: Planner;
  /** As the engine's option. */
  readonly together?: number;
  readonly threads?: number;
  /** Which of CUDA's devices; default the first. */
  readonly device?: number;
  /** Called as replays are done, where more than one is needed. */
  readonly progress?: Progress;
}

/** One kind of reference file. Add a kind by listing it in `kinds` of replay.ts. */
export interface VectorKind {
  readonly name: string;
  /** Whether the file is of this kind, by its metadata and tensor names. */
  matches(file: TensorFile): boolean;
  /** @throws InputError naming `name` where the file lacks something or contradicts itself */
  replay(file: TensorFile, name: string, options: ReplayOptions): Promise<ReplayReport>;
}

/** Whether every deviation is within its tolerance. */
export function agrees({ deviations }: Pick<ReplayReport, 'deviations'>): boolean {
  return deviations.every(({ deviation, tolerance }) => deviation <= tolerance);
}

/**
 * How far a tensor is from its reference b: the norm of a - b over that of b, or a tenth of the largest difference over the largest
 * value if that is more (one wrong value among many). Where b is 0, the same of a alone.
 */
export function tensorDeviation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [difference, reference, furthest, largest] = [0, 0, 0, 0];
  for (let i = 0; i < b.length; i++) {
    const distance = Math.abs(a[i]! - b[i]!);
    difference += distance ** 2;
    reference += b[i]! ** 2;
    furthest = Math.max(furthest, distance);
    largest = Math.max(largest, Math.abs(b[i]!));
  }
  return Math.max(Math.sqrt(difference / (reference || 1)), (0.1 * furthest) / (largest || 1));
}
