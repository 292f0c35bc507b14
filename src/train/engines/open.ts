import type { NetworkDescription } from '../networks/description.js';
import type { Rule } from '../prune/rules/rule.js';
import type { Scope } from '../prune/thresholds.js';
import type { Engine, EngineOptions } from './engine.js';

/** What an engine is opened by. */
export interface EngineSettings extends Pick<EngineOptions, 'mode' | 'momentum' | 'weightDecay'> {
  /** As {@link EngineOptions} has them. */
  readonly rule?: Rule | undefined;
  readonly sparsity?: number | undefined;
  readonly scope?: Scope | undefined;
  /** Who carries the graph out: `cpu`, `cuda`, ... */
  readonly provider: string;
}

/**
 * The engine for these settings, its state not yet written.
 *
 * @param threads of the CPU provider; default all cores
 * @throws InputError for an unknown or absent provider, or options out of range
 */
export async function openEngine(
  settings: EngineSettings,
  network: NetworkDescription,
  threads?: number,
): Promise<Engine> {
  const { createOnnxEngine } = await import('./onnx/engine.js');
  const { requireProvider } = await import('./onnx/available.js');
  const { mode, momentum, weightDecay, rule, sparsity, scope, provider } = settings;
  return createOnnxEngine(network, {
    mode,
    momentum,
    weightDecay,
    provider: requireProvider(provider),
    ...(rule === undefined ? {} : { rule }),
    ...(sparsity === undefined ? {} : { sparsity }),
    ...(scope === undefined ? {} : { scope }),
    ...(threads === undefined ? {} : { threads }),
  });
}
