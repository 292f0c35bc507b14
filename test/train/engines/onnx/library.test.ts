import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../../../src/core/errors.js';
import { load, onnxruntime, toTensor } from '../../../../src/train/engines/onnx/library.js';

const found = (() => '/there/onnxruntime-node/index.js') as unknown as NodeJS.RequireResolve;
const loaded = (library: () => unknown, resolve = found) => load(Object.assign(library, { resolve }));
const refusal = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return (error as Error).message;
  }
  throw new Error('not refused');
};

describe('onnxruntime-node', () => {
  test('is loaded with its reports home switched off, even where the environment says otherwise', () => {
    process.env.ORT_DISABLE_TELEMETRY = '0';
    let seen: string | undefined;
    const library = { env: { versions: { node: onnxruntime().env.versions.node } } };
    loaded(() => {
      seen = process.env.ORT_DISABLE_TELEMETRY;
      return library;
    });
    expect(seen).toBe('1');
  });

  test('that is not installed is named with the command that adds it', () => {
    const message = refusal(() =>
      loaded(() => undefined, (() => {
        throw new Error("Cannot find module 'onnxruntime-node'");
      }) as unknown as NodeJS.RequireResolve),
    );
    expect(message).toMatch(/^onnxruntime-node: it is not installed.*; add it with: npm install .*\.$/);
  });

  test('that does not load is named with the reason in one line', () => {
    const message = refusal(() =>
      loaded(() => {
        throw new Error('libonnxruntime.so.1: file too short\nRequire stack:\n- /there/index.js');
      }),
    );
    expect(message).toContain('it is installed but does not load (libonnxruntime.so.1: file too short)');
    expect(message).toMatch(/add it again with: npm install .*\.$/);
    expect(message).not.toContain('\n');
  });

  test('of another version is refused', () => {
    const message = refusal(() => loaded(() => ({ env: { versions: { node: '1.27.0' } } })));
    expect(message).toMatch(/^onnxruntime-node 1\.27\.0: iterand is built on version 1\.30\.0/);
  });

  test.each([
    [undefined, 'InputError'],
    ['1', 'loaded'],
  ])(
    'in a worker thread, which cannot switch the reports off, where ORT_DISABLE_TELEMETRY is %s: %s',
    async (value, expected) => {
      const { ORT_DISABLE_TELEMETRY: _, ...env } = process.env;
      const worker = new Worker(join(import.meta.dirname, 'library-worker.mjs'), {
        env: value === undefined ? env : { ...env, ORT_DISABLE_TELEMETRY: value },
      });
      const [said] = await once(worker, 'message');
      expect(said).toBe(expected);
      await worker.terminate();
    },
  );
});

describe('tensors', () => {
  test('are float32 or, of big integers, int64, and stand on the values given', () => {
    const values = Float32Array.of(1, 2);
    expect(toTensor(values, [1, 2])).toMatchObject({ type: 'float32', dims: [1, 2], data: values });
    expect(toTensor(values, [2]).data).toBe(values);
    expect(toTensor(BigInt64Array.of(3n), [1]).type).toBe('int64');
  });
});
