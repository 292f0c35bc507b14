import { describe, expect, it } from 'vitest';
import { uniform } from '../../../src/theory/problem/distribution.js';
import { decodeCdf, tabulated } from '../../../src/theory/problem/tabulated.js';

const bytes = (value: unknown) =>
  new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));

describe('a tabulated law', () => {
  it('of two points is a uniform law', () => {
    const table = tabulated('u', [
      { x: -1, F: 0 },
      { x: 1, F: 1 },
    ]);
    for (const [c, h] of [
      [0, 0.1],
      [1, 0.05],
      [-0.9, 0.3],
      [3, 0.5],
    ] as const)
      expect(table.mass(c, h)).toBeCloseTo(uniform(1).mass(c, h), 14);
    expect(table.leastDensity(1)).toBe(0.5);
    expect(table.leastDensity(1.01)).toBe(0);
  });

  it('has jumps, counts them once, and the least slope as its density', () => {
    const table = tabulated('jump', [
      { x: -1, F: 0 },
      { x: 0, F: 0.25 },
      { x: 0, F: 0.5 },
      { x: 0.5, F: 0.9 },
      { x: 1, F: 1 },
    ]);
    expect(table.mass(0, 1e-9)).toBeCloseTo(0.25, 6);
    expect(table.mass(0, 1)).toBe(1);
    expect(table.leastDensity(0.5)).toBe(0.25);
    expect(table.leastDensity(1)).toBeCloseTo(0.2, 14);
  });

  it.each([
    ['not JSON', '{', 'is not a JSON list'],
    ['no list', { x: 1 }, 'is not a JSON list'],
    ['a string', [{ x: '1', F: 0 }], 'is not a JSON list'],
    ['one point', [{ x: 0, F: 0 }], 'has 1 points'],
    [
      'a falling F',
      [
        { x: 0, F: 0 },
        { x: 1, F: 0.5 },
        { x: 2, F: 0.4 },
        { x: 3, F: 1 },
      ],
      'falls from x = 1',
    ],
    [
      'a falling x',
      [
        { x: 0, F: 0 },
        { x: -1, F: 1 },
      ],
      'falls from x = 0',
    ],
    [
      'F above 1',
      [
        { x: 0, F: 0 },
        { x: 1, F: 1.1 },
      ],
      'F = 1.1',
    ],
    [
      'no end at 1',
      [
        { x: 0, F: 0 },
        { x: 1, F: 0.9 },
      ],
      'goes from 0 to 0.9',
    ],
  ])('refuses %s', (_, value, message) => {
    expect(() => decodeCdf(bytes(value), 'x.json')).toThrow(
      expect.objectContaining({ name: 'InputError', message: expect.stringContaining(message) }),
    );
  });
});
