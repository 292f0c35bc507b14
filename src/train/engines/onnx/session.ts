import { availableParallelism } from 'node:os';
import { InferenceSession, listSupportedBackends } from 'onnxruntime-node';
import { InputError, requireOneOf } from '../../../core/errors.js';
import { PROVIDERS, type Provider } from './providers.js';

const WHERE: Readonly<Record<Exclude<Provider, 'cpu'>, string>> = {
  cuda: "an NVIDIA GPU, CUDA 12 and onnxruntime-node's CUDA libraries on Linux x64 (npm rebuild onnxruntime-node --ignore-scripts=false fetches them)",
  webgpu: 'a GPU with a Vulkan, Metal or Direct3D 12 driver',
  coreml: 'macOS',
  dml: 'Windows with a Direct3D 12 GPU',
};

/** In its default layout, channels last, it computes some convolutions wrong (self-check.ts; versions 1.29 and 1.30). */
const WEBGPU = { name: 'webgpu', preferredLayout: 'NCHW' } as const;

/** The providers this platform's onnxruntime-node was built with. */
export function availableProviders(): readonly Provider[] {
  const names = new Set(listSupportedBackends().map(({ name }) => name));
  return PROVIDERS.filter((provider) => names.has(provider));
}

/** The provider of that name, or an {@link InputError}: unknown, or not in this platform's onnxruntime-node. */
export function requireProvider(name: string): Provider {
  const provider = requireOneOf('provider', name, PROVIDERS);
  const available = availableProviders();
  if (provider !== 'cpu' && !available.includes(provider))
    throw new InputError(
      `provider '${provider}'`,
      `this platform's onnxruntime-node has only ${available.join(', ')}`,
      `it needs ${WHERE[provider]}; use --provider cpu`,
    );
  return provider;
}

/**
 * A session for a model.
 *
 * @param threads threads of the CPU provider
 * @throws InputError if the provider does not start
 */
export async function createSession(
  model: Uint8Array,
  provider: Provider,
  threads: number = availableParallelism(),
): Promise<InferenceSession> {
  const options: InferenceSession.SessionOptions = {
    executionProviders: [provider === 'webgpu' ? WEBGPU : provider],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
  };
  try {
    return await InferenceSession.create(model, options);
  } catch (error) {
    if (provider === 'cpu') throw error;
    throw new InputError(
      `provider '${provider}'`,
      `it did not start (${(error as Error).message.split('\n')[0]})`,
      `it needs ${WHERE[provider]}; use --provider cpu`,
    );
  }
}
