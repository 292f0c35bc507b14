import { InputError } from '../../../core/errors.js';
import { requireCommonJs } from '../../../core/host.js';
import { addCommand } from '../add-command.js';
import { BACKEND_KINDS, type Backend } from './backends.js';
import type { Tf } from './tensor.js';

/** How packages are found and loaded; tests pass their own. */
export interface Loader {
  readonly resolve: (id: string) => string;
  readonly require: (id: string) => unknown;
  readonly import: (id: string) => Promise<unknown>;
  readonly node: string;
}

const ours: Loader = {
  resolve: (id) => requireCommonJs.resolve(id),
  require: (id) => requireCommonJs(id),
  import: (id) => import(id),
  node: process.versions.node,
};

/** npm's webgpu: ES modules alone, and what makes WebGPU's objects. */
export interface WebgpuPackage {
  create(options: readonly string[]): object;
  readonly globals: Readonly<Record<string, unknown>>;
}

/** Packages of one way to have a backend, loaded. */
export interface LoadedTf {
  readonly tf: Tf;
  /** What was loaded, the package that names the way last. */
  readonly package: string;
  readonly webgpu?: WebgpuPackage;
}

const wanted = (name: string): string => {
  const { peerDependencies } = requireCommonJs('iterand/package.json') as {
    peerDependencies: Readonly<Record<string, string>>;
  };
  return `${name}@${peerDependencies[name]}`;
};

/** The one command that adds what a backend needs. */
export function addBackend(backend: Backend): string {
  const [way] = BACKEND_KINDS[backend].ways;
  return addCommand(way!.map(wanted).join(' '), { scripts: backend === 'tensorflow' });
}

/**
 * Loads a backend's packages: optional peer dependencies, on first use.
 *
 * @throws InputError that names what is not installed, or installed and broken, with what to do
 */
export async function loadTf(backend: Backend, loader: Loader = ours): Promise<LoadedTf> {
  const { ways } = BACKEND_KINDS[backend];
  const installed = ways.filter((packages) => packages.every((name) => isThere(name, loader)));
  if (installed.length === 0) throw missing(backend, ways, loader);
  let failure: InputError | undefined;
  for (const packages of installed) {
    try {
      return await loadWay(backend, packages, loader);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      failure ??= error;
    }
  }
  throw failure;
}

/** Whether all packages of some way to have a backend are there. */
export const isInstalled = (backend: Backend, loader: Loader = ours): boolean =>
  BACKEND_KINDS[backend].ways.some((packages) => packages.every((name) => isThere(name, loader)));

/** The version of a package that is there, from its package.json; `?` where it keeps that to itself. */
export function packageVersionOf(name: string): string {
  try {
    return (requireCommonJs(`${name}/package.json`) as { version: string }).version;
  } catch {
    return '?';
  }
}

function missing(backend: Backend, ways: BackendWays, loader: Loader): InputError {
  const absent = ways[0]!.filter((name) => !isThere(name, loader));
  return new InputError(
    `backend '${backend}'`,
    `${absent.join(' and ')} ${absent.length === 1 ? 'is' : 'are'} not installed`,
    `add what it needs with: ${addBackend(backend)}`,
  );
}
type BackendWays = readonly (readonly string[])[];

function isThere(name: string, loader: Loader): boolean {
  try {
    loader.resolve(name);
    return true;
  } catch {
    return false;
  }
}

async function loadWay(backend: Backend, packages: readonly string[], loader: Loader): Promise<LoadedTf> {
  const last = packages.at(-1)!;
  if (backend === 'tensorflow') return { tf: tensorflow(last, loader), package: last };
  const broken = (name: string) => (error: unknown) => {
    throw new InputError(
      name,
      `it is installed but does not load (${firstLine(error)})`,
      `remove it and add it again with: ${addBackend(backend)}`,
    );
  };
  const load = async (name: string) => loader.require(name);
  // The backend webgpu registers itself only once WebGPU is there, so that the device loads it.
  const webgpu = packages.includes('webgpu')
    ? ((await loader.import('webgpu').catch(broken('webgpu'))) as WebgpuPackage)
    : undefined;
  const tf = (await load(packages[0]!).catch(broken(packages[0]!))) as Tf & { enableProdMode?: () => void };
  // Else it advertises tfjs-node on stderr.
  tf.enableProdMode?.();
  if (webgpu) return { tf, webgpu, package: last };
  await load(last).catch(broken(last));
  return { tf, package: last };
}

function tensorflow(name: string, loader: Loader): Tf {
  if (Number(loader.node.split('.')[0]) >= 23)
    throw new InputError(
      name,
      `it does not work on Node ${loader.node}: version 4.22 calls functions that Node 23 took away`,
      'use Node 20 or 22, or another backend',
    );
  try {
    return loader.require(name) as Tf;
  } catch (error) {
    const scripts = /native addon module|tfjs_binding|node-pre-gyp/.test((error as Error).message);
    throw new InputError(
      name,
      scripts
        ? 'it is installed without its native library, which its install script fetches and which was not run'
        : `it is installed but does not load (${firstLine(error)})`,
      scripts
        ? `run its install script with: npm rebuild ${name} --ignore-scripts=false`
        : `remove it and add it again with: ${addBackend('tensorflow')}`,
    );
  }
}

export const firstLine = (error: unknown): string =>
  error instanceof Error ? error.message.trim().split('\n')[0]! : String(error);

/** TensorFlow's own backend: whether it computes on a GPU. @throws InputError where the GPU package found none */
export function requireGpu(name: string, backend: { readonly isUsingGpuDevice?: boolean }): void {
  if (name !== '@tensorflow/tfjs-node-gpu' || backend.isUsingGpuDevice) return;
  throw new InputError(
    name,
    'it found no GPU that it can use',
    'it needs an NVIDIA GPU, CUDA 11.2 and cuDNN 8.1; or remove it and add @tensorflow/tfjs-node, which computes on the CPU',
  );
}
