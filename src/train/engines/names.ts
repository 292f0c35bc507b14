import { InputError, requireOneOf } from '../../core/errors.js';
import { PROVIDERS } from './onnx/providers.js';
import { BACKENDS } from './tfjs/backends.js';

/** The engines, by the names that a spec takes. */
export const ENGINES = ['onnx', 'tfjs'] as const;
export type EngineName = (typeof ENGINES)[number];

/** What computes: an engine and its hardware, a provider of onnxruntime or a backend of TensorFlow.js. */
export interface EnginePath {
  readonly engine: EngineName;
  /** Of the engine onnx. */
  readonly provider?: string | undefined;
  /** Of the engine tfjs. */
  readonly backend?: string | undefined;
}

/** Where nothing is said. */
export const DEFAULT_PROVIDER = 'cpu';
export const DEFAULT_BACKEND = 'wasm';

/** A provider's or backend's name; the default where none is said. */
export const hardwareOf = ({ engine, provider, backend }: EnginePath): string =>
  engine === 'onnx' ? (provider ?? DEFAULT_PROVIDER) : (backend ?? DEFAULT_BACKEND);

/** Whether it computes in this process' own memory, so that what it takes is known. */
export const onCpu = ({ engine, provider, backend }: EnginePath): boolean =>
  engine === 'onnx' ? provider === 'cpu' : backend === 'cpu' || backend === 'wasm';

/** @throws InputError for a provider or backend that no engine has */
export function requireEnginePath({ engine, provider, backend }: EnginePath): void {
  if (engine === 'onnx') requireOneOf('provider', provider ?? DEFAULT_PROVIDER, PROVIDERS);
  else requireOneOf('backend', backend ?? DEFAULT_BACKEND, BACKENDS);
}

/** @throws InputError for hardware of another engine, or none */
export function requireOwnHardware(what: string, { engine, provider, backend }: EnginePath): void {
  const own = engine === 'onnx' ? { provider } : { backend };
  const other = engine === 'onnx' ? { backend } : { provider };
  for (const [key, value] of Object.entries(other))
    if (value !== undefined)
      throw new InputError(
        `${what}: ${key} ${value}`,
        `means nothing for the engine ${engine}`,
        'leave it out',
      );
  for (const [key, value] of Object.entries(own))
    if (value === undefined)
      throw new InputError(`${what}: ${key} (missing)`, `must be given for the engine ${engine}`, 'give it');
}
