import { type NetworkDescription, sizeOf } from '../networks/description.js';
import { stateTensors, type TrainingMode } from '../networks/tensors.js';

/** What is done with a network. */
export interface MemoryUse {
  readonly mode: TrainingMode;
  /** Images in a training batch; 0 where nothing is trained. */
  readonly batch: number;
  /** Images in an evaluation batch; 0 where nothing is evaluated. */
  readonly evaluationBatch: number;
}

/** How far off {@link estimatedMemory} may be, as a factor. */
export const MEMORY_ACCURACY = 1.3;

/** Node.js, onnxruntime and this program, in bytes. */
const PROGRAM = 150e6;

/**
 * The largest resident memory of a process that trains or evaluates a network on the CPU, in bytes. Fitted to peaks measured on
 * images of 32 pixels (test/train/engines/memory.test.ts), which it meets within 10 %; elsewhere it may be off by {@link MEMORY_ACCURACY}.
 * Where batch norm needs its second graph (docs/decisions.md), a run takes up to 1.7 times as much: this is the least it takes.
 */
export function estimatedMemory(
  network: NetworkDescription,
  { mode, batch, evaluationBatch }: MemoryUse,
): number {
  const sum = (sizes: readonly number[]) => sizes.reduce((a, b) => a + b, 0);
  const state = sum(stateTensors(network, mode).map(({ shape }) => sizeOf(shape)));
  const outputs = network.layers
    .filter(({ type }) => type === 'conv' || type === 'dense')
    .map(({ outputShape }) => sizeOf(outputShape));
  const input = sizeOf(network.inputShape);
  // Current and next state, gradients, masks; an evaluation has no gradients.
  const copies = batch > 0 ? 5 : 3;
  // Values kept for the backward pass, gradients on the way, rearranged copies of both; an evaluation frees what it has used.
  const training = batch * (3.3 * sum(outputs) + 3 * input);
  const evaluation = evaluationBatch * (3 * Math.max(...outputs) + 3 * input);
  return PROGRAM + 4 * (copies * state + training + evaluation);
}
