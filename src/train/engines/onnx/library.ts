import { isMainThread } from 'node:worker_threads';
// biome-ignore lint/style/noRestrictedImports: types load nothing.
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { InputError } from '../../../core/errors.js';
import { requireCommonJs } from '../../../core/host.js';
import { addCommand } from '../add-command.js';

export type { InferenceSession, Tensor };

type Library = typeof import('onnxruntime-node');

/** Its own switch: without it, it sends usage events to its maker and writes files below the home folder. */
const SWITCH = 'ORT_DISABLE_TELEMETRY';

let loaded: Library | undefined;

/**
 * onnxruntime-node, an optional peer dependency, loaded on first use with its reports home switched off.
 * The only place that loads it (the linter sees to that).
 *
 * @throws InputError if it is not installed, does not load, has another version than the one iterand is built on, or is
 *   first loaded in a worker thread while the switch is off
 */
export function onnxruntime(): Library {
  loaded ??= load(requireCommonJs);
  return loaded;
}

/** A tensor on these values (not a copy): float32, or int64 of a BigInt64Array. */
export function toTensor(values: Float32Array | BigInt64Array, shape: readonly number[]): Tensor {
  const { Tensor } = onnxruntime();
  return values instanceof BigInt64Array
    ? new Tensor('int64', values, [...shape])
    : new Tensor('float32', values, [...shape]);
}

/** @param require how modules are found; tests pass their own */
export function load(require: Pick<NodeJS.Require, 'resolve'> & ((id: string) => unknown)): Library {
  const { peerDependencies } = requireCommonJs('iterand/package.json') as {
    peerDependencies: Record<'onnxruntime-node', string>;
  };
  const wanted = peerDependencies['onnxruntime-node'];
  const command = addCommand(`onnxruntime-node@${wanted}`, { ofClone: true });
  switchOff();
  try {
    require.resolve('onnxruntime-node');
  } catch {
    throw new InputError(
      'onnxruntime-node',
      'it is not installed, and networks are trained and evaluated with it',
      `add it with: ${command}`,
    );
  }
  let library: Library;
  try {
    // biome-ignore lint/style/noRestrictedImports: the switch is set.
    library = require('onnxruntime-node') as Library;
  } catch (error) {
    throw new InputError(
      'onnxruntime-node',
      `it is installed but does not load (${(error as Error).message.split('\n')[0]})`,
      `it has binaries for Linux with glibc (x64, arm64), macOS (arm64) and Windows (x64, arm64); there, remove it and add it again with: ${command}`,
    );
  }
  const version = library.env.versions.node;
  if (version !== wanted)
    throw new InputError(
      `onnxruntime-node ${version}`,
      `iterand is built on version ${wanted}, another one may train other numbers or not at all`,
      `replace it with: ${command}`,
    );
  return library;
}

/** Sets the switch, which the library reads from the process's environment; a worker thread has only a copy of that. */
function switchOff(): void {
  if (isMainThread) process.env[SWITCH] = '1';
  else if (process.env[SWITCH] !== '1')
    throw new InputError(
      'onnxruntime-node in a worker thread',
      'it would report to its maker, and only the main thread can switch that off',
      `set process.env.${SWITCH} = '1' in the main thread before the worker starts`,
    );
}
