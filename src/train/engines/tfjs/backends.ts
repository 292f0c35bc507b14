import { requireOneOf } from '../../../core/errors.js';

/** TensorFlow.js' backends, by the names the command line takes, the fastest first. */
export const BACKENDS = ['tensorflow', 'webgpu', 'wasm', 'cpu'] as const;
export type Backend = (typeof BACKENDS)[number];

/** What carries a backend out. */
export interface BackendKind {
  readonly about: string;
  /** Packages to load, in order, in one of these ways: the first that works is taken. */
  readonly ways: readonly (readonly string[])[];
  /** What it needs beside packages. */
  readonly needs?: string;
  /** Where thresholds are selected. */
  readonly selection: 'host' | 'sort' | 'radix';
  /** Whose gradients of convolutions it takes. */
  readonly gradients: 'native' | 'swapped';
  /** Who takes max pooling back: its kernel, or whole-tensor operations where windows tile the image and loops on the host elsewhere. */
  readonly pooling: 'native' | 'own';
  /** Steps taken before their losses are read: waiting for a device costs more than a step of a small network. */
  readonly together: number;
}

const CORE = '@tensorflow/tfjs-core';

export const BACKEND_KINDS: Readonly<Record<Backend, BackendKind>> = {
  tensorflow: {
    about: "TensorFlow's C library, on an NVIDIA GPU or the CPU",
    ways: [['@tensorflow/tfjs-node-gpu'], ['@tensorflow/tfjs-node']],
    needs: 'Node 20 or 22 and, for a GPU, CUDA 11.2 with cuDNN 8.1',
    selection: 'sort',
    gradients: 'native',
    pooling: 'native',
    together: 8,
  },
  webgpu: {
    about: 'a GPU by Vulkan, Metal or Direct3D 12',
    ways: [[CORE, '@tensorflow/tfjs-backend-webgpu', 'webgpu']],
    needs: 'a GPU with a Vulkan, Metal or Direct3D 12 driver',
    selection: 'radix',
    gradients: 'swapped',
    pooling: 'native',
    together: 8,
  },
  wasm: {
    about: 'the CPU by WebAssembly, one thread',
    ways: [[CORE, '@tensorflow/tfjs-backend-wasm']],
    selection: 'host',
    gradients: 'swapped',
    pooling: 'own',
    together: 1,
  },
  cpu: {
    about: 'the CPU in plain JavaScript, one thread',
    ways: [[CORE, '@tensorflow/tfjs-backend-cpu']],
    selection: 'host',
    gradients: 'swapped',
    pooling: 'own',
    together: 1,
  },
};

/** The backend of that name. @throws InputError for an unknown one */
export const requireBackend = (name: string): Backend => requireOneOf('backend', name, BACKENDS);
