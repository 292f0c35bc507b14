import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { extract } from 'tar';
import { InputError } from '../../src/core/errors.js';

/** From npm alone: a package with the CUDA provider of an onnxruntime, and the engine of the same version. */
const PROVIDER = 'com.github.asus4.onnxruntime.linux-x64-gpu@0.4.9';
const VERSION = '1.29.0';
const LIBRARIES = ['libonnxruntime_providers_cuda.so', 'libonnxruntime_providers_shared.so'];
/** Where the engine looks for them, below its folder. */
const BINARIES = 'bin/napi-v6/linux/x64';

/** An engine with the CUDA provider. */
export interface CudaEngine {
  readonly version: string;
  /** Folders by the package's name. */
  readonly packages: Readonly<Record<string, string>>;
  /** The provider's libraries. */
  readonly libraries: readonly string[];
  /** Below the engine's package. */
  readonly binaries: string;
}

/** The installed engine with the provider that its own install script has fetched; undefined where it has not. */
export function installedCuda(root: string): CudaEngine | undefined {
  const engine = join(root, 'node_modules/onnxruntime-node');
  const libraries = LIBRARIES.map((name) => join(engine, BINARIES, name));
  if (!libraries.every((path) => existsSync(path))) return undefined;
  const { version } = JSON.parse(readFileSync(join(engine, 'package.json'), 'utf8')) as { version: string };
  const packages = {
    'onnxruntime-node': engine,
    'onnxruntime-common': join(root, 'node_modules/onnxruntime-common'),
  };
  return { version, packages, libraries, binaries: BINARIES };
}

/**
 * The engine and provider from npm's registry: some 300 MB.
 *
 * @param scratch a folder for what is fetched
 * @throws InputError if npm cannot fetch them
 */
export async function cudaOfNpm(scratch: string): Promise<CudaEngine> {
  const provider = await fetched(PROVIDER, scratch);
  const libraries = LIBRARIES.map((name) => {
    const file = readdirSync(provider, { recursive: true, encoding: 'utf8' }).find((path) =>
      path.endsWith(name),
    );
    if (file === undefined)
      throw new InputError(PROVIDER, `has no ${name}`, 'fetch the provider as docs/gpu.md says');
    return join(provider, file);
  });
  const names = ['onnxruntime-node', 'onnxruntime-common'];
  const packages: Record<string, string> = {};
  for (const name of names) packages[name] = await fetched(`${name}@${VERSION}`, scratch);
  return { version: VERSION, packages, libraries, binaries: BINARIES };
}

async function fetched(spec: string, scratch: string): Promise<string> {
  const folder = join(scratch, spec.replaceAll(/[^\w.-]/g, '_'));
  mkdirSync(folder, { recursive: true });
  const npm = process.env.npm_execpath;
  const [command, args] = npm === undefined ? ['npm', []] : [process.execPath, [npm]];
  const done = spawnSync(command, [...args, 'pack', spec, '--json', '--pack-destination', folder], {
    encoding: 'utf8',
    cwd: scratch,
  });
  if (done.status !== 0)
    throw new InputError(
      spec,
      `npm cannot fetch it (${done.error?.message ?? done.stderr.trim().split('\n')[0]})`,
      'check the network and registry',
    );
  const file = join(folder, readdirSync(folder).find((name) => name.endsWith('.tgz'))!);
  await extract({ file, cwd: folder, strip: 1 });
  rmSync(file);
  return folder;
}
