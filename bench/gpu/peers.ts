import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Measurement } from './measure.js';
import type { Sized } from './settings.js';

const program = () => fileURLToPath(new URL('../peers/train_step.py', import.meta.url));

/** PyTorch's variants; TF32 in the layout that its tensor cores like. */
const VARIANTS = [
  { path: 'pytorch', options: ['--layout', 'contiguous'] },
  { path: 'pytorch-compiled', options: ['--layout', 'contiguous', '--compile'] },
  { path: 'pytorch-tf32', options: ['--layout', 'channels_last', '--tf32'] },
  { path: 'pytorch-compiled-tf32', options: ['--layout', 'channels_last', '--compile', '--tf32'] },
] as const;

/** The measurements of PyTorch beside a path's: on the CPU there is no TF32. */
export const peerMeasurements = (
  python: string,
  device: 'cuda' | 'cpu',
  { network, width }: Sized,
  batch: number,
): Measurement[] =>
  VARIANTS.filter(({ path }) => device === 'cuda' || !path.endsWith('tf32')).map(({ path, options }) => ({
    path,
    network,
    width,
    batch,
    command: [
      python,
      program(),
      ...['--network', network, '--width', `${width}`, '--batch', `${batch}`, '--device', device],
      ...['--threads', `${availableParallelism()}`, ...options],
    ],
    // A BLAS with threads of its own spins beside PyTorch's.
    environment: { OPENBLAS_NUM_THREADS: '1' },
  }));
