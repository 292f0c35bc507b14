import { describe, expect, it } from 'vitest';
import { boundByName, lowerBounds } from '../../../src/theory/bounds/index.js';
import { boundsTable, errorFloor } from '../../../src/theory/bounds/table.js';
import { normal, twoValued, uniform } from '../../../src/theory/problem/distribution.js';

const network = { widths: [784, 300, 100, 10], epsilon: 0.1, delta: 0.01, resamplings: 1000 };
const weight = { widths: [1, 1], epsilon: 0.1, delta: 0.01, resamplings: 1 };
const table = (problem = network, law = uniform(1), more = {}) =>
  boundsTable(problem, law, { recursion: false, ...more });
const names = (rows: readonly { name: string }[]) => rows.map(({ name }) => name);

describe('the table of bounds', () => {
  it('has what each bound says by itself', () => {
    for (const { name, layers } of table().bounds) expect(layers).toEqual(boundByName(name).layers(network));
    for (const { name, width } of table(weight).lower)
      expect(width).toBe(lowerBounds.find((bound) => bound.name === name)!.width(weight));
  });

  it('leaves out what says nothing of the problem', () => {
    expect(names(table().bounds)).not.toContain('lemma-4.2');
    expect(names(table().lower)).toEqual(['universal']);
    expect(names(table(weight).bounds)).toEqual(expect.arrayContaining(['lemma-4.2', 'proposition-4.3']));
    expect(names(table({ ...weight, resamplings: 2 }).bounds)).not.toContain('lemma-4.2');
    expect(names(table(weight).lower)).toEqual(['counting', 'layer', 'universal']);
  });

  it('warns where a bound is not proved for the weights, and mixes no such bound into another', () => {
    const { bounds, lower } = table(weight, normal(1));
    expect(names(bounds)).not.toContain('best');
    const warned = names(bounds.filter(({ warning }) => warning !== undefined));
    expect(warned).toEqual(['lemma-4.2', 'proposition-4.3', 'paper', 'corrected']);
    expect(lower.find(({ name }) => name === 'counting')?.warning).toBe('not proved for normal:1');
    expect(names(table(weight, uniform(2)).bounds)).toContain('best');
  });

  it('has no sums over neurons for weights of two values, and says how far they stay off', () => {
    expect(names(table(weight, twoValued(0.5)).bounds)).not.toContain('resampled');
    expect(errorFloor(twoValued(0.5))).toBe(0.125);
    expect(errorFloor(uniform(1))).toBeUndefined();
  });

  it('refuses a bad problem, and rescaling of what is the unit', () => {
    expect(() => table({ ...weight, delta: 2 })).toThrow('delta 2: must lie strictly between 0 and 1');
    expect(() => table(weight, uniform(1), { rescaled: true })).toThrow('--rescaled');
  });
});
