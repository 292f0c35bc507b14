import { InputError, requireOneOf } from '../../../core/errors.js';
import { onnxruntime } from './library.js';
import { PROVIDERS, type Provider } from './providers.js';

/** What each needs. */
export const NEEDS: Readonly<Record<Exclude<Provider, 'cpu'>, string>> = {
  cuda: "an NVIDIA GPU, CUDA 12 and onnxruntime-node's CUDA libraries on Linux x64 (npm rebuild onnxruntime-node --ignore-scripts=false fetches them)",
  webgpu: 'a GPU with a Vulkan, Metal or Direct3D 12 driver',
  coreml: 'macOS',
  dml: 'Windows with a Direct3D 12 GPU',
};

/** The providers this platform's onnxruntime-node was built with. */
export function availableProviders(): readonly Provider[] {
  const names = new Set(
    onnxruntime()
      .listSupportedBackends()
      .map(({ name }) => name),
  );
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
      `it needs ${NEEDS[provider]}; use --provider cpu`,
    );
  return provider;
}
