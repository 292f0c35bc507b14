import { PROVIDERS, type Provider } from '../../src/train/engines/onnx/providers.js';

/** One way to carry out a training step. */
export interface Path {
  /** `webgpu`, `cuda`, `cuda-tf32`: as options and tables name it. */
  readonly name: string;
  readonly provider: Provider;
  /** Products of reduced precision: 10 bits of a factor are used. */
  readonly tf32: boolean;
  readonly environment: Readonly<Record<string, string>>;
}

/** Every path of the registered providers, whether this machine has it or not. */
export const pathsOf = (): readonly Path[] =>
  PROVIDERS.flatMap((provider): Path[] =>
    provider === 'cuda'
      ? [
          // CUDA's libraries use TF32 unless this says otherwise.
          { name: 'cuda', provider, tf32: false, environment: { NVIDIA_TF32_OVERRIDE: '0' } },
          { name: 'cuda-tf32', provider, tf32: true, environment: {} },
        ]
      : [{ name: provider, provider, tf32: false, environment: {} }],
  );
