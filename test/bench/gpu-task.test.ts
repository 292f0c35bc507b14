import { expect, test } from 'vitest';
import { reasonIn } from '../../bench/gpu/task.js';

test('the reason is the error of a process, or else its last line', () => {
  expect(reasonIn("Warning: old\nInputError: provider 'x': no; use y.\n    at z\n")).toBe(
    "provider 'x': no; use y.",
  );
  expect(reasonIn('first\nterminate called\n\n')).toBe('terminate called');
  expect(reasonIn('')).toBeUndefined();
  expect(reasonIn(`Error: ${'a'.repeat(400)}`)).toHaveLength(300);
});

test('a library that a loader missed is named', () => {
  const loader =
    'Failed to load library /a/libonnxruntime_providers_cuda.so with error: libcublasLt.so.13: cannot open shared object file: No such file or directory';
  expect(reasonIn(`${loader}\nInputError: provider 'cuda': it did not start.\n`)).toBe(
    "libcublasLt.so.13 is missing: provider 'cuda': it did not start.",
  );
  expect(reasonIn(loader)).toBe(loader);
});
