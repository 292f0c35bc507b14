import type { NetworkDescription } from '../networks/description.js';
import { modeOf, type TrainSpec } from '../spec/spec.js';
import type { Engine } from './engine.js';

/** The engine a spec asks for, its state not yet written. `threads`: of the CPU provider, all cores by default. */
export async function openEngine(
  spec: TrainSpec,
  network: NetworkDescription,
  threads?: number,
): Promise<Engine> {
  const { createOnnxEngine } = await import('./onnx/engine.js');
  const { requireProvider } = await import('./onnx/session.js');
  return createOnnxEngine(network, {
    mode: modeOf(spec),
    momentum: spec.momentum,
    weightDecay: spec.weightDecay,
    provider: requireProvider(spec.provider),
    ...(spec.sparsity === undefined ? {} : { sparsity: spec.sparsity }),
    ...(threads === undefined ? {} : { threads }),
  });
}
