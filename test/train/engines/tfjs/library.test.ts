import { describe, expect, test } from 'vitest';
import { InputError } from '../../../../src/core/errors.js';
import type { Backend } from '../../../../src/train/engines/tfjs/backends.js';
import { type Loader, loadTf, requireGpu } from '../../../../src/train/engines/tfjs/library.js';

/** A loader of these packages: what they give, or an error that they end with. */
const loaderOf = (packages: Readonly<Record<string, object>>, node = '20.20.2'): Loader => {
  const find = (id: string) => {
    const found = packages[id];
    if (found === undefined) throw new Error(`Cannot find module '${id}'`);
    return found;
  };
  const load = (id: string) => {
    const found = find(id);
    if (found instanceof Error) throw found;
    return found;
  };
  return {
    resolve: (id) => String(find(id) && id),
    require: load,
    import: async (id) => load(id),
    node,
  };
};
const core = { '@tensorflow/tfjs-core': {} };

async function refused(backend: Backend, loader: Loader): Promise<string> {
  const error = await loadTf(backend, loader).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(InputError);
  return (error as InputError).message;
}

describe('a backend whose packages', () => {
  test('are not installed is refused with the one command that adds them', async () => {
    expect(await refused('wasm', loaderOf({}))).toMatch(
      /^backend 'wasm': @tensorflow\/tfjs-core and @tensorflow\/tfjs-backend-wasm are not installed; add what it needs with: npm install .*--ignore-scripts @tensorflow\/tfjs-core@4\.22\.0 @tensorflow\/tfjs-backend-wasm@4\.22\.0\.$/,
    );
    expect(await refused('webgpu', loaderOf({ ...core, '@tensorflow/tfjs-backend-webgpu': {} }))).toMatch(
      /webgpu is not installed; .* webgpu@0\.6\.2\.$/,
    );
    expect(await refused('tensorflow', loaderOf(core))).toMatch(
      /tfjs-node-gpu is not installed; .*--ignore-scripts=false @tensorflow\/tfjs-node-gpu@4\.22\.0\.$/,
    );
  });

  test('are there and do not load is refused by the name of the one that is broken', async () => {
    const broken = new Error('unexpected end of file\nat some place');
    expect(await refused('wasm', loaderOf({ ...core, '@tensorflow/tfjs-backend-wasm': broken }))).toMatch(
      /^@tensorflow\/tfjs-backend-wasm: it is installed but does not load \(unexpected end of file\); remove it/,
    );
    const webgpu = { ...core, '@tensorflow/tfjs-backend-webgpu': {}, webgpu: broken };
    expect(await refused('webgpu', loaderOf(webgpu))).toMatch(/^webgpu: it is installed but does not load/);
  });

  test('were installed without their install scripts is told how to run them', async () => {
    // The words of tfjs-node 4.22.
    const binding = new Error(
      'The Node.js native addon module (tfjs_binding.node) can not be found at path: /x',
    );
    expect(await refused('tensorflow', loaderOf({ '@tensorflow/tfjs-node-gpu': binding }))).toMatch(
      /without its native library.*npm rebuild @tensorflow\/tfjs-node-gpu --ignore-scripts=false/,
    );
  });

  test('do not work on this Node is told so, before anything is loaded', async () => {
    const never = new Error('loaded');
    expect(await refused('tensorflow', loaderOf({ '@tensorflow/tfjs-node': never }, '23.1.0'))).toMatch(
      /does not work on Node 23\.1\.0.*use Node 20 or 22/,
    );
  });
});

test('of two ways to have a backend the first that loads is taken', async () => {
  const node = { '@tensorflow/tfjs-node': { name: 'node' } };
  const gpu = { '@tensorflow/tfjs-node-gpu': { name: 'gpu' } };
  expect(await loadTf('tensorflow', loaderOf({ ...node, ...gpu }))).toEqual({
    tf: { name: 'gpu' },
    package: '@tensorflow/tfjs-node-gpu',
  });
  expect((await loadTf('tensorflow', loaderOf(node))).package).toBe('@tensorflow/tfjs-node');
  const broken = { '@tensorflow/tfjs-node-gpu': new Error('libcudart.so.11.0: cannot open') };
  expect((await loadTf('tensorflow', loaderOf({ ...broken, ...node }))).package).toBe(
    '@tensorflow/tfjs-node',
  );
});

test('the GPU package without a GPU is refused, the other one is not', () => {
  expect(() => requireGpu('@tensorflow/tfjs-node-gpu', { isUsingGpuDevice: false })).toThrow(
    /found no GPU that it can use; it needs an NVIDIA GPU, CUDA 11.2 and cuDNN 8.1/,
  );
  requireGpu('@tensorflow/tfjs-node-gpu', { isUsingGpuDevice: true });
  requireGpu('@tensorflow/tfjs-node', { isUsingGpuDevice: false });
});
