import { describe, expect, it } from 'vitest';
import { requireProblem } from '../../../src/theory/problem/problem.js';

describe('requireProblem', () => {
  const good = { widths: [2, 3], epsilon: 0.1, delta: 0.01, resamplings: 1 };
  it.each([
    [{ widths: [2] }, 'at least two'],
    [{ widths: [2, -3] }, '-3'],
    [{ widths: [2, 1.5] }, '1.5'],
    [{ widths: [2, 0] }, '0'],
    [{ widths: [2, Number.NaN] }, 'NaN'],
    [{ widths: [2, Number.POSITIVE_INFINITY] }, 'Infinity'],
    [{ widths: [100_000, 100_000] }, '10000000000'],
    [{ epsilon: 0 }, 'epsilon 0'],
    [{ epsilon: 1.1 }, 'epsilon 1.1'],
    [{ epsilon: Number.NaN }, 'epsilon NaN'],
    [{ delta: 0 }, 'delta 0'],
    [{ delta: 1 }, 'delta 1'],
    [{ delta: Number.NaN }, 'delta NaN'],
    [{ resamplings: 0 }, 'resamplings 0'],
    [{ resamplings: 1.5 }, 'resamplings 1.5'],
    [{ resamplings: 2e9 }, 'resamplings 2000000000'],
  ])('refuses %o', (change, named) => {
    expect(() => requireProblem({ ...good, ...change })).toThrow(named);
    expect(requireProblem(good)).toBe(good);
  });
});
