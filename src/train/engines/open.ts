import type { NetworkDescription } from '../networks/description.js';
import type { Engine, EngineOptions } from './engine.js';

/** What an engine is opened by. */
export interface EngineSettings extends Omit<EngineOptions, 'threads' | 'sparsity'> {
  /** Pruned fraction of every layer's weights, in [0, 1). Score mode alone. */
  readonly sparsity?: number | undefined;
  /** Who carries the graph out: `cpu`, `cuda`, ... */
  readonly provider: string;
}

/**
 * The engine for these settings, its state not yet written.
 *
 * @param threads of the CPU provider; default all cores
 * @throws InputError for an unknown or absent provider, or a sparsity outside [0, 1)
 */
export async function openEngine(
  settings: EngineSettings,
  network: NetworkDescription,
  threads?: number,
): Promise<Engine> {
  const { createOnnxEngine } = await import('./onnx/engine.js');
  const { requireProvider } = await import('./onnx/available.js');
  const { mode, momentum, weightDecay, sparsity, provider } = settings;
  return createOnnxEngine(network, {
    mode,
    momentum,
    weightDecay,
    provider: requireProvider(provider),
    ...(sparsity === undefined ? {} : { sparsity }),
    ...(threads === undefined ? {} : { threads }),
  });
}
