import { InputError } from '../../core/errors.js';
import type { NetworkDescription } from '../networks/description.js';
import type { Rule } from '../prune/rules/rule.js';
import type { Scope } from '../prune/thresholds.js';
import type { Engine, EngineOptions } from './engine.js';
import { DEFAULT_BACKEND, DEFAULT_PROVIDER, type EnginePath } from './names.js';

/** What an engine is opened by; without `engine` it is onnx. */
export interface EngineSettings
  extends Pick<EngineOptions, 'mode' | 'momentum' | 'weightDecay'>,
    Partial<EnginePath> {
  /** As {@link EngineOptions} has them. */
  readonly rule?: Rule | undefined;
  readonly sparsity?: number | undefined;
  readonly scope?: Scope | undefined;
  readonly device?: number | undefined;
  /** Of the engine onnx: steps that are best taken together; as `createOnnxEngine` has it. */
  readonly together?: number | undefined;
}

/**
 * The engine for these settings, its state not yet written.
 *
 * @param threads of the CPU provider; default all cores
 * @throws InputError for an unknown or absent provider, backend or device, or options out of range
 */
export async function openEngine(
  settings: EngineSettings,
  network: NetworkDescription,
  threads?: number,
): Promise<Engine> {
  const { engine = 'onnx', mode, momentum, weightDecay, rule, sparsity, scope, device } = settings;
  const options: EngineOptions = {
    mode,
    momentum,
    weightDecay,
    ...(rule === undefined ? {} : { rule }),
    ...(sparsity === undefined ? {} : { sparsity }),
    ...(scope === undefined ? {} : { scope }),
    ...(device === undefined ? {} : { device }),
  };
  if (engine === 'tfjs') {
    if (settings.together !== undefined)
      throw new InputError(
        `together ${settings.together} of the engine tfjs`,
        'how many steps it takes together follows from its backend',
        'leave it out, or use the engine onnx',
      );
    const { createTfjsEngine } = await import('./tfjs/engine.js');
    const { requireBackend } = await import('./tfjs/backends.js');
    return createTfjsEngine(network, {
      ...options,
      backend: requireBackend(settings.backend ?? DEFAULT_BACKEND),
    });
  }
  const { createOnnxEngine } = await import('./onnx/engine.js');
  const { requireProvider } = await import('./onnx/available.js');
  return createOnnxEngine(network, {
    ...options,
    provider: requireProvider(settings.provider ?? DEFAULT_PROVIDER),
    ...(threads === undefined ? {} : { threads }),
    ...(settings.together === undefined ? {} : { together: settings.together }),
  });
}
