import { availableParallelism } from 'node:os';
import { InputError } from '../../../core/errors.js';
import { NEEDS } from './available.js';
import { type InferenceSession, onnxruntime } from './library.js';
import type { Provider } from './providers.js';

/** In its default layout, channels last, it computes some convolutions wrong (self-check.ts; versions 1.29 and 1.30). */
const WEBGPU = { name: 'webgpu', preferredLayout: 'NCHW' } as const;

/** What a session may be asked for besides. */
export interface SessionMore {
  /** Start of the path of a file that gets a profile of every run; `endProfiling` writes it. */
  readonly profile?: string | undefined;
  /** Where every output lies, by name; without it on the host. */
  readonly resident?: Readonly<Record<string, 'cpu' | 'gpu-buffer'>> | undefined;
  /** Which of CUDA's devices; default the first. */
  readonly device?: number | undefined;
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
  { profile, resident, device }: SessionMore = {},
): Promise<InferenceSession> {
  const options: InferenceSession.SessionOptions = {
    executionProviders: [askedFor(provider, device)],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    // A pattern is a second copy of the arena that the first run filled: 1.6 times the memory, at the same speed.
    enableMemPattern: false,
    logSeverityLevel: 3,
    ...(profile === undefined ? {} : { enableProfiling: true, profileFilePrefix: profile }),
    ...(resident === undefined ? {} : { preferredOutputLocation: resident }),
  };
  try {
    return await onnxruntime().InferenceSession.create(model, options);
  } catch (error) {
    if (provider === 'cpu') throw error;
    throw new InputError(
      `provider '${provider}'${device === undefined ? '' : `, device ${device}`}`,
      `it did not start (${(error as Error).message.split('\n')[0]})`,
      `it needs ${NEEDS[provider]}; use --provider cpu`,
    );
  }
}

function askedFor(provider: Provider, device: number | undefined) {
  if (provider === 'webgpu') return WEBGPU;
  return provider === 'cuda' && device !== undefined
    ? ({ name: 'cuda', deviceId: device } as const)
    : provider;
}
