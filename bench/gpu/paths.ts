import type { EnginePath } from '../../src/train/engines/names.js';
import { onCpu } from '../../src/train/engines/names.js';
import { PROVIDERS } from '../../src/train/engines/onnx/providers.js';
import { BACKENDS } from '../../src/train/engines/tfjs/backends.js';

/** What computes, and how many steps it takes together where that is not the engine's choice. */
export interface Where extends EnginePath {
  readonly together?: number;
}

/** One way to carry out a training step. */
export interface Path {
  /** `webgpu`, `cuda`, `cuda-tf32`, `tfjs-webgpu`: as options and tables name it. */
  readonly name: string;
  readonly on: Where;
  /** Tried where it is asked for by name alone. */
  readonly aside?: true;
  /** Products of reduced precision: 10 bits of a factor are used. */
  readonly tf32: boolean;
  readonly environment: Readonly<Record<string, string>>;
}

/** Every path of the engines, whether this machine has it or not. */
export const pathsOf = (): readonly Path[] => [
  ...PROVIDERS.flatMap((provider) => kinds(provider, { engine: 'onnx', provider }, provider === 'cuda')),
  ...BACKENDS.flatMap((backend) =>
    kinds(`tfjs-${backend}`, { engine: 'tfjs', backend }, backend === 'tensorflow'),
  ),
  single('cuda'),
  single('webgpu'),
];

/** Those that compute elsewhere than in the process' own memory, and are tried without being asked for. */
export const devicePaths = (): readonly Path[] => pathsOf().filter(({ on, aside }) => !onCpu(on) && !aside);

/** What taking steps together is worth shows beside the same path that takes them one by one. */
const single = (provider: 'cuda' | 'webgpu'): Path => {
  const [path] = kinds(`${provider}-single`, { engine: 'onnx', provider, together: 1 }, provider === 'cuda');
  return { ...path!, aside: true };
};

const kinds = (name: string, on: Where, cuda: boolean): Path[] =>
  cuda
    ? [
        // CUDA's libraries use TF32 unless this says otherwise.
        { name, on, tf32: false, environment: { NVIDIA_TF32_OVERRIDE: '0' } },
        { name: `${name}-tf32`, on, tf32: true, environment: {} },
      ]
    : [{ name, on, tf32: false, environment: {} }];
